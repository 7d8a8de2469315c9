"""Who there is, in memory: the database is asked when something changed, and missed by nobody while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from knowledge.errors import DatabaseError, EmptyDatabase
from knowledge.store import Store
from service.identity import directory as module
from service.identity.directory import Directory
from service.identity.people import Person
from service.identity.tokens import digest
from tests.service.shop import FRIDAY
from tests.service.visiting import Clock

T = TypeVar("T")
IDLE = timedelta(hours=1)


class Database:
    """A way to a database that may be away, and counts what it is asked."""

    def __init__(self, path: Path) -> None:
        self.store = Store.open(f"sqlite:///{path}")
        self.away = False
        self.asked: list[str] = []

    async def run(self, call: Callable[[Store], T]) -> T:
        """The call's result."""
        self.asked.append(getattr(call, "__name__", "?"))
        if self.away:
            raise DatabaseError("away")
        return call(self.store)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """A database with a person, a key and a session."""
    found = Database(tmp_path / "k.db")
    store = found.store
    store.people.add("li", "", ["editor"], "cli", FRIDAY, password="h")
    store.people.add("zhao", "", ["admin"], "cli", FRIDAY, password="h")
    store.keys.add("console", digest("key-1"), "hs_", ["console", "insights", "unheard-of"], "li", FRIDAY)
    store.sessions.open("li", digest("session-1"), FRIDAY, FRIDAY + timedelta(hours=3), "", "password")
    return found


@pytest.fixture
def clock() -> Clock:
    """Friday at ten."""
    return Clock()


@pytest.fixture(autouse=True)
def _looks_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.0)


def known(database: Database, clock: Clock) -> Directory:
    """A directory that has read it."""
    made = Directory(database.run, lambda: True, clock, IDLE)
    asyncio.run(made.refresh())
    database.asked.clear()
    return made


def test_keys_and_sessions_are_told_without_the_database(database: Database, clock: Clock) -> None:
    """A key by its scopes, of which those that nobody knows give nothing; a session by its person's roles."""
    directory = known(database, clock)

    async def told() -> tuple[Person | None, Person | None]:
        return await directory.key("key-1"), await directory.session("session-1")

    key, person = asyncio.run(told())
    assert key == Person("key:console", frozenset({"console"}), frozenset({"insights"}))
    assert person == Person("li", frozenset({"editor"}), account="li")
    assert database.asked == []


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.keys.revoke(1, "li", FRIDAY),
        lambda store: store.people.disable("li", "zhao", FRIDAY),
        lambda store: store.people.set_roles("li", ["agent"], "zhao", FRIDAY),
        lambda store: store.sessions.end(digest("session-1"), FRIDAY),
    ],
)
def test_a_change_is_seen_at_the_next_look(database: Database, clock: Clock, act: Callable[[Store], Any]) -> None:
    """Made here or elsewhere; where nothing changed, a look is one number."""
    directory = known(database, clock)

    async def told() -> list[Person | None]:
        return [await directory.key("key-1"), await directory.session("session-1")]

    before = asyncio.run(told())
    asyncio.run(directory.refresh())
    assert database.asked == ["identity_turn"]
    act(database.store)
    asyncio.run(directory.refresh())
    assert asyncio.run(told()) != before


