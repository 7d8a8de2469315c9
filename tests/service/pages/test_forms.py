"""The editor's form without a script; that the script reads it alike is held in a browser."""

from __future__ import annotations

from starlette.datastructures import FormData

from knowledge.manuscript import Manuscript, TypedEscalation, TypedReply
from service.pages.forms import lines_of, manuscript_from, names_of


def test_a_form_is_read_as_it_was_typed() -> None:
    """A browser's line ends become plain ones, repeated fields lists, and a reply without a text is none."""
    form = FormData(
        [
            ("kind", "script"),
            ("title", "退款"),
            ("variants", "一\r\n\r\n二 \r\n"),
            ("reply_channel", "chat"),
            ("reply_language", "zh"),
            ("reply_text", "您好。\r\n再见。"),
            ("reply_channel", "any"),
            ("reply_language", "en"),
            ("reply_text", "  "),
            ("products", "A3"),
            ("products", "R5"),
            ("tags", "钱，急, 退"),
            ("related", "a.b、c.d"),
            ("level", "offer"),
            ("target", "logistics"),
            ("priority", "high"),
            ("collect", "order_no"),
            ("valid_until", "2027-01-31"),
        ]
    )
    assert manuscript_from(form) == Manuscript(
        kind="script",
        title="退款",
        variants=("一", "", "二"),
        replies=(TypedReply(channel="chat", language="zh", text="您好。\n再见。"),),
        products=("A3", "R5"),
        tags=("钱", "急", "退"),
        related=("a.b", "c.d"),
        escalation=TypedEscalation(level="offer", target="logistics", priority="high", collect=("order_no",)),
        audience="",
        valid_until="2027-01-31",
    )


def test_lines_and_names_keep_what_is_between() -> None:
    """Blank lines inside a field stay, those behind it go; names are parted by commas of any kind."""
    assert lines_of("\n一\n\n二\n\n") == ["", "一", "", "二"]
    assert lines_of(" \n ") == []
    assert names_of(" 甲,乙，丙、丁;戊；\n己 ,,") == ["甲", "乙", "丙", "丁", "戊", "己"]
