"""Rows that belong together, gathered into drafts of entries.

An entry may stand in one row or in several: a row with an id or a question that was there before continues that
entry, and so does a row with neither. No row is lost: each is in a draft, or a problem names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from knowledge.formats.cells import CHOICES, choice_words, distinct, read_choice, read_date, read_list
from knowledge.formats.drafts import Draft, Origin, Place, Reading, Value, beside, column_name
from knowledge.formats.headers import BY_KEY, REPLIES, Field, field_of, header_row, reply_key
from knowledge.formats.sheets import CellProblem, Cells, Fault, Grid, problem
from knowledge.model import Channel, Language
from knowledge.text import is_cjk, normalise

DATES = frozenset({"valid_from", "valid_until"})


def read_grids(grids: Iterable[Grid], format: str, same_answer: bool = False) -> Reading:
    """Every sheet's drafts. `same_answer`: questions with the same answer are one entry."""
    reading = Reading(format)
    collected = _Collector(reading, same_answer)
    for grid in grids:
        collected.add(grid)
    return reading


class _Collector:
    """Takes rows in order and knows which drafts they may continue."""

    def __init__(self, reading: Reading, same_answer: bool) -> None:
        self.reading = reading
        self._same_answer = same_answer
        self._by_id: dict[str, Draft] = {}
        self._by_title: dict[str, Draft] = {}
        self._by_answer: dict[tuple[str, str], Draft] = {}
        self._last: Draft | None = None

    def add(self, grid: Grid) -> None:
        rows = list(grid.rows)
        self._last = None
        place = header_row(rows)
        if place is None:
            self.reading.rows += len(rows)
            if rows:
                gists = [(number, _gist(cells)) for number, cells in rows]
                self.reading.problems += [problem(grid.name, number, "", gist, "no_header") for number, gist in gists]
            return
        for number, cells in rows[:place]:
            self.reading.problems.append(problem(grid.name, number, "", _gist(cells), "above_header"))
        self.reading.rows += len(rows) - place - 1
        columns = self._columns(grid.name, *rows[place])
        for number, cells in rows[place + 1 :]:
            row = _Row(Place(grid.name, number), cells, columns, self.reading.problems)
            faults = {
                found.key: grid.faults[number, at] for at, (_, found) in columns.items() if (number, at) in grid.faults
            }
            self._row(row, grid, faults)

    def _columns(self, sheet: str, number: int, names: Cells) -> dict[int, tuple[str, Field]]:
        """Name and field of every column that is read; a problem for each that is not."""
        columns: dict[int, tuple[str, Field]] = {}
        taken: dict[str, str] = {}
        for place, name in names.items():
            name = name.strip()
            found = field_of(name)
            if found is None:
                self.reading.problems.append(problem(sheet, number, name, name, "unknown_column"))
            elif found.key in taken and not found.many:
                self.reading.problems.append(problem(sheet, number, name, name, "same_column", other=taken[found.key]))
            else:
                columns[place] = (name, found)
                taken[found.key] = name
        return columns

    def _row(self, row: _Row, grid: Grid, faults: Mapping[str, Fault]) -> None:
        if not row.texts:
            for key, fault in faults.items():
                row.wrong(key, fault.text, fault.code)
            if not faults:
                row.wrong("", _gist(row.cells), "nothing_read")
            return
        draft = self._continued(row, grid)
        for key, fault in faults.items():
            row.wrong(key, fault.text, fault.code, draft)
        if draft is None:
            if not row.first("id") and not row.first("title"):
                row.wrong("title", _gist(row.cells), "no_question")
                return
            draft = Draft([], row.keys, broken=bool(faults))
            self.reading.drafts.append(draft)
        draft.places.append(row.place)
        draft.columns |= row.keys
        row.fill(draft)
        self._remember(draft, row)

    def _continued(self, row: _Row, grid: Grid) -> Draft | None:
        """The draft that a row goes on with."""
        entry_id, title = row.first("id"), row.first("title")
        if entry_id:
            return self._by_id.get(entry_id)
        if not title:
            return self._last if grid.running else None
        known = self._by_title.get(_question(title))
        if known is None and self._same_answer and (answer := row.first("reply")):
            known = self._by_answer.get((row.place.sheet, answer))
            if known is not None:
                row.as_variant()
        return known

    def _remember(self, draft: Draft, row: _Row) -> None:
        self._last = draft
        if (entry_id := draft.text("id")) is not None:
            self._by_id[entry_id] = draft
        if (title := draft.text("title")) is not None:
            self._by_title[_question(title)] = draft
        if answer := row.first("reply"):
            self._by_answer.setdefault((row.place.sheet, answer), draft)


