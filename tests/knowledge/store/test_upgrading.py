"""The way up: a database of every revision there was, with rows in every table it had, opens at the newest.

The databases are made by the migrations themselves and filled by what they say of their tables, so a new migration is
tested without anything to add here, unless one of its columns takes only certain values.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    Table,
    create_engine,
    insert,
    inspect,
    select,
    text,
)

from knowledge.store import Store, migration, rows
from knowledge.store.tables import entry_version
from tests.knowledge.sample import entry, policy

AT = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
# Made by the migrations, with their one row.
OWN = frozenset({"alembic_version", "write_lock", "identity_turn"})
# What a column takes where not anything of its type will do.
VALUES: dict[tuple[str, str], Any] = {
    ("entry_version", "entry_id"): entry().id,
    ("entry_version", "version"): 1,
    ("entry_version", "state"): "approved",
    ("entry_version", "content"): rows.content(entry()),
    ("policy_version", "version"): 1,
    ("policy_version", "content"): policy().model_dump(mode="json"),
    ("facts_version", "version"): 1,
    ("facts_version", "content"): {},
    ("audit", "act"): "approve",
    ("audit", "entry_id"): entry().id,
    ("audit", "version"): 1,
    ("feedback", "act"): "used",
    ("feedback", "source"): "agent",
    ("person", "name"): "li",
    ("person", "roles"): ["editor"],
    ("session", "person"): "li",
    ("one_time_link", "person"): "li",
    ("api_key", "scopes"): ["console"],
    ("logged_query", "decision"): "answer",
    ("inbox_mark", "kind"): "query",
    ("inbox_mark", "act"): "accepted",
}


def config(connection: Connection) -> Config:
    """Alembic over the store's migrations and that connection."""
    found = Config()
    found.set_main_option("script_location", "knowledge.store:migrations")
    found.attributes["connection"] = connection
    return found


def revisions() -> list[str]:
    """Every revision, oldest first."""
    found = Config()
    found.set_main_option("script_location", "knowledge.store:migrations")
    return [script.revision for script in ScriptDirectory.from_config(found).walk_revisions()][::-1]


def value(table: Table, column: Column[Any]) -> Any:
    """Something that the column takes."""
    if (table.name, column.name) in VALUES:
        return VALUES[table.name, column.name]
    if isinstance(column.type, JSON):
        return {}
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, DateTime):
        return AT
    if isinstance(column.type, Date):
        return date(2026, 11, 1)
    if isinstance(column.type, Integer):
        return 1
    return 0.5 if isinstance(column.type, Float) else f"a {column.name}"[:20]


def filled(connection: Connection) -> dict[str, dict[str, Any]]:
    """One row in every table of a database, as it is read back."""
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        if table.name not in OWN:
            # A number is the database's own to give.
            columns = [column for column in table.columns if column.name != "number"]
            connection.execute(insert(table).values({column.name: value(table, column) for column in columns}))
    return read(connection, tables)


def read(connection: Connection, tables: MetaData) -> dict[str, dict[str, Any]]:
    """The one row of each of these tables, by the columns that they have."""
    found = {}
    for table in tables.sorted_tables:
        if table.name != "alembic_version":
            (row,) = connection.execute(select(table)).mappings()
            found[table.name] = dict(row)
    return found


def at_revision(url: str, revision: str) -> dict[str, dict[str, Any]]:
    """Make the database of that revision, with rows; what is in it."""
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(config(connection), revision)
        before = filled(connection)
    engine.dispose()
    return before


def test_there_are_revisions_to_come_from() -> None:
    """The tests below have every one of them."""
    assert revisions()[0] == "0001"
    assert revisions()[-1] == migration.HEAD
    assert set(revisions()) == migration.REVISIONS


@pytest.mark.parametrize("revision", revisions())
def test_nothing_is_lost_on_the_way_up(url: str, revision: str) -> None:
    """Every value of every row is as it was; tables that came later are empty; the newest program can read it."""
    before = at_revision(url, revision)
    assert "entry_version" in before
    Store.open(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == migration.HEAD
        tables = MetaData()
        tables.reflect(connection)
        for name in inspect(connection).get_table_names():
            table = tables.tables[name]
            if name in before:
                (row,) = connection.execute(select(table)).mappings()
                assert {column: row[column] for column in before[name]} == before[name]
            elif name not in OWN:
                assert connection.execute(select(table)).first() is None
    engine.dispose()


@pytest.mark.parametrize("revision", revisions())
def test_the_newest_program_reads_and_writes_what_was_kept(url: str, revision: str) -> None:
    """Its entry, policy and audit are there, and the next version of the entry follows the one that was kept."""
    before = at_revision(url, revision)
    with Store.open(url) as store:
        (approved,) = store.approved()
        assert (approved.entry, approved.version) == (entry(), 1)
        assert store.policy() == policy()
        assert [(line.act, line.entry_id) for line in store.audit()] == [("approve", entry().id)]
        assert [one.name for one in store.identity().people] == (["li"] if "person" in before else [])
        assert store.save(entry(), "wang", "after the upgrade", AT) == 2


def test_every_table_of_today_was_filled(url: str) -> None:
    """Reflection leaves none out: what is kept today is kept at the next revision too."""
    assert set(at_revision(url, migration.HEAD)) == set(entry_version.metadata.tables)
