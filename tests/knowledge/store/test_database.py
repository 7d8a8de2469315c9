"""Opening: migrations, several openers, refusals."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import alembic.op
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, make_url, text

from knowledge.errors import DatabaseError, EmptyDatabase, KnowledgeError, StateError
from knowledge.store import FeedbackRecord, Store, database, migration
from knowledge.store.tables import metadata
from tests.knowledge.sample import entry

AT = datetime(2026, 11, 27, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def test_the_migrations_lead_to_the_tables(url: str) -> None:
    """What the migrations make is what `tables` says, with nothing more or less."""
    Store.open(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_head_is_the_newest_migration() -> None:
    """The constants that spare an import of Alembic are true."""
    config = Config()
    config.set_main_option("script_location", "knowledge.store:migrations")
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == migration.HEAD
    assert {revision.revision for revision in script.walk_revisions()} == migration.REVISIONS


def test_an_up_to_date_database_opens_fast(url: str) -> None:
    """Opening what needs no migration takes less than 150 ms: the best of three, as other work shares the machine."""
    Store.open(url).close()
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        Store.open(url).close()
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.15


def test_an_up_to_date_database_needs_no_alembic(tmp_path: Path) -> None:
    """Alembic is imported for a migration only."""
    url = f"sqlite:///{tmp_path / 'k.db'}"
    Store.open(url).close()
    code = "import sys; from knowledge.store import Store; Store.open(sys.argv[1]); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, url], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_processes_open_a_new_database_at_once(url: str) -> None:
    """One migrates, the others wait and find it done."""
    code = (
        "import sys; from knowledge.store import Store; s = Store.open(sys.argv[1]); print(len(s.audit())); s.close()"
    )
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", code, url], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    outcomes = [(opener.communicate(), opener.returncode) for opener in openers]
    assert [(out.strip(), code) for (out, _), code in outcomes] == [("0", 0)] * 4, outcomes


def test_threads_bring_up_databases_at_once(tmp_path: Path) -> None:
    """Each its own, whole: Alembic itself would mix them up."""
    urls = [f"sqlite:///{tmp_path / f'{number}.db'}" for number in range(8)]
    with ThreadPoolExecutor(len(urls)) as threads:
        for store in threads.map(Store.open, urls):
            assert store.audit() == ()
            store.close()


def test_a_newer_database_is_refused(url: str) -> None:
    """Both revisions and the way out are named, and the database is not touched."""
    Store.open(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        StateError, match=f"database is at revision 9999, this program knows {migration.HEAD}: start the newer"
    ):
        Store.open(url)
    engine.dispose()


def test_a_database_of_the_release_before_is_brought_up(url: str) -> None:
    """From revision 0001: what was kept stays as it was, and feedback can be kept beside it."""
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", "knowledge.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO audit VALUES (1, 'save', 'li', '2026-11-01 00:00:00', NULL, NULL, '', '{}')")
        )
        assert not inspect(connection).has_table("feedback")
    engine.dispose()
    at = datetime(2026, 11, 22, tzinfo=UTC)
    with Store.open(url) as store:
        assert [line.who for line in store.audit()] == ["li"]
        assert store.add_feedback(FeedbackRecord("r-1", "a.x", "used", "agent", at), ["a.x"])[1] is True
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == migration.HEAD
    engine.dispose()


def test_a_failing_upgrade_leaves_the_release_before(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an upgrade is none: the revision stays, and the next opening brings it up."""
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", "knowledge.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    def fail(*_: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(alembic.op, "create_index", fail)
        with pytest.raises(RuntimeError, match="disk full"):
            Store.open(url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0001"
        assert not inspect(connection).has_table("feedback")
    engine.dispose()
    Store.open(url).close()


def test_a_failing_migration_leaves_no_tables(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are made in one transaction: after a failure the next opening starts from nothing and succeeds."""

    def fail(*_: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(alembic.op, "bulk_insert", fail)
        with pytest.raises(RuntimeError, match="disk full"):
            Store.open(url)
    with Store.open(url) as store:
        assert store.audit() == ()


def test_sqlite_is_opened_durable_and_strict(tmp_path: Path) -> None:
    """WAL, foreign keys and a wait for other writers are on, in a folder made where needed."""
    with Store.open(f"sqlite:///{tmp_path / 'new' / 'k.db'}") as store, store._database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")
        }
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_readers_see_one_state_while_writers_write(url: str) -> None:
    """A reading that has begun does not see what is written meanwhile, and does not hold the writer up."""
    from tests.knowledge.store.test_store import AT

    with Store.open(url) as store, store._database.reading() as connection:
        count = text("SELECT count(*) FROM audit")
        assert connection.execute(count).scalar() == 0
        store.save(entry(), "li", "", AT)
        assert connection.execute(count).scalar() == 0


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nonsense", "database URL cannot be used"),
        ("nodb://x", "database URL cannot be used"),
        ("postgresql+nodriver://x", "database URL cannot be used"),
        ("sqlite:////proc/nowhere/k.db", "database sqlite:////proc/nowhere/k.db"),
    ],
)
def test_a_database_that_cannot_be_opened_is_a_knowledge_error(address: str, reason: str) -> None:
    """Callers that know no SQLAlchemy can say what is wrong."""
    with pytest.raises(KnowledgeError, match=reason):
        Store.open(address)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """The file is named and left as it was."""
    path = tmp_path / "k.db"
    path.write_text("dear diary " * 100)
    with pytest.raises(KnowledgeError, match=r"k\.db refused \(.*file is not a database"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text().startswith("dear diary")


def test_tables_are_made_only_where_they_may_be_new(url: str) -> None:
    """An empty database that was in use is refused and stays empty; one with tables opens, of any revision."""
    with pytest.raises(EmptyDatabase, match=r"is empty, and .* restore a backup"):
        Store.open(url, new=False)
    engine = create_engine(url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        config = Config()
        config.set_main_option("script_location", "knowledge.store:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with Store.open(url, new=False) as store:
        assert store.audit() == ()


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.history("refund\0time"),
        lambda store: store.audit("refund\0time"),
        lambda store: store.queries.erase_conversation("c\0", "zhao", AT),
        lambda store: store.people.add("wang", "王\0", [], "zhao", AT),
        lambda store: store.people.add("wang", "", [], "zh\0ao", AT),
    ],
)
def test_text_with_nul_is_whoever_sends_its_fault(url: str, act: Callable[[Store], object]) -> None:
    """Alike on every database, which is neither away nor damaged by it, and keeps nothing of the act."""
    with Store.open(url) as store:
        with pytest.raises(KnowledgeError, match=r"control character U\+0000 at position \d+: remove it") as refused:
            act(store)
        assert not isinstance(refused.value, DatabaseError)
        assert (store.audit(), store.people.all()) == ((), ())


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.save(entry(), "li", "\ud800", AT),
        lambda store: store.queries.export_conversation("\ud800", "zhao", AT),
        lambda store: store.people.add("wang", "王\ud800", [], "zhao", AT),
    ],
)
def test_half_a_character_is_whoever_sends_its_fault(url: str, act: Callable[[Store], object]) -> None:
    """It is no text anywhere."""
    with Store.open(url) as store:
        with pytest.raises(KnowledgeError, match=r"half a character, U\+D800, at position \d+: remove it"):
            act(store)
        assert (store.audit(), store.people.all()) == ((), ())


def test_a_number_beyond_the_columns_is_no_fault_of_the_database(url: str) -> None:
    """A key that there cannot be is one that there is not, or one that cannot be looked for."""
    with Store.open(url) as store, pytest.raises(KnowledgeError) as refused:
        store.keys.revoke(10**12, "zhao", AT)
    assert not isinstance(refused.value, DatabaseError)


def test_a_server_that_does_not_answer_is_given_up_soon() -> None:
    """Without the limit a lost host would hold every caller for minutes; the URL's own limit wins."""
    pytest.importorskip("psycopg")
    with socket.socket() as silent:  # accepts, and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql+psycopg://x@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=2"
        begun = time.monotonic()
        with pytest.raises(DatabaseError, match="check that it is reachable"):
            Store.open(url)
        assert time.monotonic() - begun < 4
    assert database._engine(make_url("postgresql+psycopg://x/y")).url.query["connect_timeout"] == "5"
