"""What every reader gives and every cleaning step takes: blocks of text with the place they came from.

A step never edits in silence: `Change` says what stood there and what stands there now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from knowledge.model import Frozen

BlockKind = Literal["text", "heading", "item", "row"]
StepName = Literal[
    "navigation",
    "controls",
    "mojibake",
    "widths",
    "pinyin",
    "script",
    "furniture",
    "breaks",
    "ocr",
    "punctuation",
    "doubling",
]
CELLS = "\t"  # between the cells of a table's row
AROUND = 8  # characters shown on both sides of a change
SHOWN = 60  # characters of a change's text that are kept

Count = Annotated[int, Field(ge=1)]


class Place(Frozen):
    """Where in the document, each counted from 1. `part` counts the lines found in what was one line of the source."""

    page: Count | None = None
    paragraph: Count
    line: Count
    part: Count = 1

    def __str__(self) -> str:
        names = [f"page {self.page}"] if self.page is not None else []
        names += [f"paragraph {self.paragraph}", f"line {self.line}"]
        return ", ".join(names + ([f"part {self.part}"] if self.part > 1 else []))


@dataclass(frozen=True, slots=True)
class Block:
    """A line, paragraph, heading, list item or table row. The cells of a row are parted by tabs."""

    text: str
    place: Place
    kind: BlockKind = "text"

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(cell.strip() for cell in self.text.split(CELLS)) if self.kind == "row" else ()


class Change(Frozen):
    """One repair: what stood there, what stands there now, and how often in that block. Removed text has no `after`."""

    step: StepName
    place: Place
    before: str
    after: str
    count: Count = 1


class Cleaned(NamedTuple):
    """What a step hands on."""

    blocks: list[Block]
    changes: list[Change]


Mend = Callable[[str], tuple[str, int]]
Step = Callable[[Sequence[Block]], Cleaned]


def mended(blocks: Iterable[Block], step: StepName, mend: Mend) -> Cleaned:
    """Every block's text as `mend` gives it, with the number of its repairs; what became empty is gone."""
    kept: list[Block] = []
    changes: list[Change] = []
    for block in blocks:
        text, count = mend(block.text)
        if text != block.text:
            changes.append(change(step, block.place, block.text, text, max(count, 1)))
        if text.strip():
            kept.append(block if text == block.text else replace(block, text=text))
    return Cleaned(kept, changes)


def change(step: StepName, place: Place, before: str, after: str, count: int = 1) -> Change:
    """A change that shows the part which differs, with a little around it."""
    start = 0
    shortest = min(len(before), len(after))
    while start < shortest and before[start] == after[start]:
        start += 1
    end = 0
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return Change(step=step, place=place, before=_part(before, start, end), after=_part(after, start, end), count=count)


def _part(text: str, start: int, end: int) -> str:
    first = max(0, start - AROUND)
    part = text[first : len(text) - max(0, end - AROUND)].strip()
    return part if len(part) <= SHOWN else part[:SHOWN] + "…"
