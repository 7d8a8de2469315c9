"""Whether the names a pack uses exist: ids, related entries, targets, fields, products, slots and facts.

Works on the tree, not the model, so that an entry with another fault still has its names checked, and so that
every problem has its line. What a single entry may hold is the model's; how it is worded is lint's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from knowledge.errors import Problem
from knowledge.formats.nodes import Node
from knowledge.references import fact_names, slot_names

Known = Collection[str] | None


@dataclass(frozen=True)
class Names:
    """Everything a pack defines. None: its file could not be read, so nothing is held against it."""

    entries: Known = None
    targets: Known = None
    fields: Known = None
    slots: Known = None
    service_levels: Known = None
    products: Known = None
    facts: Known = None


@dataclass(frozen=True)
class _Use:
    """Where a name is used: of which entry, in which field."""

    node: Node
    entry: str | None
    field: str


def names(entries: Known, policy: Node | None, shop: Node | None, products: Node | None) -> Names:
    """What a pack's files define."""
    stock = products.get("products") if products is not None else None
    facts = None
    if shop is not None and stock is not None:
        of_products = {f"{name}.{fact}" for name, product in stock.items() for fact, _ in product.get("facts").items()}
        facts = shop.get("facts").keys() | of_products
    return Names(
        entries=entries,
        targets=policy.get("targets").keys() if policy is not None else None,
        fields=policy.get("fields").keys() if policy is not None else None,
        slots=policy.get("slots").keys() if policy is not None else None,
        service_levels=policy.get("service_levels").keys() if policy is not None else None,
        products=stock.keys() if stock is not None else None,
        facts=facts,
    )


def duplicate_ids(entries: Iterable[Node]) -> Iterator[Problem]:
    """Ids given twice, at the second place, naming the first."""
    first: dict[str, Node] = {}
    for entry in entries:
        entry_id, place = entry.text("id"), entry.get("id")
        if entry_id is None:
            continue
        if entry_id in first:
            message = f"the id is also at {first[entry_id].file}:{first[entry_id].line}: rename or delete one"
            yield Problem(place.file, place.line, message, entry_id, "id")
        first.setdefault(entry_id, place)


def entry_links(entries: Iterable[Node], known: Names) -> Iterator[Problem]:
    """What entries refer to and nobody defines."""
    for entry in entries:
        entry_id = entry.text("id")
        related = _Use(entry.get("related"), entry_id, "related")
        yield from _absent(related, "related entry", known.entries, "add that entry")
        products = _Use(entry.get("products"), entry_id, "products")
        yield from _absent(products, "product", known.products, "add it to products.yaml")
        for index, reply in enumerate(entry.get("replies").elements()):
            yield from _references(_Use(reply.get("text"), entry_id, f"replies[{index}].text"), known)
        yield from _escalation_links(entry.get("escalation"), known, entry_id, "escalation")


def policy_links(policy: Node, known: Names) -> Iterator[Problem]:
    """What the policy, its triggers included, refers to and does not define."""
    yield from _service_level(_Use(policy.get("first_reply"), None, "first_reply"), known)
    for name, target in policy.get("targets").items():
        yield from _service_level(_Use(target.get("service_level"), None, f"targets.{name}.service_level"), known)
        yield from _escalation_links(target, known, None, f"targets.{name}")
        yield from _references(_Use(target.get("holding_reply_en"), None, f"targets.{name}.holding_reply_en"), known)
    for name, line in policy.get("lines").items():
        yield from _references(_Use(line, None, f"lines.{name}"), known)
    for index, trigger in enumerate(policy.get("triggers").elements()):
        yield from _escalation_links(trigger, known, None, f"triggers[{index}]")


def _escalation_links(node: Node, known: Names, entry: str | None, field: str) -> Iterator[Problem]:
    """What an escalation, a target or a trigger refers to."""
    target = _Use(node.get("target"), entry, f"{field}.target")
    collect = _Use(node.get("collect"), entry, f"{field}.collect")
    yield from _absent(target, "target", known.targets, "add it to policy.yaml's targets")
    yield from _absent(collect, "field", known.fields, "add it to policy.yaml's fields")
    yield from _references(_Use(node.get("holding_reply"), entry, f"{field}.holding_reply"), known)


def _service_level(use: _Use, known: Names) -> Iterator[Problem]:
    yield from _absent(use, "service level", known.service_levels, "add it to policy.yaml's service_levels")


def _absent(use: _Use, what: str, known: Known, remedy: str) -> Iterator[Problem]:
    """A problem for every name, in a node of one or of many, that is not known."""
    for place in use.node.elements() if isinstance(use.node.value, list) else (use.node,):
        if known is not None and isinstance(place.value, str) and place.value not in known:
            yield Problem(place.file, place.line, _says(what, place.value, known, remedy), use.entry, use.field)


def _references(use: _Use, known: Names) -> Iterator[Problem]:
    """A problem for every slot and fact in a text that is not known."""
    text = use.node.value
    if not isinstance(text, str):
        return
    for what, found, defined, remedy in (
        ("slot", slot_names(text), known.slots, "add it to policy.yaml's slots"),
        ("fact", fact_names(text), known.facts, "add it to shop.yaml or products.yaml"),
    ):
        for name in found:
            if defined is not None and name not in defined:
                yield Problem(use.node.file, use.node.line, _says(what, name, defined, remedy), use.entry, use.field)


def _says(what: str, name: str, known: Collection[str], remedy: str) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"{what} {name} does not exist: {remedy}, or correct the name{hint}"
