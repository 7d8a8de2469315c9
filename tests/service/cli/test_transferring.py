"""`huashu import` and `huashu export` with files."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.formats.csv import read
from knowledge.store import Store
from service.settings import Settings
from tests.knowledge.formats.imported import csv_text
from tests.service.cli.conftest import Huashu

GOOD = csv_text(("编号", "标准问", "答案"), ("refund.time", "退款多久", ""), ("", "能开发票吗", "您好，可以。"))
BAD = csv_text(("标准问", "答案", "生效日期"), ("能开发票吗", "您好，可以。", ""), ("怎么退", "您好", "明天"))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A sheet with a change and a new entry."""
    (tmp_path / "a.csv").write_bytes(GOOD)
    return tmp_path / "a.csv"


def states(home: Path, entry_id: str) -> list[str]:
    """The states of an entry's versions."""
    with Store.open(Settings(home=home).database_url) as store:
        return [version.state for version in store.history(entry_id)]


@pytest.mark.usefixtures("stocked")
def test_a_file_is_imported_as_approved(huashu: Huashu, home: Path, sheet: Path) -> None:
    """A dry run says the same and changes nothing."""
    dry = huashu("import", sheet, "--dry-run")
    assert "1 would be added: faq.neng-kai-fa-piao-ma" in dry.out
    assert states(home, "refund.time") == ["approved"]
    done = huashu("import", sheet)
    assert (done.status, done.err) == (0, "")
    assert "1 were changed: refund.time" in done.out
    assert states(home, "refund.time") == ["retired", "approved"]
    assert huashu("import", sheet).out == "2 unchanged, 0 rows skipped\n"


@pytest.mark.usefixtures("stocked")
def test_a_file_or_a_pack_may_come_as_drafts(huashu: Huashu, home: Path, sheet: Path, shipped: Path) -> None:
    """For somebody else to approve."""
    assert "1 were added as drafts" in huashu("import", sheet, "--as-drafts").out
    assert states(home, "refund.time") == ["approved", "draft"]
    assert "8 unchanged" in huashu("import", shipped, "--as-drafts").out


@pytest.mark.usefixtures("stocked")
def test_errors_are_a_table_and_keep_everything_out(huashu: Huashu, home: Path, tmp_path: Path) -> None:
    """Status 1 and nothing changed; passed over explicitly, the rest is imported; all of them as a sheet."""
    (tmp_path / "b.csv").write_bytes(BAD)
    refused = huashu("import", tmp_path / "b.csv", "--problems", tmp_path / "problems.csv")
    assert refused.status == 1
    for word in ("b.csv (csv): 1 errors, 0 warnings", "b.csv:3", "生效日期", "明天", "--skip-bad-rows"):
        assert word in refused.err
    assert "1 would be added" in refused.out
    grid, _ = read((tmp_path / "problems.csv").read_bytes(), "x")
    assert [list(cells.values())[1:4] for _, cells in grid.rows[1:]] == [["3", "生效日期", "明天"]]
    done = huashu("import", tmp_path / "b.csv", "--skip-bad-rows")
    assert done.status == 0
    assert "1 were added" in done.out and "1 rows skipped" in done.out
    assert states(home, "faq.neng-kai-fa-piao-ma") == ["approved"]


@pytest.mark.usefixtures("stocked")
def test_the_format_may_be_named(huashu: Huashu, tmp_path: Path) -> None:
    """And one that there is not is refused."""
    (tmp_path / "faq").write_text("能开发票吗\t您好\n", "utf-8")
    assert "1 would be added" in huashu("import", tmp_path / "faq", "--format", "anyq", "--dry-run").out
    wrong = huashu("import", tmp_path / "faq", "--format", "pdf")
    assert wrong.status == 2
    assert "anyq" in wrong.err


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("name", ["out.xlsx", "out.csv"])
def test_sheets_round_trip(huashu: Huashu, tmp_path: Path, name: str) -> None:
    """In both languages, without a change."""
    for language in ("zh", "en"):
        target = tmp_path / name
        assert huashu("export", target, "--language", language).out == f"8 entries written to {target}\n"
        assert huashu("import", target, "--retire-missing").out == "8 unchanged, 0 rows skipped\n"
    assert huashu("export", tmp_path / name, "--language", "fr").status == 2
