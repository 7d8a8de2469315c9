"""Tracebacks without words: where and what, never what was said."""

from __future__ import annotations

from service.traces import without_words

SECRET = "我叫李雷"


def caught(fail: object) -> BaseException:
    """What calling it raises."""
    assert callable(fail)
    try:
        fail()
    except BaseException as error:
        return error
    raise AssertionError("it did not fail")


def test_where_it_failed_is_told_and_what_was_said_is_not() -> None:
    """Type, file, function and line of code; no message, of what it came from neither."""

    def cause() -> None:
        raise ValueError(f"cannot read {SECRET}")

    def fail() -> None:
        try:
            cause()
        except ValueError as error:
            raise KeyError(SECRET) from error

    told = without_words(caught(fail))
    assert SECRET not in told
    assert "in cause" in told and "in fail" in told
    assert __file__ in told
    assert told.index("builtins.ValueError") < told.index("builtins.KeyError")


def test_what_happened_on_the_way_is_told_too() -> None:
    """An error while another was handled brings that one along, unless it was set aside."""

    def fail(aside: bool) -> None:
        try:
            raise ValueError(SECRET)
        except ValueError:
            if aside:
                raise KeyError(SECRET) from None
            raise KeyError(SECRET)  # noqa: B904

    both, one = (without_words(caught(lambda aside=aside: fail(aside))) for aside in (False, True))
    assert "builtins.ValueError" in both
    assert "builtins.ValueError" not in one


def test_errors_that_hold_others_tell_them_all() -> None:
    """A group, and a circle of causes, which has an end."""
    one, two = ValueError(SECRET), KeyError(SECRET)
    told = without_words(ExceptionGroup("several", [one, two]))
    assert [line for line in told.splitlines() if line] == [
        "builtins.ValueError",
        "builtins.KeyError",
        "builtins.ExceptionGroup",
    ]
    one.__cause__, two.__cause__ = two, one
    assert without_words(one).splitlines() == ["builtins.KeyError", "builtins.ValueError"]
