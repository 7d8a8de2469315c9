"""The way to the knowledge database: opened late, tried again, never in a query's way."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from sqlalchemy import create_engine, text
from structlog.testing import capture_logs

from knowledge.errors import DatabaseError, EmptyDatabase, NotFound
from knowledge.store import Store
from service.settings import Settings
from service.storage import THREADS, Storage
from tests.service.asking import ADDRESS, REFUND
from tests.service.shop import serving, state_of


def audit(store: Store) -> int:
    """A call that reads."""
    return len(store.audit())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database may be."""
    return tmp_path / "home" / "knowledge.db"


@pytest.fixture
def storage(path: Path) -> Iterator[Storage]:
    """A storage that nobody has used."""
    storage = Storage(f"sqlite:///{path}")
    yield storage
    storage.close()


def test_the_database_is_opened_when_it_is_first_needed(storage: Storage, path: Path) -> None:
    """And made, where it is not there."""
    assert not path.parent.exists()
    assert anyio.run(storage.run, audit) == 0
    assert path.is_file()


def test_it_is_opened_once(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many calls come at once."""
    opened: list[str] = []
    real = Store.open

    def counted(url: str, new: bool) -> Store:
        opened.append(url)
        return real(url, new)

    monkeypatch.setattr(Store, "open", counted)

    async def many() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(storage.run, audit)

    anyio.run(many)
    assert len(opened) == 1


@pytest.mark.parametrize("file", [None, b""])
def test_a_database_that_was_in_use_is_not_begun_anew(path: Path, file: bytes | None) -> None:
    """Gone or of zero bytes, it is left as it is and said to be lost; once it is back it is used."""
    path.parent.mkdir()
    if file is not None:
        path.write_bytes(file)
    storage = Storage(f"sqlite:///{path}", in_use=lambda: True)
    assert storage.exists()
    for _ in range(2):
        with capture_logs() as logs, pytest.raises(EmptyDatabase, match="restore a backup"):
            anyio.run(storage.run, audit)
        assert str(path) in logs[0]["problem"]
        assert (path.read_bytes() if path.exists() else None) == file
        assert [found for found in path.parent.iterdir() if found != path] == []
    Store.open(f"sqlite:///{path}").close()
    assert anyio.run(storage.run, audit) == 0
    storage.close()


def test_what_could_not_be_opened_is_tried_again(storage: Storage, path: Path) -> None:
    """A database that comes back is used without a restart."""
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(DatabaseError, match="cannot be reached: try again later"):
        anyio.run(storage.run, audit)
    path.parent.unlink()
    assert anyio.run(storage.run, audit) == 0


@pytest.mark.parametrize(
    ("url", "reason"),
    [("nonsense", "database URL cannot be used"), ("postgresql+nodriver://boss:secret@inside/x", "cannot be used")],
)
def test_why_it_cannot_be_used_is_the_logs(url: str, reason: str) -> None:
    """Whoever sends feedback cannot mend it, and learns of no host, user or path."""
    with capture_logs() as logs, pytest.raises(DatabaseError, match="the service's log says why") as refused:
        anyio.run(Storage(url).run, audit)
    assert "inside" not in str(refused.value)
    (line,) = logs
    assert reason in line["problem"]


def test_a_newer_programs_database_is_left_alone(path: Path) -> None:
    """As at every opening, but said as something to try later."""
    url = f"sqlite:///{path}"
    Store.open(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with capture_logs() as logs, pytest.raises(DatabaseError, match="try again later"):
        anyio.run(Storage(url).run, audit)
    assert "revision 9999" in logs[0]["problem"]


def test_what_fails_in_a_call_is_said_the_same(storage: Storage, path: Path) -> None:
    """A database that goes away after it was opened; another error of the call stays what it is."""
    anyio.run(storage.run, audit)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE audit"))
    engine.dispose()
    with capture_logs() as logs, pytest.raises(DatabaseError, match="try again later"):
        anyio.run(storage.run, audit)
    assert "no such table" in logs[0]["problem"]
    with pytest.raises(NotFound, match="no policy"):
        anyio.run(storage.run, Store.policy)


def test_closing_twice_is_no_error(storage: Storage) -> None:
    """And it can be used again afterwards."""
    anyio.run(storage.run, audit)
    storage.close()
    storage.close()
    assert anyio.run(storage.run, audit) == 0


def test_a_locked_database_keeps_no_query_waiting(home: Path, tmp_path: Path) -> None:
    """While more feedback waits for the database than there are threads for queries, queries are answered."""
    database = tmp_path / "knowledge.db"
    settings = Settings(home=home, database=f"sqlite:///{database}")
    with serving(settings) as client:
        client.post("/v1/feedback", json={"request_id": "first", "act": "used"})
        other = sqlite3.connect(database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        statuses: list[int] = []

        def send(number: int) -> None:
            statuses.append(client.post("/v1/feedback", json={"request_id": f"r-{number}", "act": "used"}).status_code)

        senders = [threading.Thread(target=send, args=(n,)) for n in range(3 * THREADS)]
        for sender in senders:
            sender.start()
        for _ in range(3):
            assert client.post(ADDRESS, json={"query": REFUND}).status_code == 200
        assert statuses == []
        assert client.get("/readyz").status_code == 200
        other.execute("ROLLBACK")
        for sender in senders:
            sender.join()
        other.close()
        assert statuses == [201] * 3 * THREADS
        assert state_of(client).live.problem is None


def test_a_database_file_is_there_or_not(tmp_path: Path) -> None:
    """A server is taken for there; nothing is made by asking."""
    path = tmp_path / "absent" / "knowledge.db"
    assert not Storage(f"sqlite:///{path}").exists()
    assert not path.parent.exists()
    assert Storage("postgresql+psycopg://nowhere/x").exists()
    anyio.run(Storage(f"sqlite:///{path}").run, audit)
    assert Storage(f"sqlite:///{path}").exists()


def test_whoever_waits_no_longer_leaves_the_call_to_itself(path: Path) -> None:
    """Where that is asked for: a request that gave up is not held by a database that hangs."""
    release = threading.Event()

    async def hurried() -> float:
        storage = Storage(f"sqlite:///{path}", abandons=True)
        begun = anyio.current_time()
        with anyio.move_on_after(0.05):
            await storage.run(lambda store: release.wait(10))
        took = anyio.current_time() - begun
        release.set()
        return took

    assert anyio.run(hurried) < 5
