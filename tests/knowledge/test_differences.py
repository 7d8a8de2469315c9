"""Differences of two versions of an entry, field by field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.differences import MOST_PAIRS, Difference, differences
from knowledge.model import Entry, Escalation, Reply
from knowledge.textdiff import Piece
from tests.knowledge.sample import entry

FEW = st.lists(st.sampled_from("甲乙丙"), max_size=3).map(tuple)
ESCALATIONS = st.builds(
    Escalation,
    level=st.sampled_from(["none", "offer", "required"]),
    target=st.sampled_from(["agent", "legal"]),
    priority=st.sampled_from(["normal", "high"]),
    collect=st.lists(st.sampled_from(["phone", "order_no"]), max_size=2).map(tuple),
    holding_reply=st.sampled_from([None, "请稍候", "请您稍候"]),
)
REPLIES = st.lists(
    st.builds(
        Reply,
        channel=st.sampled_from(["chat", "phone"]),
        language=st.sampled_from(["zh", "en"]),
        text=st.sampled_from(["您好", "您好，请稍候"]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda reply: (reply.channel, reply.language),
).map(tuple)
ENTRIES = st.builds(
    Entry,
    id=st.just("refund.time"),
    kind=st.sampled_from(["faq", "script"]),
    title=st.sampled_from(["退款", "退款时限"]),
    variants=FEW,
    replies=REPLIES,
    products=FEW,
    audience=st.sampled_from(["customer", "supplier"]),
    stage=st.sampled_from([None, "pre-sale", "after-sale"]),
    tags=FEW,
    escalation=ESCALATIONS,
    related=st.lists(st.sampled_from(["a.x", "b.x"]), max_size=2).map(tuple),
    valid_from=st.sampled_from([None, date(2026, 1, 1)]),
    valid_until=st.sampled_from([None, date(2026, 12, 31)]),
    source=st.sampled_from([None, "手册", "手册第二版"]),
)


def brief(found: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    """Field, change, and the text that went or came."""
    return [
        (one.field, one.change, "|".join(piece.text for piece in one.pieces if piece.kind != "same")) for one in found
    ]


@settings(max_examples=100, deadline=None)
@given(old=ENTRIES, new=ENTRIES)
def test_there_is_no_difference_exactly_where_two_versions_are_equal(old: Entry, new: Entry) -> None:
    """Whatever field it is in: nothing that changed escapes the reviewer, nothing unchanged bothers them."""
    assert (differences(old, new) == ()) == (old == new)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": "退款时限"}, [("title", "changed", "多久|时限")]),
        ({"kind": "script"}, [("kind", "changed", "faq|script")]),
        ({"variants": ("退款几天", "钱呢")}, [("variants", "added", "钱呢")]),
        ({"variants": ()}, [("variants", "removed", "退款几天")]),
        ({"variants": ("退款要几天",)}, [("variants", "changed", "要")]),
        ({"products": ("A3",)}, [("products", "added", "A3")]),
        ({"stage": "after-sale"}, [("stage", "added", "after-sale")]),
        ({"valid_until": date(2026, 12, 31)}, [("valid_until", "added", "2026-12-31")]),
        ({"source": None}, [("source", "removed", "手册")]),
        (
            {"escalation": Escalation(level="offer", target="agent")},
            [("escalation.level", "changed", "none|offer"), ("escalation.target", "added", "agent")],
        ),
        (
            {"replies": (Reply(text="您好"), Reply(channel="phone", text="喂"))},
            [("replies.any.zh", "changed", "，再见"), ("replies.phone.zh", "added", "喂")],
        ),
    ],
)
def test_a_change_is_told_by_its_field(change: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    """Texts word by word, values and elements whole."""
    old = entry(text="您好，再见", title="退款多久", variants=("退款几天",), source="手册")
    assert brief(differences(old, old.model_copy(update=change))) == expected


def test_a_new_entry_is_all_that_it_sets() -> None:
    """With nothing to compare with, what is left at its default is not told."""
    fields = [one.field for one in differences(None, entry(variants=("退款几天",)))]
    assert fields == ["title", "replies.any.zh", "variants", "kind"]


def test_another_order_is_said_as_such() -> None:
    """Variants are a set to whoever searches, so moving them is neither removed nor added."""
    old, new = entry(variants=("甲", "乙", "丙")), entry(variants=("丙", "甲", "丁", "乙"))
    assert brief(differences(old, new)) == [("variants", "added", "丁"), ("variants", "reordered", "")]


def test_the_same_phrasing_twice_is_counted() -> None:
    """Of two that are alike one that goes is one removed."""
    assert brief(differences(entry(variants=("甲", "甲")), entry(variants=("甲",)))) == [("variants", "removed", "甲")]


def test_each_phrasing_is_reworded_once() -> None:
    """The nearest pair first; what is left over went or came."""
    old, new = entry(variants=("怎么退款", "退款流程")), entry(variants=("怎么退款呀", "怎么退款呢"))
    found = differences(old, new)
    assert [one.change for one in found] == ["changed", "added", "removed"]
    assert found[0].pieces == (Piece("same", "怎么退款"), Piece("added", "呀"))


def test_so_many_changes_are_not_paired() -> None:
    """Where hundreds went and came at once, each is told as it is."""
    many = int(MOST_PAIRS**0.5) + 1
    old = entry(variants=tuple(f"退款问法{n}号" for n in range(many)))
    new = entry(variants=tuple(f"退款问法{n}号吗" for n in range(many)))
    assert {one.change for one in differences(old, new)} == {"added", "removed"}
