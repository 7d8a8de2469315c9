"""Two texts as one row of pieces: what stayed, what went, what came. It judges nothing.

The unit is what a reader takes for one word: a Chinese character, a Latin word or number, a reference such as
`{order_no}` whole. A short coincidence between two changes is no unchanged text to a reader, so it is part of the
change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from knowledge.references import FACT, SLOT

PieceKind = Literal["same", "removed", "added"]

# Han, kana and full-width forms are read by the character; every other letter or digit belongs to a word.
CHARACTER = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
WORD = rf"(?:(?!{CHARACTER})\w)+"
# Marks and joiners that belong to the character before them: accents, emoji variants, skin tones, zero-width joiners.
JOINED = "[\u0300-\u036f\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"
TOKEN = re.compile(rf"{FACT.pattern}|{SLOT.pattern}|{WORD}(?:['’.:-]{WORD})*|\s+|.{JOINED}*", re.DOTALL)
PASSAGE = re.compile(r"[^\n。！？!?；;]*[\n。！？!?；;]|[^\n。！？!?；;]+")
COINCIDENCE = 3  # tokens: " the " between two changed words
# Pairs of equal tokens, one in each text. The time it takes grows with them, in texts of one character repeated to
# minutes; a reply of 4000 characters in good Chinese has some 80 000.
MOST_PAIRS = 200_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of two texts: in both, in the old one only, or in the new one only."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class _Run:
    """Tokens of the old text and those in their place; the same ones where nothing changed."""

    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def same(self) -> bool:
        return self.old == self.new

    @property
    def size(self) -> int:
        return max(sum(map(len, self.old)), sum(map(len, self.new)))


def tokens(text: str) -> tuple[str, ...]:
    """The text cut into what a reader takes for words; together they are the text."""
    return tuple(match[0] for match in TOKEN.finditer(text))


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces in reading order, what went before what came in its place.

    Those that are not `added` make up the old text, those that are not `removed` the new one.
    """
    return tuple(piece for run in _joined(_runs(old, new)) for piece in _pieces_of(run))


def whole(kind: PieceKind, text: str) -> tuple[Piece, ...]:
    """One piece; none for an empty text."""
    return (Piece(kind, text),) if text else ()


def alike(old: str, new: str) -> float:
    """The share of words that two texts have in common, in whatever order, 0..1."""
    before, after = Counter(tokens(old)), Counter(tokens(new))
    return 2 * (before & after).total() / ((before.total() + after.total()) or 1)


def _runs(old: str, new: str) -> Iterator[_Run]:
    """Word by word; where that would take too long, passage by passage first, and a changed passage as a whole."""
    before, after = tokens(old), tokens(new)
    if _pairs(before, after) <= MOST_PAIRS:
        yield from _matched(before, after)
        return
    passages = _passages(old), _passages(new)
    if _pairs(*passages) > MOST_PAIRS:
        yield _Run(before, after)
        return
    for run in _matched(*passages):
        words = [tokens("".join(side)) for side in (run.old, run.new)]
        yield from _matched(*words) if not run.same and _pairs(*words) <= MOST_PAIRS else [_Run(words[0], words[1])]


def _matched(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[_Run]:
    for _, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield _Run(before[i:j], after[k:m])


def _pairs(before: tuple[str, ...], after: tuple[str, ...]) -> int:
    others = Counter(after)
    return sum(count * others[token] for token, count in Counter(before).items())


def _passages(text: str) -> tuple[str, ...]:
    """The text cut after every sentence and line."""
    return tuple(PASSAGE.findall(text))


def _joined(runs: Iterable[_Run]) -> Iterator[_Run]:
    """The runs with neighbours of one kind together, and every coincidence taken into the changes around it."""
    kept: list[_Run] = []
    for run in runs:
        if kept and kept[-1].same == run.same:
            before = kept.pop()
            run = _Run(before.old + run.old, before.new + run.new)
        kept.append(run)
        while len(kept) >= 3 and _coincidence(*kept[-3:]):
            parts = kept[-3:]
            del kept[-3:]
            old, new = (sum((getattr(part, side) for part in parts), ()) for side in ("old", "new"))
            kept.append(_Run(old, new))
    yield from kept


def _coincidence(before: _Run, middle: _Run, after: _Run) -> bool:
    """Whether the middle is unchanged and no longer than the changes on both sides; never where it has a reference.

    Between two insertions, or two removals, what is unchanged is no coincidence.
    """
    if before.same or after.same or not middle.same or len(middle.old) > COINCIDENCE:
        return False
    if not (before.old or after.old) or not (before.new or after.new):
        return False
    named = any(FACT.fullmatch(token) or SLOT.fullmatch(token) for token in middle.old)
    return not named and middle.size <= min(before.size, after.size)


def _pieces_of(run: _Run) -> tuple[Piece, ...]:
    if run.same:
        return whole("same", "".join(run.old))
    return whole("removed", "".join(run.old)) + whole("added", "".join(run.new))
