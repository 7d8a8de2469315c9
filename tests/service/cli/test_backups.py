"""`huashu backup` and `huashu restore`."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.cli.terminal import CONTENT
from tests.service.cli.conftest import Huashu, live


@pytest.mark.parametrize("ending", [".tar.gz", ".tar.zst"])
def test_a_home_goes_into_a_file_and_comes_back(
    huashu: Huashu, stocked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """The database, the live index and what was said about both; the restored home answers."""
    file, home = tmp_path / f"a{ending}", tmp_path / "other"
    done = huashu("backup", file)
    assert done.status == 0, done.err
    assert f"live version {stocked}" in done.out
    assert f"{file.stat().st_size:,} bytes" in done.out
    assert "is whole" in huashu("restore", file, "--check").out
    done = huashu("restore", file, "--into", home)
    assert done.status == 0, done.err
    assert f"HUASHU_HOME={home}" in done.out
    assert live(home) == stocked
    monkeypatch.setenv("HUASHU_HOME", str(home))
    assert "refund.time" in huashu("ask", "退款几天能到").out


def test_a_lost_database_is_begun_anew_only_when_that_is_asked_for(
    huashu: Huashu, home: Path, stocked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every verb that would write into it refuses and leaves the file alone, what is live can be asked still."""
    database = home / "knowledge.db"
    for left in home.glob("knowledge.db*"):
        left.unlink()
    database.touch()
    for verb in (("import", CONTENT), ("build",), ("user", "list"), ("entry", "list"), ("lint",)):
        refused = huashu(*verb)
        assert refused.status == 1, verb
        assert "is empty, and knowledge was kept in it before" in refused.err, verb
        assert "`huashu new-database`" in refused.err
        assert database.read_bytes() == b""
    assert "refund.time" in huashu("ask", "退款几天能到").out
    assert huashu("new-database").out == "the knowledge database is there, with 0 approved entries\n"
    assert huashu("user", "list").status == 0
    assert huashu("new-database").status == 0
    assert live(home) == stocked


def test_a_first_build_without_entries_loses_nothing(huashu: Huashu, home: Path) -> None:
    """It fails, and the empty database it made is not taken for a lost one afterwards, nor where it is deleted."""
    assert huashu("build").status == 1
    (home / "knowledge.db").unlink()
    assert huashu("user", "list").status == 0


def test_what_cannot_be_done_is_said(huashu: Huashu, home: Path, stocked: str, tmp_path: Path) -> None:
    """In a sentence: where to, a home in use, a name that says nothing, a file that is no backup."""
    file = tmp_path / "a.tar.gz"
    assert huashu("backup", file).status == 0
    for arguments, told in (
        (("backup", file), "is there already"),
        (("backup", tmp_path / "a.zip"), "end it with"),
        (("restore", file), "--into FOLDER"),
        (("restore", file, "--check", "--into", tmp_path / "b"), "--into FOLDER"),
        (("restore", file, "--into", home), "is not empty"),
        (("restore", home / "knowledge.db", "--check"), "neither gzip nor Zstandard"),
        (("restore", tmp_path / "nowhere", "--check"), "No such file"),
    ):
        done = huashu(*arguments)
        assert done.status == 1
        assert told in done.err
        assert "Traceback" not in done.err