class _Row:
    """One row's cells by field, and how they are put into a draft."""

    def __init__(
        self, place: Place, cells: Cells, columns: dict[int, tuple[str, Field]], problems: list[CellProblem]
    ) -> None:
        self.place, self.cells = place, cells
        self.keys = frozenset(field.key for _, field in columns.values())
        self.texts: dict[str, list[tuple[str, str]]] = {}
        for at, (name, found) in columns.items():
            if at in cells:
                self.texts.setdefault(found.key, []).append((name, cells[at]))
        self._names = {found.key: name for name, found in columns.values()}
        self._problems = problems
        self._moved = False

    def first(self, key: str) -> str:
        """The text of a field, without blanks around it."""
        return self.texts[key][0][1].strip() if key in self.texts else ""

    def as_variant(self) -> None:
        """Its question is one more phrasing of an entry that is there: one, whatever separators it holds."""
        self._moved = True
        self.keys |= {"variants"}
        self.texts.setdefault("variants", []).extend(
            (name, " ".join(text.split())) for name, text in self.texts.pop("title")
        )

    def wrong(
        self, key: str, text: str, code: str, draft: Draft | None = None, column: str = "", **filling: object
    ) -> None:
        """Tell a problem; the draft it is in cannot become an entry."""
        column = column or self._names.get(key) or column_name(key)
        self._problems.append(problem(self.place.sheet, self.place.row, column, text, code, **filling))
        if draft is not None:
            draft.broken = True

    def fill(self, draft: Draft) -> None:
        """Put every cell into the draft."""
        for key, texts in self.texts.items():
            for name, text in texts:
                if BY_KEY[key].many and key != "channel":
                    self._extend(draft, key, name, self._items(key, text))
                elif key in REPLIES:
                    self._set(draft, key, name, text.strip(), text)
                elif key not in ("reply", "channel", "language"):
                    value = self._scalar(draft, key, text)
                    if value is not None:
                        self._set(draft, key, name, value, text)
        if "reply" in self.texts:
            self._reply(draft, *self.texts["reply"][0])

    def _items(self, key: str, text: str) -> list[str]:
        return [text] if self._moved and key == "variants" else read_list(key, text)

    def _scalar(self, draft: Draft, key: str, text: str) -> Value | None:
        """The value of a cell that holds one; None, and a problem, where it cannot be read."""
        if key in DATES:
            if (day := read_date(text)) is None:
                self.wrong(key, text, "not_a_date", draft)
            return day
        if key in CHOICES:
            if (value := read_choice(key, text)) is None:
                self.wrong(key, text, "not_a_choice", draft, words=choice_words(key))
            return value
        return text.strip()

    def _reply(self, draft: Draft, name: str, text: str) -> None:
        """The plain reply column: for the channels and language that the row names, else any, by its script."""
        channels = list(self._choices(draft, "channel"))
        language = next(self._choices(draft, "language"), "zh" if is_cjk(text) else "en")
        if draft.broken:
            return
        for channel in channels or ["any"]:
            self._set(draft, _key(channel, language), name, text.strip(), text)

    def _choices(self, draft: Draft, key: str) -> Iterator[str]:
        for _, text in self.texts.get(key, []):
            for item in read_list("tags", text):
                if (value := read_choice(key, item)) is None:
                    self.wrong(key, item, "not_a_choice", draft, words=choice_words(key))
                else:
                    yield value

    def _set(self, draft: Draft, key: str, name: str, value: Value, text: str) -> None:
        """Keep a value; a second one must be the same."""
        known = draft.values.get(key)
        if known is None:
            draft.values[key] = value
            draft.origins[key] = Origin(self.place, name, text)
        elif known != value and not (key == "title" and _question(str(known)) == _question(str(value))):
            origin = draft.origins[key]
            there = beside(origin.place, self.place.sheet)
            self.wrong(key, text, "differs", draft, name, other=origin.column, **there)

    def _extend(self, draft: Draft, key: str, name: str, items: list[str]) -> None:
        """Put items behind those that are there, each once."""
        draft.values[key] = distinct((*draft.many(key), *items))
        for item in items:
            draft.origins.setdefault(f"{key}={item}", Origin(self.place, name, item))
        draft.origins.setdefault(key, Origin(self.place, name, "\n".join(items)))


def _key(channel: str, language: str) -> str:
    channels: dict[str, Channel] = {reply[0]: reply[0] for reply in REPLIES.values()}
    languages: dict[str, Language] = {reply[1]: reply[1] for reply in REPLIES.values()}
    return reply_key(channels[channel], languages[language])


@lru_cache(maxsize=2**10)  # each row asks several times
def _question(title: str) -> str:
    """A question as it is compared."""
    return normalise(title) or title


def _gist(cells: Cells) -> str:
    return " | ".join(" ".join(text.split()) for text in cells.values())
