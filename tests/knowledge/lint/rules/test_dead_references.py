"""dead-references."""

from __future__ import annotations

from knowledge.model import Escalation
from tests.knowledge.lint.packs import found, make_entry

RULE = "dead-references"


def test_every_dead_reference_is_named() -> None:
    """Related entries, products, targets and fields."""
    entry = make_entry(
        related=("refund.gone",),
        products=("A33",),
        escalation=Escalation(level="offer", target="ghost", collect=("shoe_size",)),
    )
    assert found(RULE, entry) == [
        ("error", "related", "entry refund.gone does not exist: correct the name or remove it"),
        ("error", "products", "product A33 does not exist: correct the name or remove it"),
        ("error", "escalation.target", "target ghost does not exist: correct the name or remove it"),
        ("error", "escalation.collect", "field shoe_size does not exist: correct the name or remove it"),
    ]


def test_living_references_pass() -> None:
    """What the pack has may be pointed to."""
    entry = make_entry(
        related=("b.two",),
        products=("A3",),
        escalation=Escalation(level="offer", target="agent", collect=("phone",)),
    )
    assert found(RULE, entry, make_entry("b.two")) == []


def test_needless_relations_are_warnings() -> None:
    """To itself, or twice to another."""
    entry = make_entry("a.one", related=("a.one", "b.two", "b.two"))
    assert found(RULE, entry, make_entry("b.two")) == [
        ("warning", "related", "related entry a.one is this entry itself: remove it"),
        ("warning", "related", "related entry b.two is named twice: remove it"),
    ]
