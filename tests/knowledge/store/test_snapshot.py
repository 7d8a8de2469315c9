"""Copies of the database: one state of it while others write, and what is refused as one."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.errors import DatabaseError, KnowledgeError, NotFound, StateError
from knowledge.store import Store, migration, snapshot
from tests.knowledge.sample import entry

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with one entry."""
    path = tmp_path / "knowledge.db"
    with Store.open(f"sqlite:///{path}") as store:
        store.save(entry(), "li", "", AT)
    return path


def test_a_copy_is_one_state_while_others_write(file: Path, tmp_path: Path) -> None:
    """Each save is a version and a line of audit: every copy has as many of one as of the other, in one file."""
    stop = threading.Event()

    def write() -> None:
        with Store.open(f"sqlite:///{file}") as store:
            while not stop.is_set():
                store.save(entry(), "li", "again", AT)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(10):
            copy = tmp_path / f"{number}.db"
            assert snapshot.take(f"sqlite:///{file}", copy) == migration.HEAD
            with closing(sqlite3.connect(copy)) as database:
                versions = database.execute("SELECT count(*) FROM entry_version").fetchone()
                assert versions == database.execute("SELECT count(*) FROM audit").fetchone()
                assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    finally:
        stop.set()
        writer.join()
    assert not list(tmp_path.glob("?.db-*"))


def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A wrong path is named, and no empty database appears there."""
    missing = tmp_path / "nowhere.db"
    with pytest.raises(NotFound, match=r"no knowledge database at .*nowhere\.db"):
        snapshot.take(f"sqlite:///{missing}", tmp_path / "copy.db")
    assert not missing.exists()


def test_a_server_is_backed_up_by_its_own_tool(tmp_path: Path) -> None:
    """The command is told as it can be run, without the password."""
    with pytest.raises(StateError, match=r"run `pg_dump .*'postgresql://li@db\.example:5433/huashu'`") as told:
        snapshot.take("postgresql+psycopg://li:s3cret@db.example:5433/huashu?sslmode=require", tmp_path / "copy.db")
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("url", ["sqlite://", "nonsense"])
def test_what_is_no_file_has_no_copy(url: str, tmp_path: Path) -> None:
    """A database in memory, and an address that is none."""
    with pytest.raises(KnowledgeError):
        snapshot.take(url, tmp_path / "copy.db")


def test_a_damaged_page_is_found(file: Path, tmp_path: Path) -> None:
    """Some bytes in the middle of the file are enough, when a copy is taken and when one is checked."""
    copy = tmp_path / "copy.db"
    snapshot.take(f"sqlite:///{file}", copy)
    content = bytearray(copy.read_bytes())
    for place in range(4096, len(content), 4096):
        content[place : place + 60] = b"\xff" * 60
    copy.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"copy\.db"):
        snapshot.check(copy)
    with pytest.raises(DatabaseError):
        snapshot.take(f"sqlite:///{copy}", tmp_path / "second.db")


def test_rows_that_refer_to_none_are_found(file: Path) -> None:
    """A file whose pages are whole, and whose rows are not."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("DELETE FROM entry_version")
        database.commit()
    with pytest.raises(DatabaseError, match="rows in audit that refer to none"):
        snapshot.check(file)


def test_another_programs_file_is_refused(file: Path, tmp_path: Path) -> None:
    """A newer revision names both; a database without one, and what is no database, are none of ours."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    with pytest.raises(StateError, match=f"at revision 9999, this program knows up to {migration.HEAD}"):
        snapshot.check(file)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE diary (day)")
    with pytest.raises(DatabaseError, match="no whole knowledge database"):
        snapshot.check(other)
    other.write_text("dear diary " * 100)
    with pytest.raises(DatabaseError, match="no whole knowledge database"):
        snapshot.check(other)
