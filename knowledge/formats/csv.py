"""Text tables as spreadsheets save them: UTF-8 with and without a mark, UTF-16, GB18030 or Big5; comma, tab, semicolon.

Encoding and separator are those under which the header says most. Written is what Excel and WPS open with one click:
UTF-8 with its mark, commas, CRLF, and nothing that a spreadsheet would run.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence

from knowledge.formats.cells import guard, unguard
from knowledge.formats.headers import field_of
from knowledge.formats.sheets import LARGEST_SHEET, CellProblem, Cells, Grid, by_column, problem

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHINESE, UNMARKED = ("gb18030", "big5hkscs"), ("utf-16-le", "utf-16-be")
SEPARATORS = (",", "\t", ";", "|", "，")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF-")  # and documents
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # bytes of control characters that no text has
DECLARED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
SAMPLE = 64 * 1024  # characters in which a header is looked for
TAB = "\t"


def read(data: bytes, name: str, plain_tabs: bool = False) -> tuple[Grid, list[CellProblem]]:
    """The table of a file. `plain_tabs`: tabs separate, and quotation marks are just text."""
    text = decoded(data) if not data.startswith(PICTURES) else None
    if text is None:
        code = "no_table" if data.startswith(PICTURES) or CONTROLS.search(data[:SAMPLE]) else "encoding"
        return Grid(name, []), [problem(name, 0, "", "", code)]
    skipped = 0
    declared = DECLARED.match(text)
    if declared is not None and not plain_tabs:
        text, skipped = text[declared.end() :], 1
    separator = TAB if plain_tabs else declared[1] if declared is not None else _separator(text)
    rows: list[tuple[int, Cells]] = []
    problems: list[CellProblem] = []
    try:
        for number, values in enumerate(_records(text, separator, plain_tabs), start=1 + skipped):
            if number > LARGEST_SHEET:
                problems.append(problem(name, number, "", "", "too_many_rows", limit=LARGEST_SHEET))
                break
            cells = by_column(unguard(value) for value in values)
            if cells:
                rows.append((number, cells))
        if not plain_tabs and rows and _unclosed(text, separator):
            number, cells = rows[-1]
            problems.append(problem(name, number, "", " ".join(cells.values()), "unclosed_quote"))
    except csv.Error as error:
        after = rows[-1][0] if rows else 0
        problems.append(problem(name, after + 1, "", "", "unreadable_from_here", reason=error))
    return Grid(name, rows), problems


def write(rows: Sequence[Sequence[str]]) -> bytes:
    """A table as bytes."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([guard(value) for value in row] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8")


def decoded(data: bytes) -> str | None:
    """The file's text; None where it is in no encoding we know."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strict(data, encoding)
    # Text has no zero bytes but in UTF-16, where every line break has one.
    encodings = UNMARKED if b"\0" in data[:SAMPLE] else CHINESE
    if encodings is CHINESE and (text := _strict(data, "utf-8")) is not None:
        return text
    texts = [text for encoding in encodings if (text := _strict(data, encoding)) is not None]
    return max(texts, key=lambda text: _header(text, _separator(text)), default=None)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _separator(text: str) -> str:
    """The separator under which the header names most fields, then the one that splits most."""
    return max(SEPARATORS, key=lambda separator: _header(text, separator))


def _header(text: str, separator: str) -> tuple[int, int]:
    """How many columns that we know a header has under a separator, and how many at all."""
    best = (0, 0)
    try:
        for place, values in enumerate(_records(text[:SAMPLE], separator, False)):
            if place >= 10:
                break
            known = {found.key for value in values[:200] if len(value) <= 60 and (found := field_of(value))}
            best = max(best, (len(known), len(values)))
    except csv.Error:
        pass
    return best


def _records(text: str, separator: str, plain: bool) -> Iterator[list[str]]:
    if plain:
        yield from (line.split(separator) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    else:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _unclosed(text: str, separator: str) -> bool:
    """Whether the text ends inside a quoted cell."""
    reader = csv.reader(io.StringIO(text + "\n.", newline=""), delimiter=separator)
    return deque(reader, maxlen=1).pop() != ["."]
