"""Workbooks of Excel and WPS: every visible sheet's cells as the text a person sees, and entries as a workbook.

Owns openpyxl. A workbook is an archive of XML from anywhere, so it is held against limits before anything in it is
unpacked, and no entity in it is ever resolved. Formulas count as what they last came to; merged cells as filled.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from knowledge.formats.cells import GUARDED, RUNS, unguard
from knowledge.formats.sheets import LARGEST_SHEET, CellProblem, Cells, Fault, Grid, by_column, problem

LARGEST_UNPACKED, MOST_PARTS = 128 * 1024 * 1024, 4096
# A sheet of text shrinks ten- to thirtyfold; from this size on, a part that shrank more than this was made to.
SUSPICIOUS_SIZE, SUSPICIOUS_RATIO = 16 * 1024 * 1024, 150
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of any spreadsheet
LOCKED = 0x1  # a part's flag that it is encrypted
STRUCTURE = re.compile(rb"<(?:\w+:)?(?:f|mergeCell)[ />]")
CHUNK = 1024 * 1024
# How a workbook holds a character that XML 1.0 cannot, and so too the beginning of what would read as one (ECMA-376,
# ST_Xstring); half a character is none.
ESCAPED = re.compile(r"_x(?![dD][89A-Fa-f])([0-9A-Fa-f]{4})_")
TO_ESCAPE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
PERCENT = re.compile(r"0%|0\.0+%")
WIDTHS = {"title": 28, "variants": 44, "reply": 52, "holding_reply": 40}


@dataclass
class _Structure:
    """What openpyxl's reader of rows passes over: merged ranges, and formulas that nobody has calculated."""

    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    uncalculated: dict[int, list[int]] = field(default_factory=dict)


def read(data: bytes, name: str) -> tuple[list[Grid], list[CellProblem]]:
    """The sheets of a workbook."""
    if (refusal := refused(data, name)) is not None:
        return [], [refusal]
    grids: list[Grid] = []
    problems: list[CellProblem] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that no text depends on
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                for sheet in book.worksheets:
                    if sheet.sheet_state != "visible":
                        problems.append(problem(sheet.title, 0, "", "", "hidden_sheet"))
                        continue
                    faults: dict[tuple[int, int], Fault] = {}
                    grids.append(Grid(sheet.title, list(_rows(sheet, faults, problems)), faults))
            finally:
                book.close()
    except Exception as error:  # a broken workbook fails anywhere in openpyxl, with whatever it trips over
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        problems.append(problem(name, 0, "", "", "not_a_workbook", reason=reason[:200]))
    return grids, problems


