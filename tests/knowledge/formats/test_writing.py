"""Files to take away."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from knowledge.formats.sheets import problem
from knowledge.formats.writing import as_yaml_zip, problems_as_csv
from knowledge.formats.yaml import load_pack
from tests.knowledge.sample import entry, pack


def test_the_archive_holds_the_pack(tmp_path: Path) -> None:
    """Unpacked, it is the pack that `huashu import` takes."""
    whole = pack(entry("a.b"), entry("c"))
    zipfile.ZipFile(io.BytesIO(as_yaml_zip(whole, "huashu"))).extractall(tmp_path)
    assert load_pack(tmp_path / "huashu") == whole


def test_problems_are_a_sheet_that_runs_nothing() -> None:
    """In both languages, a row each; what was found in the file is text."""
    found = [problem("表", 3, "生效日期", "=1+1", "not_a_date"), problem("a.csv", 0, "", "", "encoding")]
    text = problems_as_csv(found, "zh").decode("utf-8-sig")
    assert text.splitlines()[:2] == [
        "工作表,行,列,内容,级别,问题",
        "表,3,生效日期,'=1+1,错误,看不出是哪一天，请写成 2026-11-22 这样",
    ]
    assert (
        problems_as_csv(found, "en").decode("utf-8-sig").splitlines()[2].startswith("a.csv,,,,error,is in no encoding")
    )
