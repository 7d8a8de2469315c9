"""Connections and transactions: how a database is opened, brought to the newest tables, read and written.

Every transaction is explicit. Writers take a turn on `write_lock` first, so that what they read is what they change;
readers see one state throughout. What the database refuses becomes a DatabaseError, as nobody outside this folder
knows SQLAlchemy.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, update
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError

from knowledge.errors import DatabaseError, EmptyDatabase, KnowledgeError
from knowledge.store import migration
from knowledge.store.tables import write_lock
from knowledge.store.unreadable import Unreadable, decoded

BUSY_SECONDS = 30
UNHOLDABLE = re.compile("[\0\ud800-\udfff]")
# Where the URL says nothing else: the network's own limits are minutes. A host that is gone is given up after 10 s.
LINK = {"connect_timeout": "5", "tcp_user_timeout": "10000", "keepalives_idle": "10", "keepalives_interval": "5"}


class Database:
    """An open database with the newest tables."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str, new: bool = True) -> Database:
        """Open, migrating where needed, and making what is not there where it may be `new`; else EmptyDatabase."""
        try:
            address = make_url(url)
            engine = _engine(address)
        except (SQLAlchemyError, ImportError) as error:
            message = f"database URL cannot be used ({error}): give sqlite:///path or postgresql+psycopg://…"
            raise KnowledgeError(message) from error
        try:
            if not new and not (exists(url) and migration.begun(engine)):
                raise _empty(address)
            if address.get_backend_name() == "sqlite":
                _use_write_ahead_log(engine)
            migration.upgrade(engine)
        except SQLAlchemyError as error:
            engine.dispose()
            raise _refused(address, error) from error
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        try:
            with self._engine.connect() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin() as transaction:
                    yield connection
                    transaction.rollback()
        except SQLAlchemyError as error:
            raise _refused(self._engine.url, error) from error
        except Unreadable as error:
            raise _damaged(self._engine.url, error) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that changes everything or nothing; one at a time."""
        try:
            with self._engine.begin() as connection:
                connection.execute(update(write_lock).values(turns=write_lock.c.turns + 1))
                yield connection
        except SQLAlchemyError as error:
            raise _refused(self._engine.url, error) from error
        except Unreadable as error:
            raise _damaged(self._engine.url, error) from error


def exists(url: str) -> bool:
    """Whether a database file is there; that of a server, or at no usable address, is for opening to find out."""
    try:
        address = make_url(url)
    except SQLAlchemyError:
        return True
    file = address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
    return not file or Path(str(address.database)).is_file()


def served(url: str) -> bool:
    """Whether a server answers for the database, and not a file of this machine."""
    try:
        return make_url(url).get_backend_name() != "sqlite"
    except SQLAlchemyError:
        return False


def without_password(url: str) -> str:
    """The same address as anybody may read it; one that cannot be used stays as it is."""
    try:
        return make_url(url).set(password=None).render_as_string()
    except SQLAlchemyError:
        return url


def _refused(url: URL, error: SQLAlchemyError) -> KnowledgeError:
    if isinstance(error, DataError):  # nothing is wrong with the database
        return KnowledgeError("a value is too large for the database to hold or to look for: give a smaller one")
    reason = str(getattr(error, "orig", None) or error)
    where = url.render_as_string(hide_password=True)
    return DatabaseError(f"database {where} refused ({reason}): check that it is reachable, writable and not locked")


def _empty(url: URL) -> EmptyDatabase:
    where = url.render_as_string(hide_password=True)
    return EmptyDatabase(f"database {where} {EmptyDatabase.WHY}")


def _damaged(url: URL, error: Unreadable) -> DatabaseError:
    where = url.render_as_string(hide_password=True)
    return DatabaseError(f"database {where} holds what cannot be read ({error}): restore a backup")


def _engine(url: URL) -> Engine:
    # What a statement was given may be what a customer said, so it stands in no error.
    given: dict[str, Any] = {
        "json_serializer": partial(json.dumps, ensure_ascii=False),
        "json_deserializer": decoded,
        "hide_parameters": True,
    }
    if url.get_backend_name() != "sqlite":
        if url.get_driver_name() in ("psycopg", "psycopg2"):
            url = url.update_query_dict(LINK | dict(url.query))
        engine = create_engine(url, **given, pool_pre_ping=True)
        event.listen(engine, "before_cursor_execute", _holdable)
        return engine
    if url.database and url.database != ":memory:":
        # Where the folder cannot be made, SQLite says so when it opens the file.
        with suppress(OSError):
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, **given)
    event.listen(engine, "before_cursor_execute", _holdable)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _holdable(_connection: object, _cursor: object, _statement: str, given: Any, *_: object) -> None:
    """KnowledgeError for text that a database cannot hold, nor look for; SQLite could hold NUL, and must not differ."""
    for row in given if isinstance(given, list) else [given]:
        for value in row.values() if isinstance(row, Mapping) else row:
            if isinstance(value, str) and (found := UNHOLDABLE.search(value)) is not None:
                what = "control character U+0000" if found[0] == "\0" else f"half a character, U+{ord(found[0]):04X},"
                raise KnowledgeError(f"a text holds {what} at position {found.start() + 1}: remove it")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Per connection: transactions begin where we say (so that tables change in them too), keys hold, writers wait."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', '')}")


def _use_write_ahead_log(engine: Engine) -> None:
    """Switch the file to WAL, once for good. The switch does not wait for other openers, so this does."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection = engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
            finally:
                connection.close()
            return
        except Exception as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise OperationalError("PRAGMA journal_mode", None, error) from error
            time.sleep(0.02)
