"""What an editor types, and the entry that it is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.errors import PackError
from knowledge.manuscript import Manuscript, TypedEscalation, TypedReply, entry_of, manuscript_of, read
from knowledge.model import Escalation, Reply
from tests.knowledge.sample import entry


def test_an_entry_comes_back_as_it_was() -> None:
    """With every field given, and with none but the needed ones."""
    full = entry(
        variants=("退款呢", "钱呢"),
        products=("A3",),
        stage="after-sale",
        tags=("钱",),
        escalation=Escalation(level="offer", target="agent", collect=("order_no",), holding_reply="请稍候。"),
        related=("refund.gone",),
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        source="手册",
    )
    for one in (full, entry()):
        assert entry_of(manuscript_of(one), one.id) == one


def test_blank_lines_and_blank_replies_count_for_nothing() -> None:
    """They are kept as typed and are no part of the entry; places stay those of what was typed."""
    typed = manuscript_of(entry()).model_copy(
        update={"variants": ("", "退款呢", "  ", "钱呢"), "replies": (TypedReply(), TypedReply(text="您好。"))}
    )
    reading = read(typed, "refund.time")
    assert reading.entry is not None
    assert reading.entry.variants == ("退款呢", "钱呢")
    assert reading.entry.replies == (Reply(text="您好。"),)
    assert reading.placed("variants[1] and replies[0].text") == "variants[3] and replies[1].text"


def test_what_cannot_be_an_entry_is_named_where_it_was_typed() -> None:
    """Every place at once, with what is wrong; the rest is there to be judged."""
    typed = Manuscript(
        title=" ",
        kind="poem",
        variants=("", "钱" * 501, "退款呢"),
        replies=(TypedReply(channel="fax", text="您好。"), TypedReply(text="好的。")),
        escalation=TypedEscalation(level="required"),
        valid_from="2026-1",
    )
    reading = read(typed, "refund.time")
    assert reading.entry is None
    assert {finding.field for finding in reading.findings} == {
        "title",
        "kind",
        "variants[1]",
        "replies[0].channel",
        "escalation",
        "valid_from",
    }
    assert reading.sound.variants == ("退款呢",)
    assert reading.placed("variants[0], replies[0].text") == "variants[2], replies[1].text"
    with pytest.raises(PackError, match="501 characters long"):
        entry_of(typed, "refund.time")


def test_whatever_can_be_an_entry_can_be_edited() -> None:
    """However long its texts and lists are; what is sent is held to limits that no one meets in typing."""
    variants, words = (tuple(f"{word}{n}" for n in range(count)) for word, count in (("退款 ", 6000), ("a.", 300)))
    long = entry("refund.time", variants=variants, source="源" * 5000, tags=("标" * 300, *words), related=words)
    typed = manuscript_of(long)
    assert entry_of(typed, long.id) == long
    assert Manuscript.model_validate(typed.model_dump()) == typed
    larger = entry("refund.time", source="源" * 300_000, tags=words * 20)
    assert entry_of(manuscript_of(larger), larger.id) == larger
    with pytest.raises(ValidationError, match="at most 20000 characters"):
        Manuscript(source="源" * 300_000)


@given(
    st.builds(
        Manuscript,
        kind=st.text(max_size=3),
        title=st.text(max_size=5),
        variants=st.lists(st.text(max_size=5), max_size=3).map(tuple),
        replies=st.lists(st.builds(TypedReply, text=st.text(max_size=3)), max_size=3).map(tuple),
        valid_until=st.text(max_size=10),
        stage=st.text(max_size=5),
    )
)
def test_whatever_is_typed_can_be_read(typed: Manuscript) -> None:
    """There is an entry, or a reason why there is none, and always something to judge."""
    reading = read(typed, "a.b")
    assert (reading.entry is None) == bool(reading.findings)
    assert reading.sound.id == "a.b"
