"""duplicate-variants."""

from __future__ import annotations

from datetime import date

from knowledge.lint import lint_entry
from knowledge.lint.context import Context
from knowledge.lint.rules import duplicate_variants
from knowledge.model import Trigger
from tests.knowledge.lint.packs import found, make_entry, make_pack

RULE = "duplicate-variants"


def test_across_entries_it_is_an_error_naming_the_other() -> None:
    """Emoji, script and width make no difference."""
    first, second = make_entry("a.one", variants=("退款多久到",)), make_entry("b.two", variants=("退款多久到", "１"))
    third = make_entry("c.three", variants=("退款多久到😡", "1"))
    assert found(RULE, first, second) == [
        ("error", "variants[0]", '"退款多久到" also belongs to a.one (variants[0]): delete one')
    ]
    assert found(RULE, second, third) == [
        ("error", "variants[0]", '"退款多久到😡" also belongs to b.two (variants[0]): delete one'),
        ("error", "variants[1]", '"1" also belongs to b.two (variants[1]): delete one'),
    ]
    assert found(RULE, first, make_entry("d.four", title="退款多久到"))[0][:2] == ("error", "title")


def test_traditional_characters_are_the_same_variant() -> None:
    """Queries are matched in Simplified, so the two could not be told apart."""
    entries = make_entry("a.one", variants=("貨到付款",)), make_entry("b.two", variants=("货到付款",))
    assert found(RULE, *entries)[0][0] == "error"


def test_within_an_entry_it_is_a_warning() -> None:
    """The title counts as a phrasing."""
    assert found(RULE, make_entry(title="退款多久到", variants=("退款多久到",))) == [
        ("warning", "variants[0]", '"退款多久到" stands here twice (title): delete one')
    ]


def test_entries_that_never_meet_may_share() -> None:
    """Last year's and this year's promotion, one after the other; a shared day is an error again."""
    old = make_entry("sale.old", variants=("双十一规则",), valid_until=date(2025, 12, 31))
    new = make_entry("sale.new", variants=("双十一规则",), valid_from=date(2026, 1, 1))
    assert found(RULE, old, new) == []
    assert len(found(RULE, old, new.model_copy(update={"valid_from": date(2025, 12, 31)}))) == 1


def test_a_draft_gets_the_finding_whatever_its_place() -> None:
    """The entry being edited is told, and the other entry is not."""
    first, second = make_entry("a.one", variants=("退款",)), make_entry("b.two", variants=("退款",))
    for draft, other in ((first, second), (second, first)):
        findings = [one for one in lint_entry(draft, make_pack(first, second)) if one.rule == RULE]
        assert [(one.entry_id, one.message) for one in findings] == [
            (draft.id, f'"退款" also belongs to {other.id} (variants[0]): delete one')
        ]


def test_a_trigger_and_its_look_alikes_must_differ() -> None:
    """A text cannot set a trigger off and not set it off."""
    trigger = Trigger(
        code="fire",
        label="起火",
        label_en="Fire",
        level="required",
        target="agent",
        variants=("着火了",),
        look_alikes=("火了", "着火了😱"),
    )
    [finding] = duplicate_variants.check(Context(make_pack(triggers=(trigger,))))
    assert (finding.severity, finding.entry_id, finding.field) == ("error", None, "triggers.fire.look_alikes[1]")
