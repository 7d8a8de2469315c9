"""Two people's changes to one entry brought together: three-way, by field, and for lists of variants by line.

What only one side changed is taken; what both changed differently is a conflict that a person decides. No line that
either side wrote is lost without a conflict that shows it; both sides' new lines at one place are both kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from merge3 import Merge3

from knowledge.manuscript import Manuscript, TypedEscalation, TypedReply
from knowledge.textdiff import Piece, pieces

SINGLE = ("kind", "title", "audience", "stage", "valid_from", "valid_until", "source")
SETS = ("products", "tags", "related")
ESCALATION = ("level", "target", "priority", "holding_reply")

Kind = Literal["text", "lines"]
ReplyKey = tuple[str, str, int]


@dataclass(frozen=True)
class Conflict:
    """What both sides changed: a field's three texts (None: no such reply there), or three runs of lines.

    The merged manuscript has mine in the place; of lines, at `start` (from 0) of the merged lines.
    """

    field: str
    kind: Kind
    base: tuple[str, ...] | None
    theirs: tuple[str, ...] | None
    mine: tuple[str, ...] | None
    start: int = 0

    @property
    def theirs_pieces(self) -> tuple[Piece, ...]:
        """What they made of the text before, word by word."""
        return _pieces(self.base, self.theirs)

    @property
    def mine_pieces(self) -> tuple[Piece, ...]:
        """The same of mine."""
        return _pieces(self.base, self.mine)


@dataclass(frozen=True)
class Merge:
    """Both sides together; `taken` are the fields in which something of theirs was taken without asking."""

    merged: Manuscript
    conflicts: tuple[Conflict, ...] = ()
    taken: tuple[str, ...] = ()


@dataclass
class _Notes:
    """What a merge has found so far."""

    conflicts: list[Conflict] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def merge(base: Manuscript, theirs: Manuscript, mine: Manuscript) -> Merge:
    """Theirs and mine, which both began from base."""
    notes = _Notes()
    values: dict[str, Any] = {}
    for name in SINGLE:
        values[name] = _text(notes, name, getattr(base, name), getattr(theirs, name), getattr(mine, name))
    for name in SETS:
        values[name] = _set(notes, name, getattr(base, name), getattr(theirs, name), getattr(mine, name))
    values["variants"] = _lines(notes, "variants", base.variants, theirs.variants, mine.variants)
    values["replies"] = _replies(notes, base.replies, theirs.replies, mine.replies)
    sides = base.escalation, theirs.escalation, mine.escalation
    escalation: dict[str, Any] = {
        name: _text(notes, f"escalation.{name}", *(getattr(side, name) for side in sides)) for name in ESCALATION
    }
    escalation["collect"] = _set(notes, "escalation.collect", *(side.collect for side in sides))
    values["escalation"] = TypedEscalation.model_construct(**escalation)
    # Together they may be more than one may send at once; that is for whoever sends it.
    return Merge(Manuscript.model_construct(**values), tuple(notes.conflicts), tuple(notes.taken))


def _text(notes: _Notes, name: str, base: str | None, theirs: str | None, mine: str | None) -> str | None:
    """One text; None is that there is none."""
    if theirs in (base, mine):
        return mine
    if mine == base:
        notes.taken.append(name)
        return theirs
    before, other, own = (None if side is None else (side,) for side in (base, theirs, mine))
    notes.conflicts.append(Conflict(name, "text", before, other, own))
    return mine


def _set(notes: _Notes, name: str, base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> tuple[str, ...]:
    """Names of which the order says nothing: what either side added is there, what either took out is not."""
    if tuple(theirs) in (tuple(base), tuple(mine)):
        return tuple(mine)
    before, other = frozenset(base), frozenset(theirs)
    kept = [word for word in mine if word in other or word not in before]
    merged = tuple(dict.fromkeys([*kept, *(word for word in theirs if word not in before)]))
    if merged != tuple(mine):
        notes.taken.append(name)
    return merged


def _lines(
    notes: _Notes, name: str, base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]
) -> tuple[str, ...]:
    """Lines in their order. Where both only added, both additions stay, each different line once."""
    merged: list[str] = []
    for region in Merge3(list(base), list(theirs), list(mine)).merge_regions():
        match region:
            case ("unchanged", start, end):
                merged += base[start:end]
            case ("same" | "a", start, end):
                merged += theirs[start:end]
            case ("b", start, end):
                merged += mine[start:end]
            case ("conflict", *places):
                # The base's two places are None where merge3 has none to name.
                ours = [slice(places[n] or 0, places[n + 1] or 0) for n in (0, 2, 4)]
                runs = tuple(base[ours[0]]), tuple(theirs[ours[1]]), tuple(mine[ours[2]])
                merged += _both(notes, name, len(merged), *runs)
    if tuple(merged) != tuple(mine):
        notes.taken.append(name)
    return tuple(merged)


def _both(
    notes: _Notes, name: str, start: int, base: tuple[str, ...], theirs: tuple[str, ...], mine: tuple[str, ...]
) -> tuple[str, ...]:
    """A stretch that both sides changed."""
    if not base:
        there = frozenset(theirs)
        return (*theirs, *(line for line in mine if line not in there))
    notes.conflicts.append(Conflict(name, "lines", base, theirs, mine, start))
    return mine


def _replies(
    notes: _Notes, base: Sequence[TypedReply], theirs: Sequence[TypedReply], mine: Sequence[TypedReply]
) -> tuple[TypedReply, ...]:
    """Replies by channel and language, in my order, those that only they have at the end."""
    sides = [dict(_keyed(side)) for side in (base, theirs, mine)]
    merged = []
    for key in dict.fromkeys([*sides[2], *sides[1], *sides[0]]):
        channel, language, number = key
        name = f"replies[{channel}/{language}]" + f"[{number}]" * bool(number)
        text = _text(notes, name, *(side.get(key) for side in sides))
        if text is not None:
            merged.append(TypedReply(channel=channel, language=language, text=text))
    return tuple(merged)


def _keyed(replies: Sequence[TypedReply]) -> Iterator[tuple[ReplyKey, str]]:
    """Each reply's text under its channel and language, and its number among those of the same."""
    seen: dict[tuple[str, str], int] = {}
    for reply in replies:
        pair = reply.channel, reply.language
        seen[pair] = seen.get(pair, -1) + 1
        yield (*pair, seen[pair]), reply.text


def _pieces(before: Sequence[str] | None, after: Sequence[str] | None) -> tuple[Piece, ...]:
    return pieces("\n".join(before or ()), "\n".join(after or ()))
