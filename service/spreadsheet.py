"""Tables as CSV that a spreadsheet opens with one click and as text: no cell is ever run as a formula.

UTF-8 with a byte order mark, which Excel and WPS need to read Chinese; lines end as RFC 4180 has them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from knowledge.formats.cells import guard

BOM: Final = "\ufeff"

Cell = str | int | float | None


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A file of a header and rows; None is an empty cell."""
    return (BOM + csv_lines([header]) + csv_lines(rows)).encode("utf-8")


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Some of a file's rows, for one that is written as it is read; without the mark that a file begins with."""
    text = io.StringIO()
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def safe(cell: Cell) -> Cell:
    """The cell, with an apostrophe before text that a spreadsheet might take for a formula."""
    return guard(cell) if isinstance(cell, str) else cell
