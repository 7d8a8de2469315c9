"""What keeps a service from being whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import anyio
import pytest

from index.errors import ArtefactError
from service.condition import LEAST_FREE, Disk, Home, reasons

GOOD = Disk(LEAST_FREE, True)


def test_where_nothing_is_wrong_nothing_is_said() -> None:
    """The least that must be free is enough."""
    assert reasons(None, True, GOOD) == ()


@pytest.mark.parametrize(
    ("problem", "database", "disk", "code", "told"),
    [
        (ArtefactError("hash"), True, GOOD, "index", "the one before answers: hash"),
        (None, False, GOOD, "database", "does not answer"),
        (None, True, Disk(LEAST_FREE - 1, True), "disk", "511 MiB are free, less than 512: make room"),
        (None, True, Disk(LEAST_FREE, False), "disk", "cannot be written"),
    ],
)
def test_each_wrong_has_its_reason(problem: Exception | None, database: bool, disk: Disk, code: str, told: str) -> None:
    """One each, with what to make of it."""
    (found,) = reasons(problem, database, disk)
    assert found.code == code
    assert told in found.detail


def test_a_lost_database_is_one_thing_wrong() -> None:
    """Said in the place of one that does not answer, with the way out."""
    (found,) = reasons(None, False, GOOD, lost=True)
    assert found.code == "database"
    assert "restore a backup" in found.detail and "does not answer" not in found.detail


def test_everything_may_be_wrong_at_once() -> None:
    """A full disk that cannot be written either is one thing wrong with the disk."""
    found = reasons(ArtefactError("hash"), False, Disk(0, False))
    assert [reason.code for reason in found] == ["index", "database", "disk"]


def test_the_disk_is_that_of_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or, before there is a home, of the folder that it will be in."""
    asked: list[Path] = []

    def usage(path: Path) -> object:
        asked.append(path)
        return shutil._ntuple_diskusage(9, 2, 7)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    assert anyio.run(Home(tmp_path / "new" / "home").disk) == Disk(7, True)
    assert asked == [tmp_path]
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert anyio.run(Home(tmp_path).disk) == Disk(7, False)
