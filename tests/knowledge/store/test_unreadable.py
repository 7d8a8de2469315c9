"""Values that changed where they lie are told apart from mistakes of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from knowledge.errors import DatabaseError
from knowledge.store import Store
from knowledge.store.database import Database
from knowledge.store.usage import Slice
from tests.knowledge.sample import entry
from tests.knowledge.store.test_queries import query

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file, as PostgreSQL reads what it stores before we do."""
    return f"sqlite:///{tmp_path / 'knowledge.db'}"


def restored(store: Store) -> None:
    """An act that writes, and reads before it."""
    store.restore("a.x", 1, "li", "", AT)


@pytest.mark.parametrize(
    ("damage", "call", "told"),
    [
        ("UPDATE entry_version SET content = '{\"id\": '", Store.overviews, "stored JSON is none"),
        ('UPDATE entry_version SET content = \'{"id": "a.x"}\'', lambda store: store.history("a.x"), "stored entry"),
        ("UPDATE entry_version SET content = '[]'", restored, "stored entry"),
        ("UPDATE entry_version SET created_at = '2026-1k-22'", Store.overviews, "stored time is none"),
        ("UPDATE entry_version SET created_at = x'00ff'", Store.overviews, "stored time is none"),
        ("UPDATE audit SET detail = '{'", Store.audit, "stored JSON is none"),
        ("UPDATE audit SET act = 'sucmit' WHERE act = 'submit'", Store.waiting, "a.x version 1 is in review, and no"),
        ("UPDATE logged_query SET day = 'Monday'", lambda store: store.queries.recent(1), "stored time is none"),
        ("UPDATE entry_version SET state = 'in_rewiew'", Store.overviews, "stored word is none of draft, in_review"),
        ("UPDATE logged_query SET decision = 'ancwer'", lambda store: store.queries.recent(1), "none of answer"),
        (
            "UPDATE logged_query SET products = 'x'",
            lambda store: store.queries.traffic(Slice(date.min, date.max)),
            "stored JSON is none",
        ),
    ],
)
def test_what_changed_where_it_lies_is_said(
    sqlite_url: str, damage: str, call: Callable[[Store], Any], told: str
) -> None:
    """A DatabaseError that names the database, what is wrong, and what to do; reading or writing."""
    with Store.open(sqlite_url) as store:
        store.save(entry("a.x"), "li", "", AT)
        store.submit("a.x", 1, "li", AT)
        store.queries.add([query(1)])
        engine = create_engine(sqlite_url)
        with engine.begin() as connection:
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
            assert connection.execute(text(damage.replace(":", "\\:"))).rowcount
        engine.dispose()
        with pytest.raises(DatabaseError, match="holds what cannot be read .*restore a backup") as refused:
            call(store)
    assert told in str(refused.value) and sqlite_url in str(refused.value)


@pytest.mark.parametrize("error", [ValueError("ours"), KeyError("ours"), IndexError("ours"), TypeError("ours")])
def test_a_mistake_of_ours_shows_as_one(sqlite_url: str, error: Exception) -> None:
    """Whatever the code inside a transaction raises itself is no fault of the database."""
    database = Database.open(sqlite_url)
    for transaction in (database.reading, database.writing):
        with pytest.raises(type(error), match="ours"), transaction():
            raise error
    database.close()