def test_the_watch_looks_by_itself(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a key revoked by command ends without anybody asking; also after the database was away."""
    monkeypatch.setattr(module, "POLL", 0.01)
    directory = Directory(database.run, lambda: True, clock, IDLE)

    async def scenario() -> None:
        await directory.start()
        assert await directory.key("key-1") is not None
        database.away = True
        await asyncio.sleep(0.05)
        database.away = False
        database.store.keys.revoke(1, "li", FRIDAY)
        for _ in range(200):
            await asyncio.sleep(0.02)
            if await directory.key("key-1") is None:
                break
        assert await directory.key("key-1") is None
        await directory.stop()

    asyncio.run(scenario())


def test_what_is_not_known_yet_is_looked_for(database: Database, clock: Clock) -> None:
    """A session opened at another service, a key made by command: known at its first request."""
    directory = known(database, clock)
    database.store.sessions.open("li", digest("session-2"), FRIDAY, FRIDAY + IDLE, "", "password")
    assert asyncio.run(directory.session("session-2")) is not None
    assert asyncio.run(directory.key("nonsense")) is None


def test_guesses_do_not_flood_the_database(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many keys are tried at once, it is looked at once for them all, a while after the last look."""
    directory = known(database, clock)
    monkeypatch.setattr(module, "AGAIN", 0.2)

    async def guess() -> None:
        found = await asyncio.gather(*(directory.key(f"guess-{number}") for number in range(100)))
        assert found == [None] * 100

    asyncio.run(guess())
    assert len(database.asked) == 1


def test_who_signed_in_elsewhere_is_known_at_once(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also right after a look, and where a page asks for several things at a time: the next look is waited for."""
    monkeypatch.setattr(module, "AGAIN", 0.1)
    directory = Directory(database.run, lambda: True, clock, IDLE)

    async def story() -> None:
        await directory.refresh()
        database.store.sessions.open("li", digest("session-2"), FRIDAY, FRIDAY + IDLE, "", "password")
        assert None not in await asyncio.gather(*(directory.session("session-2") for _ in range(4)))

    asyncio.run(story())


def test_a_look_that_began_before_says_nothing(database: Database, clock: Clock) -> None:
    """Of a session that was opened while the database was being read."""
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(call: Callable[[Store], T]) -> T:
        found = await database.run(call)
        reading.set()
        await go_on.wait()
        return found

    async def story() -> None:
        directory = Directory(slowly, lambda: True, clock, IDLE)
        other = asyncio.create_task(directory.key("nonsense"))
        await reading.wait()
        database.store.sessions.open("li", digest("session-2"), FRIDAY, FRIDAY + IDLE, "", "password")
        asked = asyncio.create_task(directory.session("session-2"))
        await asyncio.sleep(0)
        go_on.set()
        assert (await other, await asked) == (None, Person("li", frozenset({"editor"}), account="li"))

    asyncio.run(story())


def test_while_the_database_is_away_the_known_stay_known(database: Database, clock: Clock) -> None:
    """And only the first of the unknown waits for it."""
    directory = known(database, clock)
    database.away = True

    async def ask() -> None:
        for _ in range(10):
            assert await directory.key("nonsense") is None
            assert await directory.key("key-1") is not None
            assert await directory.session("session-1") is not None

    asyncio.run(ask())
    assert len(database.asked) == 1


def test_a_database_that_hangs_holds_nobody_for_long(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start and an unknown key give up after their patience."""
    monkeypatch.setattr(module, "PATIENCE", 0.05)

    async def hang(call: Callable[[Store], T]) -> T:
        await asyncio.sleep(60)
        return call(database.store)

    directory = Directory(hang, lambda: True, clock, IDLE)

    async def ask() -> None:
        await directory.start()
        assert await directory.key("key-1") is None
        await directory.stop()

    asyncio.run(asyncio.wait_for(ask(), 5))
    assert not directory.loaded


def test_whether_the_database_answers_is_known(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal is seen at the next look of the watch, a return too; silence counts as one after a while."""
    monkeypatch.setattr(module, "POLL", 0.01)

    async def story() -> None:
        directory = Directory(database.run, lambda: True, clock, IDLE)
        await directory.start()
        assert directory.answering
        for away in (True, False):
            database.away = away
            async with asyncio.timeout(5):
                while directory.answering is away:
                    await asyncio.sleep(0.005)
        monkeypatch.setattr(module, "SILENCE", 0.0)
        assert not directory.answering
        await directory.stop()

    asyncio.run(story())


def test_without_a_database_there_is_nobody(clock: Clock) -> None:
    """Nothing is opened where there is no file."""

    def never(_: Any) -> Awaitable[Any]:
        raise AssertionError("it was opened")

    directory = Directory(never, lambda: False, clock, IDLE)
    asyncio.run(directory.refresh())
    assert (directory.loaded, directory.keys_made) == (True, False)
    assert asyncio.run(directory.key("k")) is None


def test_a_key_that_was_revoked_counts_as_made(database: Database, clock: Clock) -> None:
    """Revoking the only key opens nothing again."""
    database.store.keys.revoke(1, "li", FRIDAY)
    assert known(database, clock).keys_made


class Memory:
    """What outlives a process, in memory."""

    def __init__(self, keys_made: bool) -> None:
        self.keys_made = keys_made

    def note_keys(self, made: bool) -> None:
        """Remember it."""
        self.keys_made = made


@pytest.mark.parametrize("keys_made", [True, False])
def test_a_start_without_the_database_goes_by_what_is_remembered(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, keys_made: bool
) -> None:
    """Whether keys were made; once the database is back, what it says counts and is remembered."""
    monkeypatch.setattr(module, "POLL", 0.01)
    database.away, memory = True, Memory(keys_made)
    directory = Directory(database.run, lambda: True, clock, IDLE, memory)

    async def story() -> None:
        await directory.start()
        assert (directory.loaded, directory.keys_made) == (False, keys_made)
        database.away = False
        async with asyncio.timeout(5):
            while not (directory.loaded and memory.keys_made):
                await asyncio.sleep(0.01)
        await directory.stop()

    asyncio.run(story())
    assert directory.keys_made


def test_a_database_without_keys_is_remembered_too(tmp_path: Path, clock: Clock) -> None:
    """Whoever begins anew on purpose is not kept out by what was before."""
    memory = Memory(True)
    asyncio.run(Directory(Database(tmp_path / "new.db").run, lambda: True, clock, IDLE, memory).refresh())
    assert not memory.keys_made


def test_a_lost_database_is_told_from_one_that_is_away(database: Database, clock: Clock) -> None:
    """By what the way to it says, until it answers again."""
    answers: list[Exception] = [EmptyDatabase("lost"), DatabaseError("away")]

    async def run(call: Callable[[Store], T]) -> T:
        if answers:
            raise answers.pop(0)
        return await database.run(call)

    directory = Directory(run, lambda: True, clock, IDLE)

    async def story() -> list[tuple[bool, bool]]:
        seen = []
        for _ in range(3):
            directory._away = False
            await directory.key("nonsense")
            seen.append((directory.answering, directory.lost))
        return seen

    assert asyncio.run(story()) == [(False, True), (False, False), (True, False)]


def test_a_session_ends_by_itself(database: Database, clock: Clock) -> None:
    """An hour after it was last used, and three after it was opened, however busy."""
    directory = known(database, clock)
    for _ in range(3):
        assert asyncio.run(directory.session("session-1")) is not None
        clock.forward(minutes=59)
    assert asyncio.run(directory.session("session-1")) is not None
    clock.forward(minutes=3)
    assert asyncio.run(directory.session("session-1")) is None
    clock.now = FRIDAY
    assert asyncio.run(known(database, clock).session("session-1")) is not None
    clock.forward(minutes=60)
    assert asyncio.run(known(database, clock).session("session-1")) is None


def test_a_session_used_at_another_service_goes_on_here(database: Database, clock: Clock) -> None:
    """What the other wrote is read before it is called over."""
    directory = known(database, clock)
    clock.forward(minutes=90)
    database.store.sessions.seen({1: FRIDAY + timedelta(minutes=80)}, FRIDAY, FRIDAY)
    assert asyncio.run(directory.session("session-1")) is not None


def test_when_they_were_used_is_written_once(database: Database, clock: Clock) -> None:
    """Not at every request; nothing where nothing was used since."""
    directory = known(database, clock)
    clock.forward(minutes=5)
    for _ in range(3):
        asyncio.run(directory.key("key-1"))
        asyncio.run(directory.session("session-1"))
    assert database.asked == []
    asyncio.run(directory.write())
    written = len(database.asked)
    asyncio.run(directory.write())
    assert len(database.asked) == written > 0
    later = FRIDAY + timedelta(minutes=5)
    assert database.store.keys.all()[0].used_at == later
    assert database.store.sessions.of("li")[0].seen_at == later
