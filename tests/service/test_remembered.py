"""What a home remembers of its database."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from knowledge.errors import EmptyDatabase
from service.remembered import Remembered, opened
from service.settings import Settings


def test_a_new_home_remembers_nothing(tmp_path: Path) -> None:
    """And remembering that no key was made leaves no trace of it."""
    home = tmp_path / "home"
    found = Remembered(Settings(home=home))
    assert not found.keys_made and not found.in_use
    found.note_keys(False)
    assert not home.exists()


def test_keys_are_remembered_until_there_are_none(tmp_path: Path) -> None:
    """By whoever looks at the home next; said twice it is the same."""
    for made in (True, True, False, False, True):
        Remembered(Settings(home=tmp_path / "home")).note_keys(made)
        assert Remembered(Settings(home=tmp_path / "home")).keys_made is made
        assert Remembered(Settings(home=tmp_path / "home")).in_use is made


def test_each_database_is_remembered_by_itself(tmp_path: Path) -> None:
    """By its address, whatever the password; the home's own also after the home was moved."""
    address = "postgresql+psycopg://huashu:{}@db/huashu"
    one, again = (Settings(home=tmp_path / "a", database=address.format(word)) for word in ("old", "new"))
    Remembered(one).note_keys(True)
    assert Remembered(again).keys_made
    assert not Remembered(Settings(home=tmp_path / "a")).keys_made
    Remembered(Settings(home=tmp_path / "a")).note_keys(True)
    (tmp_path / "a").rename(tmp_path / "b")
    assert Remembered(Settings(home=tmp_path / "b")).keys_made
    assert "old" not in "".join(path.name for path in (tmp_path / "b").iterdir())


def test_a_build_that_came_to_a_report_shows_that_the_database_was_in_use(tmp_path: Path) -> None:
    """One that failed does not: the database may have been empty."""
    build = tmp_path / "builds" / "20261127-100000-00000001"
    build.mkdir(parents=True)
    (build / "state.json").write_text("{}")
    assert not Remembered(Settings(home=tmp_path)).in_use
    opened(Settings(home=tmp_path)).close()
    (tmp_path / "knowledge.db").unlink()
    (build / "report.json").write_text("{}")
    assert Remembered(Settings(home=tmp_path)).in_use
    with pytest.raises(EmptyDatabase):
        opened(Settings(home=tmp_path))


def test_a_home_that_cannot_be_written_keeps_nobody_from_work(tmp_path: Path) -> None:
    """It is the log's."""
    (tmp_path / "home").write_text("no folder")
    with capture_logs() as logs:
        Remembered(Settings(home=tmp_path / "home")).note_keys(True)
    assert [line["log_level"] for line in logs] == ["warning"]
