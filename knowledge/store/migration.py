"""Bringing a database to the newest tables at opening; safe when several processes or threads do so at once.

Alembic is imported only when there is something to migrate: it takes longer than opening an up-to-date database.
"""

from __future__ import annotations

import threading

from sqlalchemy import Connection, Engine, inspect, text

from knowledge.errors import StateError

# The newest of migrations/versions, and all of them; a test holds the two together.
HEAD = "0006"
REVISIONS = frozenset(("0001", "0002", "0003", "0004", "0005", HEAD))
ADVISORY_LOCK = 0x48756173
# Alembic keeps what it works on in globals of the process, so two threads would do each other's.
_ALONE = threading.Lock()


def upgrade(engine: Engine) -> None:
    """Migrate to HEAD where needed; StateError for a database of a newer program."""
    with engine.connect() as connection, connection.begin():
        revision = _revision(connection)
    if revision == HEAD:
        return
    # SQLite takes its write lock at BEGIN IMMEDIATE and waits for other openers there; PostgreSQL ignores the option.
    with _ALONE, engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        _migrate(connection)


def begun(engine: Engine) -> bool:
    """Whether there are tables, of whichever revision."""
    with engine.connect() as connection, connection.begin():
        return _revision(connection) is not None


def _revision(connection: Connection) -> str | None:
    """The revision of a database, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision not in REVISIONS:
        raise StateError(
            f"database is at revision {revision}, this program knows {HEAD}: "
            "start the newer program, or restore a backup made before it"
        )
    return revision


def _migrate(connection: Connection) -> None:
    """One transaction under a lock that other openers wait for; whoever comes second finds nothing left to do."""
    from alembic import command
    from alembic.config import Config

    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        if _revision(connection) == HEAD:
            return
        config = Config()
        config.set_main_option("script_location", "knowledge.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
