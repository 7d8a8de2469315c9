"""What one artefact says otherwise than another: entries by id and version, field by field, and the policy's parts.

Replies are compared as customers read them, with every fact put in, so a changed fact shows where it is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.model import ApprovedEntry, Entry, Policy

Kind = Literal["added", "changed", "removed"]
LISTS = ("variants", "products", "tags", "related")
VALUES = ("title", "kind", "audience", "stage", "valid_from", "valid_until", "source")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field such as `title`, `variants` or `replies.chat.zh`, with what it lost and what it gained."""

    field: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that came, went or reads otherwise. The versions are None on the side where it is not.

    A change without fields was approved anew as it was.
    """

    entry_id: str
    title: str
    kind: Kind
    before: int | None
    after: int | None
    approved_by: str | None
    fields: tuple[FieldChange, ...] = ()


def entry_changes(before: Sequence[ApprovedEntry], after: Sequence[ApprovedEntry]) -> tuple[EntryChange, ...]:
    """Every entry that differs: added, changed, removed, each in order of id."""
    old = {approved.entry.id: approved for approved in before}
    new = {approved.entry.id: approved for approved in after}
    added = [
        EntryChange(one.entry.id, one.entry.title, "added", None, one.version, one.approved_by)
        for name, one in sorted(new.items())
        if name not in old
    ]
    changed = [
        EntryChange(
            name,
            one.entry.title,
            "changed",
            old[name].version,
            one.version,
            one.approved_by,
            tuple(_fields(old[name].entry, one.entry)),
        )
        for name, one in sorted(new.items())
        if name in old and old[name] != one
    ]
    removed = [
        EntryChange(name, one.entry.title, "removed", one.version, None, None)
        for name, one in sorted(old.items())
        if name not in new
    ]
    return (*added, *changed, *removed)


def policy_changes(before: Policy, after: Policy) -> tuple[str, ...]:
    """The parts of the policy that differ, by their names."""
    return tuple(name for name in type(after).model_fields if getattr(before, name) != getattr(after, name))


def _fields(old: Entry, new: Entry) -> Iterator[FieldChange]:
    for field in VALUES:
        yield from _value(field, getattr(old, field), getattr(new, field))
    yield from _mapping("replies", _replies(old), _replies(new))
    yield from _mapping("escalation", old.escalation.model_dump(), new.escalation.model_dump())
    for field in LISTS:
        yield from _list(field, getattr(old, field), getattr(new, field))


def _replies(entry: Entry) -> Mapping[str, object]:
    return {f"{reply.channel}.{reply.language}": reply.text for reply in entry.replies}


def _mapping(field: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[FieldChange]:
    for key in dict.fromkeys([*new, *old]):
        yield from _value(f"{field}.{key}", old.get(key), new.get(key))


def _value(field: str, old: object, new: object) -> Iterator[FieldChange]:
    if old != new:
        yield FieldChange(field, _said(old), _said(new))


def _said(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)


def _list(field: str, old: Sequence[str], new: Sequence[str]) -> Iterator[FieldChange]:
    """What is in the list counts; where only the order differs, nothing went and nothing came."""
    if old != new:
        gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
        yield FieldChange(field, tuple(gone.elements()), tuple(come.elements()))
