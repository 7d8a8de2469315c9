"""Knowledge as a file to take away: a workbook, a CSV, or the YAML pack in an archive."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from knowledge.formats import csv, xlsx
from knowledge.formats.headers import SheetLanguage
from knowledge.formats.sheets import CellProblem
from knowledge.formats.tables import KEYS, table
from knowledge.formats.yaml import dump_pack
from knowledge.model import Entry, Pack

SHEETS: dict[SheetLanguage, str] = {"zh": "话术", "en": "Replies"}
PROBLEM_COLUMNS: dict[SheetLanguage, tuple[str, ...]] = {
    "zh": ("工作表", "行", "列", "内容", "级别", "问题"),
    "en": ("Sheet", "Row", "Column", "Value", "Severity", "Problem"),
}
SEVERITIES: dict[SheetLanguage, dict[str, str]] = {
    "zh": {"error": "错误", "warning": "提醒"},
    "en": {"error": "error", "warning": "warning"},
}


def as_csv(entries: Iterable[Entry], language: SheetLanguage = "zh") -> bytes:
    """Entries as a CSV file."""
    return csv.write(table(entries, language))


def as_xlsx(entries: Iterable[Entry], language: SheetLanguage = "zh") -> bytes:
    """Entries as a workbook."""
    return xlsx.write(KEYS, table(entries, language), SHEETS[language])


def as_yaml_zip(pack: Pack, name: str) -> bytes:
    """The whole pack as YAML files in a folder of that name, in an archive."""
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as home, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        folder = Path(home, name)
        dump_pack(pack, folder)
        for path in sorted(folder.rglob("*.yaml")):
            archive.write(path, path.relative_to(home))
    return out.getvalue()


def problems_as_csv(problems: Iterable[CellProblem], language: SheetLanguage = "zh") -> bytes:
    """What is wrong in a file, a row each, for whoever has to mend it."""
    rows = [
        (one.sheet, str(one.row or ""), one.column, one.value, SEVERITIES[language][one.severity], one.say(language))
        for one in problems
    ]
    return csv.write([PROBLEM_COLUMNS[language], *rows])
