"""CSV for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from service.spreadsheets import csv_lines, harmless


@pytest.mark.parametrize(
    "cell", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|'/c calc'!A0", "＝1+1", "|calc", "%0A"]
)
def test_what_a_spreadsheet_would_work_out_is_text(cell: str) -> None:
    """An apostrophe in front keeps it from being a formula; the rest is as it was."""
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["退款", "a=b", "", " 好", "3", "'=x"])
def test_anything_else_stays_as_it_is(cell: str) -> None:
    """Also where such a character stands further on."""
    assert harmless(cell) == cell


def test_cells_survive_commas_quotes_and_line_breaks() -> None:
    """A reader of CSV gets back what was written; None is empty and numbers are text."""
    rows = [("a,b", 'say "hi"', "two\nlines"), (None, 3, "话术")]
    found = list(csv.reader(io.StringIO(csv_lines(rows), newline="")))
    assert found == [["a,b", 'say "hi"', "two\nlines"], ["", "3", "话术"]]
