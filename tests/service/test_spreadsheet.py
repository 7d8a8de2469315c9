"""CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest

from service.spreadsheet import as_csv, csv_lines, safe


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "  =cmd|'/c calc'!A0",
        "=HYPERLINK(1)",
        "|calc",
        "%0A",
    ],
)
def test_what_could_be_a_formula_becomes_text(text: str) -> None:
    """By an apostrophe before it."""
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["退款=?", "a-b", "", " 好", None, -1, 2.5])
def test_everything_else_stays_as_it_is(cell: str | int | float | None) -> None:
    """Numbers are numbers, below nought too."""
    assert safe(cell) == cell


def test_a_table_reads_back() -> None:
    """With a byte order mark for Excel, commas, quotes and line breaks in cells, nothing for None."""
    made = as_csv(("query", "count"), [('他说"快,点"\n吧', 3), ("=1", None)])
    assert made.startswith("\ufeff".encode())
    read = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert read == [["query", "count"], ['他说"快,点"\n吧', "3"], ["'=1", ""]]


def test_a_table_can_be_written_in_parts() -> None:
    """The parts put together are the file."""
    rows = [("a", 1), ("=b", None), ("c,", 2)]
    whole = as_csv(("query", "count"), rows).decode("utf-8-sig")
    assert csv_lines([("query", "count")]) + csv_lines(rows[:1]) + csv_lines(rows[1:]) == whole
