"""What a file says of one entry: its values, which cell said each, and the rows it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from knowledge.formats.headers import BY_KEY, reply_key
from knowledge.formats.sheets import CellProblem, problem
from knowledge.model import Entry

Value = str | date | tuple[str, ...]


class Place(NamedTuple):
    """One row of a file."""

    sheet: str
    row: int


@dataclass(frozen=True)
class Origin:
    """The cell that a value came from."""

    place: Place
    column: str
    text: str


@dataclass
class Draft:
    """What a file says of one entry. Only the fields in `columns` are said; the others stay as they are.

    `entry` is what it is where there is none yet, of a format that needs no composing; where there are no `columns`,
    the format carries all of an entry, and it is that in any case. An entry may go on in another sheet.
    """

    places: list[Place]
    columns: frozenset[str]
    values: dict[str, Value] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    entry: Entry | None = None
    broken: bool = False

    @classmethod
    def whole(cls, entry: Entry, sheet: str, row: int) -> Draft:
        """A draft that replaces the entry as it is."""
        return cls([Place(sheet, row)], frozenset(), {"id": entry.id, "title": entry.title}, entry=entry)

    @classmethod
    def of_questions(cls, entry: Entry, sheet: str, row: int) -> Draft:
        """A draft that says no more than how customers ask, and the answer where there is one beside the title."""
        values: dict[str, Value] = {"id": entry.id, "title": entry.title, "variants": entry.variants}
        values |= {
            reply_key(reply.channel, reply.language): reply.text for reply in entry.replies if reply.text != entry.title
        }
        return cls([Place(sheet, row)], frozenset(values), values, entry=entry)

    @property
    def first(self) -> Place:
        """Where it begins."""
        return self.places[0]

    @property
    def by_sheet(self) -> dict[str, tuple[int, ...]]:
        """Its rows in each sheet, that in which it begins first."""
        sheets = dict.fromkeys(place.sheet for place in self.places)
        return {sheet: tuple(place.row for place in self.places if place.sheet == sheet) for sheet in sheets}

    def text(self, key: str) -> str | None:
        """A value that is text."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def many(self, key: str) -> tuple[str, ...]:
        """A value that is a list."""
        value = self.values.get(key, ())
        return value if isinstance(value, tuple) else ()

    def problem(self, key: str, code: str, item: str | None = None, **filling: object) -> CellProblem:
        """A problem at the cell that a field, or one item of it, came from; at the first row where no cell did."""
        origin = self.origins.get(f"{key}={item}") or self.origins.get(key)
        if origin is None:
            return problem(self.first.sheet, self.first.row, column_name(key), item or "", code, **filling)
        place = origin.place
        return problem(place.sheet, place.row, origin.column, item or origin.text, code, **filling)


@dataclass
class Reading:
    """A file as it was understood: its drafts, what is wrong in it, and how many rows it has below its headers."""

    format: str
    drafts: list[Draft] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    rows: int = 0


def break_faulty(reading: Reading) -> None:
    """No draft with an error in one of its rows becomes an entry."""
    faulty = {(problem.sheet, problem.row) for problem in reading.problems if problem.severity == "error"}
    for draft in reading.drafts:
        draft.broken = draft.broken or any(place in faulty for place in draft.places)


def beside(place: Place, sheet: str) -> dict[str, object]:
    """How a message about that sheet names another row: its sheet too where it is another."""
    return {"at": place.row, "elsewhere": place.sheet if place.sheet != sheet else None}


def column_name(key: str) -> str:
    """What to call a column that a file does not have."""
    return f"{BY_KEY[key].zh} ({BY_KEY[key].en})" if key in BY_KEY else key
