"""An entry's fields as other systems' filters see them, and whether a condition on them holds.

A field nobody knows is empty rather than an error: such an error would be shown to the customer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from knowledge.model import ApprovedEntry

CHANNELS = ("chat", "phone", "email")
NAMES = {"products": "product", "tag": "tags", "channels": "channel", "languages": "language", "id": "entry_id"}


def fields(approved: ApprovedEntry) -> dict[str, tuple[str, ...]]:
    """Every field with its values; a reply for any channel is one for each."""
    entry = approved.entry
    channels = {channel for reply in entry.replies for channel in _channels(reply.channel)}
    found: dict[str, Sequence[object | None]] = {
        "entry_id": [entry.id],
        "title": [entry.title],
        "version": [approved.version],
        "category": [entry.category],
        "kind": [entry.kind],
        "product": entry.products,
        "stage": [entry.stage],
        "audience": [entry.audience],
        "tags": entry.tags,
        "channel": sorted(channels),
        "language": sorted({reply.language for reply in entry.replies}),
        "source": [entry.source],
        "valid_from": [entry.valid_from],
        "valid_until": [entry.valid_until],
        "approved_at": [approved.approved_at.isoformat()],
        "approved_by": [approved.approved_by],
    }
    return {name: tuple(str(value) for value in values if value is not None) for name, values in found.items()}


def shown(approved: ApprovedEntry | None) -> dict[str, Any]:
    """What an entry is filtered by, to be sent beside its reply: single values and lists, nothing that is null."""
    if approved is None:
        return {}
    found = fields(approved)
    single = ("category", "kind", "stage", "audience", "source", "valid_until")
    several = ("product", "tags", "channel", "language")
    return {name: found[name][0] for name in single if found[name]} | {name: list(found[name]) for name in several}


def _channels(channel: str) -> tuple[str, ...]:
    return (*CHANNELS, "any") if channel == "any" else (channel,)


@dataclass(frozen=True)
class Condition:
    """`operator` on the values of the fields `names`, and what they are compared with."""

    names: tuple[str, ...]
    operator: str
    values: tuple[str, ...]

    def holds(self, approved: ApprovedEntry) -> bool:
        """Whether it does for that entry. A negation holds where the plain condition does not."""
        found = fields(approved)
        have = [value for name in self.names for value in found.get(NAMES.get(name, name), ())]
        plain, negated = OPERATORS[self.operator]
        return plain(have, self.values) is not negated


Test = Callable[[Sequence[str], Sequence[str]], bool]


def _any(test: Callable[[str, str], bool]) -> Test:
    """Some value of the field stands so to some value it is compared with, capitals aside."""
    return lambda have, given: any(test(one.casefold(), other.casefold()) for one in have for other in given)


def _ordered(read: Callable[[str], float | None], test: Callable[[float, float], bool]) -> Test:
    """As `_any`, where both can be read as numbers or as days."""

    def holds(have: Sequence[str], given: Sequence[str]) -> bool:
        pairs = ((read(one), read(other)) for one in have for other in given)
        return any(one is not None and other is not None and test(one, other) for one, other in pairs)

    return holds


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _moment(text: str) -> float | None:
    """Seconds since 1970 of a date, a time (without a zone in UTC) or a number that is such seconds already."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _number(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _equal(one: str, other: str) -> bool:
    numbers = _number(one), _number(other)
    return one == other if None in numbers else numbers[0] == numbers[1]


# Operator → test, and whether it is negated.
OPERATORS: Mapping[str, tuple[Test, bool]] = {
    "contains": (_any(lambda one, other: other in one), False),
    "not contains": (_any(lambda one, other: other in one), True),
    "start with": (_any(str.startswith), False),
    "end with": (_any(str.endswith), False),
    "is": (_any(str.__eq__), False),
    "is not": (_any(str.__eq__), True),
    "in": (_any(str.__eq__), False),
    "not in": (_any(str.__eq__), True),
    "empty": (lambda have, _: not have, False),
    "not empty": (lambda have, _: not have, True),
    "null": (lambda have, _: not have, False),
    "not null": (lambda have, _: not have, True),
    "=": (_any(_equal), False),
    "≠": (_any(_equal), True),
    ">": (_ordered(_number, float.__gt__), False),
    "<": (_ordered(_number, float.__lt__), False),
    "≥": (_ordered(_number, float.__ge__), False),
    "≤": (_ordered(_number, float.__le__), False),
    "before": (_ordered(_moment, float.__lt__), False),
    "after": (_ordered(_moment, float.__gt__), False),
}
