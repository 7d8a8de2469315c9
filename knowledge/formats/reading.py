"""Which format a file has, and its drafts and problems: the one way in for whatever a team kept its answers in."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args

from knowledge.errors import KnowledgeError, PackError
from knowledge.formats import anyq, azure, chatwoot, csv, dify, xlsx
from knowledge.formats.drafts import Draft, Reading, break_faulty
from knowledge.formats.gathering import read_grids
from knowledge.formats.jsonl import read_knowledge
from knowledge.formats.sheets import CellProblem, Grid, problem
from knowledge.formats.yaml import load_entries
from knowledge.model import Entry

Format = Literal["auto", "xlsx", "csv", "jsonl", "yaml", "dify", "chatwoot", "azure", "anyq"]
FORMATS: tuple[Format, ...] = get_args(Format)
ARCHIVE, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
JSON_FORMATS = ("azure", "chatwoot", "dify")
Drafting = Callable[[Entry, str, int], Draft]  # entry, sheet and row


def read(data: bytes, name: str, format: Format = "auto") -> Reading:
    """Everything in a file; what is wrong is told and never raised."""
    if format not in FORMATS:
        raise KnowledgeError(f"format {format!r} is not one of {', '.join(FORMATS)}: choose one")
    name = name.strip() or "file"
    if not data.strip():
        return _failed(format, name, "empty_file")
    reading = _read(data, name, format)
    if not reading.drafts and not reading.problems:
        return _failed(reading.format, name, "empty_file")
    break_faulty(reading)
    return reading


def whole(entries: tuple[Entry, ...], sheet: str, format: str, draft: Drafting = Draft.whole) -> Reading:
    """A reading of entries, each of which is a draft: complete as it is, or as the format has it."""
    drafts = [draft(entry, sheet, number) for number, entry in enumerate(entries, start=1)]
    return Reading(format, drafts, [], len(drafts))


def _read(data: bytes, name: str, format: Format) -> Reading:
    if data.startswith(OLD_OFFICE):
        return _failed("xls", name, "old_excel")
    if format == "xlsx" or (format == "auto" and data.startswith(ARCHIVE)):
        return _tables(*xlsx.read(data, name), "xlsx")
    if format == "yaml" or (format == "auto" and name.lower().endswith((".yaml", ".yml"))):
        return _by_file(data, name, "yaml", load_entries)
    found = _from_json(data, name, format)
    if found is not None:
        return found
    if format == "anyq" or (format == "auto" and anyq.claims(data)):
        grid, problems = anyq.read(data, name)
        return _merged(read_grids([grid], "anyq", same_answer=True), problems)
    if format == "jsonl":
        return _by_file(data, name, "jsonl", read_knowledge, Draft.of_questions)
    grid, problems = csv.read(data, name)
    return _tables([grid], problems, format if format != "auto" else "csv")


def _tables(grids: list[Grid], problems: list[CellProblem], format: str) -> Reading:
    """Sheets under our own header, or under that of another system's export."""
    plain: list[Grid] = []
    pairs = bool(grids) and all(dify.is_pairs(grid) for grid in grids if grid.rows)
    for grid in grids:
        if (canned := chatwoot.from_grid(grid)) is not None:
            format, grid = "chatwoot", canned[0]
            problems = [*problems, *canned[1]]
        elif (exported := azure.from_grid(grid)) is not None:
            format, grid = "azure", exported
        plain.append(grid)
    return _merged(read_grids(plain, format, same_answer=pairs), problems)


def _from_json(data: bytes, name: str, format: Format) -> Reading | None:
    """What a JSON file holds; None where it is none, and where another format is asked for."""
    if format not in ("auto", *JSON_FORMATS) or data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return None
    parsed = _parsed(data)
    if parsed is None:
        return None
    lines = parsed if isinstance(parsed, list) else [parsed]
    if lines and all(map(_is_of_a_question_set, lines)):
        return _by_file(data, name, "jsonl", read_knowledge, Draft.of_questions)
    if (canned := chatwoot.from_json(parsed, name)) is not None:
        return _merged(read_grids([canned[0]], "chatwoot"), canned[1])
    if (exported := azure.from_json(parsed, name)) is not None:
        return read_grids([exported], "azure")
    if (pairs := dify.from_json(parsed, name)) is not None:
        return read_grids([pairs], "dify", same_answer=True)
    return _failed("json", name, "unknown_json")


def _is_of_a_question_set(one: Any) -> bool:
    """Azure's pairs have questions too, and always something of their own beside them."""
    return isinstance(one, dict) and {"id", "questions"} <= one.keys() <= {"id", "questions", "answer"}


def _parsed(data: bytes) -> Any:
    """The file as one JSON value, else as one a line; None where it is neither."""
    try:
        text = data.decode("utf-8-sig")
        try:
            return json.loads(text)
        except ValueError:
            # Only a newline ends a line: U+2028 and the like may stand in a text.
            return [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError):
        return None


def _by_file(
    data: bytes, name: str, format: str, load: Callable[[Path], tuple[Entry, ...]], draft: Drafting = Draft.whole
) -> Reading:
    """The entries of a format whose reader wants a file; its problems by line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "knowledge"
        path.write_bytes(data)
        try:
            return whole(load(path), name, format, draft)
        except PackError as error:
            found = [
                problem(
                    name, one.line, one.field or "", one.entry or "", "pack", text=one.message.replace(str(path), name)
                )
                for one in error.problems
            ]
            return Reading(format, [], found, len(found))


def _merged(reading: Reading, problems: list[CellProblem]) -> Reading:
    """The reading with the problems that were found before its rows were understood."""
    reading.problems = [*problems, *reading.problems]
    return reading


def _failed(format: str, name: str, code: str) -> Reading:
    return Reading(format, [], [problem(name, 0, "", "", code)])
