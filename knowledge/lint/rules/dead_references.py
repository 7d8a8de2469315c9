"""dead-references: what an entry points to exists.

Related entries, the escalation's target and fields to collect, and products are looked up in the pack. An entry
related to itself, or twice to another, is a warning.

PASS:
    related: [refund.not-arrived]
    products: [A3]
    escalation: {level: offer, target: logistics, collect: [order_no]}

FAIL (no such entry, product, target, field):
    related: [refund.gone]
    products: [A33]
    escalation: {level: offer, target: logistic, collect: [order_number]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.lint.context import Context
from knowledge.lint.finding import Finding
from knowledge.model import Entry

RULE = "dead-references"


def check(context: Context) -> Iterator[Finding]:
    """One finding for each dead reference."""
    ids = {entry.id for entry in context.pack.entries}
    policy = context.policy
    for entry in context.entries:
        escalation = entry.escalation
        targets = () if escalation.target is None else (escalation.target,)
        yield from _dead(entry, "related", "entry", entry.related, ids)
        yield from _dead(entry, "products", "product", entry.products, context.facts.products)
        yield from _dead(entry, "escalation.target", "target", targets, policy.targets)
        yield from _dead(entry, "escalation.collect", "field", escalation.collect, policy.fields)
        yield from _needless(entry)


def _dead(entry: Entry, field: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Finding]:
    known = set(known)
    for name in names:
        if name not in known:
            message = f"{what} {name} does not exist: correct the name or remove it"
            yield Finding(RULE, "error", entry.id, field, message)


def _needless(entry: Entry) -> Iterator[Finding]:
    for number, name in enumerate(entry.related):
        if name == entry.id or name in entry.related[:number]:
            why = "is this entry itself" if name == entry.id else "is named twice"
            yield Finding(RULE, "warning", entry.id, "related", f"related entry {name} {why}: remove it")
