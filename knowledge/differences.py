"""What one version of an entry says otherwise than another, field by field, as a reviewer reads it.

An entry equals another exactly where there is no difference. Lists are compared by what is in them; a mere change of
order is said as such. A phrasing that was reworded is one change, not one that went and one that came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.model import Entry, Escalation
from knowledge.textdiff import Piece, alike, pieces, whole

Change = Literal["added", "removed", "changed", "reordered"]

REWORDED = 0.6  # the share of words in common from which on one phrasing is another reworded
MOST_PAIRS = 2_500  # compared; where more went and came at once, none is taken for another


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `field` is a path such as `title`, `variants`, `replies.chat.zh` or `escalation.level`.

    A list has a difference for each of its elements that went, came or was reworded.
    """

    field: str
    change: Change
    pieces: tuple[Piece, ...] = ()


def differences(old: Entry | None, new: Entry) -> tuple[Difference, ...]:
    """Everything that differs, what customers are shown first; with nothing to compare with, all that is set."""
    found = [
        *_text("title", old.title if old else None, new.title),
        *_replies(old, new),
        *_list("variants", old.variants if old else (), new.variants, reworded=True),
        *_escalation(old.escalation if old else Escalation(), new.escalation),
    ]
    for field in ("valid_from", "valid_until"):
        found += _value(field, getattr(old, field, None), getattr(new, field))
    found += _list("products", old.products if old else (), new.products)
    found += _value("kind", old.kind if old else None, new.kind)
    found += _value("audience", old.audience if old else Entry.model_fields["audience"].default, new.audience)
    found += _value("stage", old.stage if old else None, new.stage)
    for field in ("tags", "related"):
        found += _list(field, getattr(old, field, ()), getattr(new, field))
    found += _text("source", old.source if old else None, new.source)
    return tuple(found)


def _escalation(old: Escalation, new: Escalation) -> Iterator[Difference]:
    for field in ("level", "target", "priority"):
        yield from _value(f"escalation.{field}", getattr(old, field), getattr(new, field))
    yield from _list("escalation.collect", old.collect, new.collect)
    yield from _text("escalation.holding_reply", old.holding_reply, new.holding_reply)


def _replies(old: Entry | None, new: Entry) -> Iterator[Difference]:
    """By channel and language, of which an entry has at most one."""
    before = {f"{reply.channel}.{reply.language}": reply.text for reply in (old.replies if old else ())}
    after = {f"{reply.channel}.{reply.language}": reply.text for reply in new.replies}
    for key in [*after, *(key for key in before if key not in after)]:
        yield from _text(f"replies.{key}", before.get(key), after.get(key))
    yield from _order("replies", tuple(before), tuple(after))


def _text(field: str, old: str | None, new: str | None) -> Iterator[Difference]:
    """A text, word by word where both have it."""
    if old is None or new is None:
        yield from _value(field, old, new)
    elif old != new:
        yield Difference(field, "changed", pieces(old, new))


def _value(field: str, old: object | None, new: object | None) -> Iterator[Difference]:
    """A value that is read as a whole."""
    if old == new:
        return
    shown = (() if old is None else whole("removed", str(old))) + (() if new is None else whole("added", str(new)))
    yield Difference(field, "added" if old is None else "removed" if new is None else "changed", shown)


def _list(field: str, old: Sequence[str], new: Sequence[str], reworded: bool = False) -> Iterator[Difference]:
    """Elements that went and came; those that are the same are left out, however often they stand there."""
    gone, come = list((Counter(old) - Counter(new)).elements()), list((Counter(new) - Counter(old)).elements())
    pairs = _pairs(gone, come) if reworded else {}
    for element in come:
        if element in pairs:
            yield Difference(field, "changed", pieces(pairs[element], element))
        else:
            yield Difference(field, "added", whole("added", element))
    taken = Counter(pairs.values())
    for element in gone:
        if taken[element] > 0:
            taken[element] -= 1
        else:
            yield Difference(field, "removed", whole("removed", element))
    yield from _order(field, old, new)


def _order(field: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Difference]:
    """Whether what both have stands in another order."""
    shared = Counter(old) & Counter(new)
    if _only(old, shared) != _only(new, shared):
        yield Difference(field, "reordered")


def _only(elements: Sequence[str], wanted: Counter[str]) -> list[str]:
    """The elements that are wanted, each as often as it is, in their order."""
    left = wanted.copy()
    found = []
    for element in elements:
        if left[element] > 0:
            left[element] -= 1
            found.append(element)
    return found


def _pairs(gone: Sequence[str], come: Sequence[str]) -> dict[str, str]:
    """Which new phrasing is which old one reworded: the most alike first, each at most once."""
    if len(gone) * len(come) > MOST_PAIRS:
        return {}
    scored = [
        (alike(old, new), place, other, old, new) for place, old in enumerate(gone) for other, new in enumerate(come)
    ]
    pairs: dict[str, str] = {}
    used: set[int] = set()
    for score, place, _, old, new in sorted(scored, key=lambda found: (-found[0], found[1], found[2])):
        if score >= REWORDED and place not in used and new not in pairs:
            pairs[new] = old
            used.add(place)
    return pairs
