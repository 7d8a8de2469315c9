"""reply-length."""

from __future__ import annotations

import pytest

from knowledge.model import Reply
from tests.knowledge.lint.packs import found, make_entry, marked

RULE = "reply-length"


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (120, []),
        (121, [("warning", "121 characters, chat takes 120: shorten it by 1")]),
        (200, [("warning", "200 characters, chat takes 120: shorten it by 80")]),
        (201, [("error", "201 characters, chat takes 200: shorten it by 1")]),
    ],
)
def test_chat_has_a_limit_for_each_severity(length: int, expected: list[tuple[str, str]]) -> None:
    """The limit itself is allowed."""
    results = found(RULE, make_entry(reply="好" * length))
    assert [(severity, message) for severity, _, message in results] == expected


def test_facts_and_slots_count_as_they_are_shown() -> None:
    """{return.days} is three characters, {order_no} three, whatever their names' length."""
    assert found(RULE, make_entry(reply="好" * 114 + "{return.days}{order_no}")) == []
    assert len(found(RULE, make_entry(reply="好" * 115 + "{return.days}{order_no}"))) == 1


def test_each_channel_has_its_own_limits() -> None:
    """A phone reply may be longer than chat, an e-mail much longer; any counts as chat."""

    def severities(channel: str, length: int) -> list[str]:
        reply = Reply.model_validate({"channel": channel, "text": "好" * length})
        return [severity for severity, _, _ in found(RULE, make_entry(replies=(reply,)))]

    assert severities("phone", 160) == []
    assert severities("phone", 161) == ["warning"]
    assert severities("phone", 301) == ["error"]
    assert severities("email", 1500) == []
    assert severities("email", 1501) == ["error"]
    assert severities("any", 201) == ["error"]


def test_english_takes_more_characters() -> None:
    """Three and a half for each Chinese one."""
    assert found(RULE, make_entry(en="a" * 420)) == []
    assert [severity for severity, _, _ in found(RULE, make_entry(en="a" * 421))] == ["warning"]


def test_limits_are_options() -> None:
    """A shop may ask for shorter replies."""
    assert found(RULE, make_entry(reply="好" * 61), chat_warning=50, chat_error=60)[0][0] == "error"


def test_what_goes_beyond_is_marked() -> None:
    """From the limit to the end, by the channel's own."""
    assert marked(RULE, "字" * 120) == []
    assert marked(RULE, "字" * 121 + "末") == [("warning", "字末")]
    assert marked(RULE, "字" * 203) == [("error", "字" * 3)]
    assert marked(RULE, "字" * 150, "phone") == []
    assert marked(RULE, "字" * 1502, "email") == [("error", "字字")]
