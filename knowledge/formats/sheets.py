"""What every table comes to before its header is understood: rows of text by column, and problems by row and column.

A format's own module makes Grids; it decides nothing about what a column means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from knowledge.formats.messages import ASIDES, MESSAGES, Severity
from knowledge.model import Frozen

LARGEST_SHEET = 100_000  # rows; more is no sheet that a person keeps
HALVES = re.compile("[\ud800-\udfff]")
SHOWN = 200  # characters of a value that a problem repeats

Cells = Mapping[int, str]  # text by column from 0, without blank ones


class CellProblem(Frozen):
    """One thing wrong in a table: where, the value found there, and by its code and what fills it, what to do.

    `row` is the row as a spreadsheet numbers it, or the item's number in a list; 0 where the whole file is meant.
    """

    sheet: str
    row: int
    column: str
    value: str
    code: str
    filling: Mapping[str, str] = Field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return MESSAGES[self.code][0]

    @property
    def message(self) -> str:
        """What is wrong and what to do, in English."""
        return self.say("en")

    def say(self, language: Literal["zh", "en"]) -> str:
        """What is wrong and what to do."""
        chinese = language == "zh"
        asides = {
            name: texts[chinese].format(self.filling[name]) if self.filling.get(name) else ""
            for name, texts in ASIDES.items()
        }
        return MESSAGES[self.code][1 + chinese].format(**dict(self.filling) | asides)


@dataclass(frozen=True)
class Fault:
    """Why a cell has no value: the code of what to say, and the text it shows."""

    code: str
    text: str = ""


@dataclass(frozen=True)
class Grid:
    """One sheet: its rows that are not blank, each with its number; `faults` are cells without a value, and why.

    In a `running` sheet a row without a question goes on with the one above; items of a list stand alone.
    """

    name: str
    rows: Sequence[tuple[int, Cells]]
    faults: Mapping[tuple[int, int], Fault] = field(default_factory=dict)
    running: bool = True

    @classmethod
    def of(cls, name: str, columns: Sequence[str], records: Iterable[tuple[int, Sequence[str]]]) -> Grid:
        """The items of a list under columns of ours; its header is row 0."""
        body = [(number, by_column(values)) for number, values in records]
        return cls(name, [(0, by_column(columns)), *body], running=False)


def by_column(values: Iterable[str]) -> Cells:
    """The values that are not blank, by their column; line breaks are those of text."""
    return {place: one_break(value) for place, value in enumerate(values) if value.strip()}


def one_break(text: str) -> str:
    """The text with every line break as a newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def problem(sheet: str, row: int, column: str, value: str, code: str, **filling: object) -> CellProblem:
    """A problem, its value cut to what one reads at a glance; half a character, which nobody can see, is U+FFFD."""
    shown = value if len(value) <= SHOWN else value[:SHOWN] + "…"
    filled = {name: _shown(str(one)) for name, one in filling.items() if one is not None}
    return CellProblem(
        sheet=_shown(sheet), row=row, column=_shown(column), value=_shown(shown), code=code, filling=filled
    )


def _shown(text: str) -> str:
    return HALVES.sub("\ufffd", text)
