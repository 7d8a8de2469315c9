"""Baidu AnyQ's question and answer files: tabs between the columns, no quotation, one question a line.

Questions with the same answer are phrasings of one entry, as AnyQ has no other way to say so.
"""

from __future__ import annotations

import re

from knowledge.formats import csv
from knowledge.formats.headers import fold
from knowledge.formats.sheets import CellProblem, Grid

HEADER = b"question\tanswer"
QUOTED = re.compile(rb'[\t\n]"(?:[^"]|"")*"(?=[\t\r\n]|$)')


def claims(data: bytes) -> bool:
    """Whether a file begins as AnyQ's do, and holds no cell that a spreadsheet quoted."""
    first = data.removeprefix(b"\xef\xbb\xbf")[:200].splitlines()[:1]
    named = bool(first) and first[0].lower().startswith(HEADER) and b"qnaid" not in first[0].lower()
    return named and QUOTED.search(data) is None


def read(data: bytes, name: str) -> tuple[Grid, list[CellProblem]]:
    """The pairs of a file, with or without its header; further columns are kept under their names."""
    grid, problems = csv.read(data, name, plain_tabs=True)
    if grid.rows and [fold(text) for text in list(grid.rows[0][1].values())[:2]] != ["question", "answer"]:
        grid = Grid(name, [(0, {0: "question", 1: "answer"}), *grid.rows], running=False)
    return grid, problems
