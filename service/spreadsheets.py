"""Tables as CSV that a spreadsheet opens as they are: as text in UTF-8, and never as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"  # by which spreadsheets know UTF-8
# What a spreadsheet takes for the beginning of a formula, also behind blanks and in full width.
FORMULA = tuple("=+-@\t\r\n＝＋－＠|%")


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV, without the byte order mark that a file begins with."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def harmless(cell: object) -> str:
    """The cell as text; an apostrophe before whatever a spreadsheet would work out. None is empty."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
