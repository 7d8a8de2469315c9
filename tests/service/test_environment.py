"""Variables of the environment as values."""

from __future__ import annotations

import pytest

from service.environment import SettingsError, address, flag, listed, number

NAME = "HUASHU_SOMETHING"


@pytest.mark.parametrize(
    ("value", "on"),
    [(value, True) for value in ("1", "true", "True", "ON", " yes ")]
    + [(value, False) for value in ("0", " 0", "false", "FALSE", "off", "no\t")],
)
def test_a_switch_is_read_as_people_write_it(value: str, on: bool) -> None:
    """In any of four words, in any case, blanks around it or not, whatever it is by default."""
    assert flag({NAME: value}, NAME, default=not on) is on


@pytest.mark.parametrize("value", ["none", "disabled", "2", "否"])
def test_a_switch_that_cannot_be_read_is_refused(value: str) -> None:
    """Customers' words must not be kept because somebody misspelt off."""
    with pytest.raises(SettingsError) as refused:
        flag({NAME: value}, NAME, default=True)
    assert str(refused.value) == f"{NAME} is {value!r}: give 1, true, on or yes, or 0, false, off or no"


def test_what_is_not_set_is_the_default() -> None:
    """An address has none."""
    assert [flag({}, NAME, on) for on in (True, False)] == [True, False]
    assert (number({}, NAME, 7, 0, 1), address({}, NAME)) == (7, "")


def test_a_number_lies_within_its_limits() -> None:
    """Both ends belong to it; a whole one has no point."""
    assert [number({NAME: text}, NAME, 7, 0, 2) for text in ("0", " 0.5", "2")] == [0, 0.5, 2]
    for text, whole in (("-1", False), ("2.1", False), ("nan", False), ("much", False), ("1.0", True)):
        with pytest.raises(SettingsError, match=rf"{NAME} is '{text}': give a number from 0 to 2"):
            number({NAME: text}, NAME, 7, 0, 2, whole)


def test_lists_have_commas_and_addresses_a_scheme() -> None:
    """Blanks and what is empty are nothing; an address loses its last slash."""
    assert listed(" a,, b ,") == ["a", "b"]
    assert address({NAME: " https://desk.example/ "}, NAME) == "https://desk.example"
    with pytest.raises(SettingsError, match=f"{NAME} is 'desk.example': give an address that begins with https://"):
        address({NAME: "desk.example"}, NAME)
