"""What rules are given: entries, texts and resolved facts."""

from __future__ import annotations

from knowledge.lint.context import Context, Text
from knowledge.model import Escalation
from tests.knowledge.lint.packs import make_entry, make_pack


def test_texts_name_the_place_they_stand_in() -> None:
    """Every text of an entry has its path; variants count from 0."""
    entry = make_entry(escalation=Escalation(level="offer", target="agent", holding_reply="请稍候。"))
    texts = {text.field: text for text in Context(make_pack(entry), subject=entry.id).texts}
    assert list(texts) == [
        "title",
        "variants[0]",
        "variants[1]",
        "variants[2]",
        "replies[0].text",
        "replies[1].text",
        "escalation.holding_reply",
    ]
    assert texts["replies[1].text"].language == "en"
    assert texts["replies[0].text"].channel == "chat"
    assert not texts["variants[0]"].shown
    assert texts["escalation.holding_reply"].shown


def test_a_whole_pack_includes_policy_and_facts() -> None:
    """Targets, lines, approved alternatives and facts are texts without an entry."""
    fields = {text.field for text in Context(make_pack(make_entry())).texts if text.entry_id is None}
    assert {
        "targets.agent.holding_reply",
        "lines.opening",
        "forbidden_phrases[0].instead",
        "facts.return.days.zh",
        "facts.return.days.en",
    } <= fields


def test_facts_are_put_in_and_unknown_ones_stay() -> None:
    """Lint goes on where a reference cannot be resolved; slots stay."""
    context = Context(make_pack(make_entry()))
    text = Text("x", "replies[0].text", "reply", "{return.days}{no.fact}{order_no}", "en")
    assert context.resolved(text) == "7 days{no.fact}{order_no}"
    assert text.words.strip() == ""