def refused(data: bytes, name: str) -> CellProblem | None:
    """Why a workbook is not unpacked at all; None where it may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        return problem(name, 0, "", "", "not_a_workbook", reason=error)
    if len(parts) > MOST_PARTS:
        return problem(name, 0, "", "", "too_many_parts", n=len(parts), limit=MOST_PARTS)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > LARGEST_UNPACKED:
        return problem(name, 0, "", "", "unpacks_too_large", n=unpacked, limit=LARGEST_UNPACKED)
    for part in parts:
        packed, size = part.compress_size, part.file_size
        if part.flag_bits & LOCKED:
            return problem(name, 0, "", "", "locked")
        if size > SUSPICIOUS_SIZE and size > SUSPICIOUS_RATIO * max(packed, 1):
            return problem(name, 0, "", "", "unpacks_too_far", part=part.filename[:80], packed=packed, n=size)
    return None


def _rows(sheet: Any, faults: dict[tuple[int, int], Fault], problems: list[CellProblem]) -> Iterator[tuple[int, Cells]]:
    """The rows that are not blank; a row with a fault counts as none that is."""
    sheet.reset_dimensions()  # some programs write them wrong, and openpyxl would stop there
    structure = _structure(sheet)
    running: dict[int, tuple[int, str]] = {}
    kept = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > LAST_ROW or kept >= LARGEST_SHEET:
            problems.append(problem(sheet.title, number, "", "", "too_many_rows", limit=LARGEST_SHEET))
            return
        texts = [_text(cell) for cell in row[:LAST_COLUMN]]
        faulty = structure.uncalculated.get(number, [])
        faults |= {(number, place): Fault("uncalculated") for place in faulty}
        for place, cell in enumerate(row[:LAST_COLUMN]):
            if cell.data_type == "e":
                faults[number, place] = Fault("formula_error", texts[place])
                faulty, texts[place] = [*faulty, place], ""
        if structure.merged:
            _fill_merged(texts, number, structure, running)
        cells = by_column(unguard(text) for text in texts)
        if cells or faulty:
            kept += 1
            yield number, cells


def _fill_merged(texts: list[str], number: int, structure: _Structure, running: dict[int, tuple[int, str]]) -> None:
    """Put the value of a range that runs over several rows into those below its first."""
    for place, ranges in structure.merged.items():
        while ranges and ranges[0][0] <= number:
            _, last = ranges.pop(0)
            if place < len(texts):
                running[place] = (last, texts[place])
    for place, (last, text) in list(running.items()):
        if number > last:
            del running[place]
        elif any(texts):  # a row with nothing of its own says nothing
            texts.extend([""] * (place + 1 - len(texts)))
            texts[place] = text


def _structure(sheet: Any) -> _Structure:
    """A look at the sheet's own XML, taken only where it has formulas or merged cells."""
    found = _Structure()
    with sheet._get_source() as source:  # openpyxl has no public way to a read-only sheet's XML
        tail = b""
        while chunk := source.read(CHUNK):
            if STRUCTURE.search(tail + chunk):
                break
            tail = chunk[-32:]
        else:
            return found
    with sheet._get_source() as source:
        for _, element in ElementTree.iterparse(source):
            tag = element.tag.rpartition("}")[2]
            if tag == "mergeCell":
                _note_merged(element.get("ref", ""), found)
            elif tag == "c":
                _note_formula(element, found)
            elif tag == "row":
                element.clear()
    for ranges in found.merged.values():
        ranges.sort()
    return found


def _note_merged(reference: str, found: _Structure) -> None:
    left, top, _, bottom = range_boundaries(reference)
    if left is not None and top is not None and bottom is not None and bottom > top:
        found.merged.setdefault(left - 1, []).append((top, bottom))


def _note_formula(cell: Element, found: _Structure) -> None:
    parts = {child.tag.rpartition("}")[2]: child for child in cell}
    value = parts.get("v")
    if "f" in parts and cell.get("t") != "str" and (value is None or not value.text):
        row, column = coordinate_to_tuple(cell.get("r", "A1"))
        found.uncalculated.setdefault(row, []).append(column - 1)


def _text(cell: Any) -> str:
    """A cell as a person sees it, as far as its value allows."""
    value = cell.value
    if value is None or isinstance(value, str):
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value or "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        if PERCENT.fullmatch(cell.number_format or ""):
            return f"{round(value * 100, 6):g}%"
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def write(keys: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> bytes:
    """A workbook of one sheet, all of it typed as text: its first row is the header, kept in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, key in enumerate(keys, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(key.split(".")[0], 14)
    head = Font(bold=True), PatternFill("solid", fgColor="E9EFFD"), Alignment(vertical="center")
    body = Alignment(vertical="top", wrap_text=True)
    for number, row in enumerate(rows):
        cells = []
        for text in row:
            cell = _typed_as_text(sheet, text)
            if cell is not None and number == 0:
                cell.font, cell.fill, cell.alignment = head
            elif cell is not None:
                cell.alignment = body
            cells.append(cell)
        sheet.append(cells)
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(keys), 1))}{max(len(rows), 1)}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _typed_as_text(sheet: Any, text: str) -> Any:
    """A cell that no spreadsheet takes for a formula, a number or an error; None where there is no text."""
    if not text:
        return None
    kept = TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    cell = WriteOnlyCell(sheet, "'" + kept if GUARDED.match(text) else kept)
    cell.data_type = "s"
    cell.number_format = "@"
    if RUNS.match(text):
        cell.quotePrefix = True
    return cell
