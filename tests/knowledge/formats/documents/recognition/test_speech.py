"""Wording, as against rules."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.recognition.speech import is_said, is_spoken, quotes, unquoted


@pytest.mark.parametrize(
    "text", ["您好，请问找什么书？", "抱歉让您久等了。", "亲，这本马上到货，请放心", "感谢您的来电，再见！"]
)
def test_what_is_said_to_a_customer_is_wording(text: str) -> None:
    """Courteous, and to the customer's face."""
    assert is_spoken(text) and is_said(text)


@pytest.mark.parametrize(
    "text",
    [
        "请客服人员先核对身份",
        "我们公司的员工应主动问候",
        "您好，客户应先登记",
        "书店九点开门",
        "请说、请问、请坐、请讲",
        "好",
        "好的倾听者不打断",
    ],
)
def test_rules_for_staff_are_none(text: str) -> None:
    """However polite."""
    assert not is_spoken(text)


def test_quotation_marks_go_where_they_hold_all_of_it() -> None:
    """In any of the usual forms."""
    assert unquoted("：“您好，请坐。”") == "您好，请坐。"
    assert unquoted("「您好」和「再见」") == "「您好」和「再见」"
    assert [found[1] for found in quotes("先说“您好”，再说「再见」")] == ["您好", "再见"]
