"""A copy of the knowledge database as one file, taken while others write, and whether such a file is whole.

Copies are SQLite's own (its backup API): a database file that is copied like any other may be half one state and half
the next. A PostgreSQL database has `pg_dump`, which is as much at home there; its command is told.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from knowledge.errors import DatabaseError, KnowledgeError, NotFound, StateError
from knowledge.store import migration
from knowledge.store.database import BUSY_SECONDS

SHOWN = 5  # complaints of the database that are told


def take(url: str, target: Path) -> str:
    """Copy the database at `url` to the new file `target`, one state of it; its revision."""
    source = _file(url)
    if not source.is_file():
        raise NotFound(f"there is no knowledge database at {source}: import a pack first, or set HUASHU_HOME")
    try:
        # mode=rw: a file that is gone meanwhile is not made anew.
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)  # in one step, so in one state; in WAL it keeps no writer waiting
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    except sqlite3.Error as error:
        raise DatabaseError(f"database {source} cannot be copied ({error}): see docs/operations.md") from error
    return check(target)


def check(file: Path) -> str:
    """The revision of a database file that is whole and that this program can open; else what is wrong with it."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            wrong = [str(row[0]) for row in database.execute(f"PRAGMA integrity_check({SHOWN})")]
            orphans = database.execute("PRAGMA foreign_key_check").fetchmany(SHOWN)
            revision = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise DatabaseError(f"{file.name} is no whole knowledge database ({error}): use another backup") from error
    if wrong != ["ok"]:
        raise DatabaseError(f"{file.name} is damaged ({'; '.join(wrong)}): use another backup")
    if orphans:
        raise DatabaseError(f"{file.name} has rows in {orphans[0][0]} that refer to none: use another backup")
    found = str(revision[0]) if revision else "none"
    if found not in migration.REVISIONS:
        raise StateError(
            f"{file.name} is at revision {found}, this program knows up to {migration.HEAD}: use the "
            "program that made it, or a newer one"
        )
    return found


def _file(url: str) -> Path:
    try:
        address = make_url(url)
    except SQLAlchemyError as error:
        raise KnowledgeError(f"database URL cannot be used ({error}): give sqlite:///path") from error
    if address.get_backend_name() != "sqlite":
        raise StateError(
            f"the knowledge database is at a server, whose own tool backs it up: run `{_pg_dump(address)}`, then "
            "`huashu backup --no-database` for the rest"
        )
    if address.database in (None, "", ":memory:"):
        raise StateError("the knowledge database is in memory: there is nothing to back up")
    return Path(str(address.database))


def _pg_dump(address: URL) -> str:
    """The command for that database, without its password: pg_dump asks, or reads ~/.pgpass."""
    shown = URL.create(
        "postgresql", username=address.username, host=address.host, port=address.port, database=address.database
    )
    return f"pg_dump --format=custom --file=huashu.dump '{shown.render_as_string()}'"
