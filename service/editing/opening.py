"""An entry opened for editing, and the words its fields are chosen from: everything an editor needs, read at once.

What somebody types begins from the newest version, whatever its state; it is kept as their working copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from knowledge.errors import NotFound
from knowledge.model import Facts, Language, Policy
from knowledge.store import AuditRecord, Overview, Store, VersionRecord, WorkingCopy
from knowledge.store.overview import OFFERING

PRESENT = timedelta(minutes=3)  # since somebody typed, during which they count as typing still


@dataclass(frozen=True)
class Presence:
    """Somebody else who has typed at this entry and not saved it; `active` is that they did so just now."""

    person: str
    updated_at: datetime
    active: bool


@dataclass(frozen=True)
class Opened:
    """An entry as its editor sees it. `base` is the version that `own` began from, the newest where there is none.

    `returns` are all acts by which a reviewer sent a version back; `returned` is the one that the newest stands under.
    """

    entry_id: str
    base: VersionRecord | None
    newest: VersionRecord | None
    live: VersionRecord | None
    own: WorkingCopy | None
    others: tuple[Presence, ...]
    history: tuple[VersionRecord, ...]
    returns: tuple[AuditRecord, ...] = ()
    returned: AuditRecord | None = None


@dataclass(frozen=True)
class Reference:
    """A name that may stand in a reply in braces, and what it stands for."""

    name: str
    label: str
    kind: str


@dataclass(frozen=True)
class Choice:
    """Something a field may be, and what it is called."""

    name: str
    label: str


@dataclass(frozen=True)
class Vocabulary:
    """What the fields of an entry are chosen from."""

    references: tuple[Reference, ...]
    targets: tuple[Choice, ...]
    fields: tuple[Choice, ...]
    products: tuple[Choice, ...]
    entries: tuple[Choice, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]


def opened(store: Store, entry_id: str, person: str, now: datetime) -> Opened:
    """The entry; NotFound where there is no version and the person has typed nothing."""
    copies = store.working_copies(entry_id)
    own = next((copy for copy in copies if copy.person == person), None)
    history = _history(store, entry_id, own)
    newest = history[-1] if history else None
    acts = store.audit(entry_id)
    base = newest if own is None else next((one for one in history if one.version == own.base_version), None)
    return Opened(
        entry_id=entry_id,
        base=base,
        newest=newest,
        live=next((one for one in history if one.state == "approved"), None),
        own=own,
        others=presence(copies, person, now),
        history=history,
        returns=tuple(line for line in acts if line.act == "send_back"),
        returned=_returned(newest, acts),
    )


def presence(copies: Sequence[WorkingCopy], person: str, now: datetime) -> tuple[Presence, ...]:
    """Everybody else's working copies of one entry, last typed first."""
    return tuple(
        Presence(copy.person, copy.updated_at, now - copy.updated_at <= PRESENT)
        for copy in copies
        if copy.person != person
    )


def vocabulary(store: Store, overviews: Sequence[Overview], language: Language) -> Vocabulary:
    """The words of the policy, the facts and the entries there are, labels in one language."""
    policy, facts = store.policy(), store.facts()
    english = language == "en"
    return Vocabulary(
        references=references(policy, facts),
        targets=tuple(Choice(name, one.label_en if english else one.label) for name, one in policy.targets.items()),
        fields=tuple(Choice(name, one.label_en if english else one.label) for name, one in policy.fields.items()),
        # What has no name is no product, but holds facts that products share.
        products=tuple(Choice(code, one.names[0]) for code, one in facts.products.items() if one.names),
        entries=tuple(Choice(one.entry_id, one.content["title"]) for one in overviews),
        categories=tuple(sorted({one.entry_id.split(".", 1)[0] for one in overviews})),
        tags=tuple(sorted({tag for one in overviews for tag in one.content.get("tags", ())})),
    )


def references(policy: Policy, facts: Facts) -> tuple[Reference, ...]:
    """Slots of the policy, then facts of the shop, then those of products."""
    slots = [Reference(name, label, "slot") for name, label in policy.slots.items()]
    named = [Reference(name, fact.zh, "fact") for name, fact in facts.facts.items()]
    for code, product in facts.products.items():
        named += [Reference(f"{code}.{name}", fact.zh, "fact") for name, fact in product.facts.items()]
    return (*slots, *named)


def _returned(newest: VersionRecord | None, acts: Sequence[AuditRecord]) -> AuditRecord | None:
    """The return after which the newest version was not offered again."""
    if newest is None or newest.state != "draft":
        return None
    offering = [line for line in acts if line.version == newest.version and line.act in OFFERING]
    return offering[-1] if offering and offering[-1].act == "send_back" else None


def _history(store: Store, entry_id: str, own: WorkingCopy | None) -> tuple[VersionRecord, ...]:
    try:
        return store.history(entry_id)
    except NotFound:
        if own is None:
            raise
        return ()
