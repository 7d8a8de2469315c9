"""Replies as each channel shows them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.manuscript import Manuscript, TypedReply
from service.editing.previews import previews
from tests.knowledge.sample import facts, policy


def shown(text: str, channel: str = "chat", language: str = "zh") -> list[tuple[str, str]]:
    """The pieces of the only preview."""
    typed = Manuscript(replies=(TypedReply(channel=channel, language=language, text=text),))
    (one,) = previews(typed, policy(), facts())
    return [(piece.kind, piece.text) for piece in one.pieces]


def test_facts_are_in_their_language_and_slots_by_their_label() -> None:
    """What nothing has stays as it was written, and other braces are text."""
    assert shown("{ship.fee}", language="en") == [("fact", "8 yuan")]
    assert shown("{order_no}{x.y}{ 1 }") == [("slot", "订单号"), ("unknown", "{x.y}"), ("text", "{ 1 }")]


def test_an_e_mail_stands_in_its_frame() -> None:
    """The policy's lines, whose own slots are visible too; an English one has no Chinese frame."""
    assert "".join(text for _, text in shown("正文", "email")) == "客户称呼：\n您好\n\n正文\n\n此致"
    assert shown("Text", "email", "en") == [("text", "Text")]


def test_blank_replies_and_unknown_channels_show_nothing() -> None:
    """There is nothing a customer would see."""
    typed = Manuscript(replies=(TypedReply(text=" "), TypedReply(channel="fax", text="您好")))
    assert previews(typed, policy(), facts()) == []


@given(st.text("{}a._1 订单", max_size=20))
def test_pieces_make_up_the_text(text: str) -> None:
    """Nothing typed is left out or doubled: with references written back they are the text again."""
    for one in previews(Manuscript(replies=(TypedReply(channel="chat", text=text),)), policy(), facts()):
        written = (f"{{{piece.name}}}" if piece.name else piece.text for piece in one.pieces)
        assert "".join(written) == text.strip()
