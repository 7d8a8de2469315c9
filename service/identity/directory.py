"""Who there is, in memory: people, keys and sessions as the database last said, so that no query waits for it.

A small number in the database moves on with every change. It is looked at every second, and everything is read anew
where it moved, and once a minute; so what is revoked at one service, or by `huashu key revoke`, ends at another within
a second, and at its own at once. While the database is away, whoever was known stays known, and nobody waits for it.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

import anyio
import anyio.to_thread
import structlog

from knowledge.errors import DatabaseError, EmptyDatabase
from knowledge.store import IdentityRecord, KeyRecord, PersonRecord, SessionRecord, Store
from service.identity.people import PERMISSIONS, ROLES, Person
from service.identity.tokens import digest

T = TypeVar("T")

log = structlog.get_logger(__name__)

POLL: Final = 1.0  # seconds between two looks at the number
LONGEST_POLL: Final = 30.0  # while the database is away
WHOLE: Final = 60.0  # seconds after which everything is read anew, and what was used is written
AGAIN: Final = 0.2  # seconds between two looks for secrets that are not known
SILENCE: Final = 15.0  # seconds without an answer after which the database counts as away, failed or not
PATIENCE: Final = 3.0  # seconds that one request waits for such a look, and that a start waits for the first


class Runs(Protocol):
    """The way to the database."""

    def __call__(self, call: Callable[[Store], T], /) -> Awaitable[T]:
        """The call's result; DatabaseError where the database cannot be used."""
        ...


class Remembers(Protocol):
    """What outlives this process, whether the database is there or not."""

    @property
    def keys_made(self) -> bool:
        """Whether a key was ever made."""
        ...

    def note_keys(self, made: bool) -> None:
        """Remember whether one was."""
        ...


class Directory:
    """Everybody that may ask."""

    def __init__(
        self,
        run: Runs,
        exists: Callable[[], bool],
        now: Callable[[], datetime],
        idle: timedelta,
        remembered: Remembers | None = None,
    ) -> None:
        self._run, self._exists, self._now, self._idle, self._remembered = run, exists, now, idle, remembered
        self.changed: Callable[[], Awaitable[None]] | None = None  # what else is to look when something changed
        self.loaded = False
        self.lost = False  # whether the last answer was that the database is empty, and was not before
        self.keys_made = False  # whether any key was ever made; a revoked one counts
        self._turn = -1
        self._people: Mapping[str, PersonRecord] = {}
        self._keys: Mapping[str, KeyRecord] = {}
        self._sessions: Mapping[str, SessionRecord] = {}
        self._used: dict[int, datetime] = {}
        self._seen: dict[int, datetime] = {}
        self._written: tuple[dict[int, datetime], dict[int, datetime]] = ({}, {})
        self._looked_at = self._read_at = float("-inf")
        self._away = False  # since a look failed or hung, until the watch finds the database again
        self._failed = False  # whether the last answer was a refusal
        self._answered_at = time.monotonic()
        self._turns = asyncio.Lock()
        self._looking = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None

    @property
    def answering(self) -> bool:
        """Whether the database answers, as far as was seen."""
        return not self._failed and time.monotonic() - self._answered_at < SILENCE

    async def start(self) -> None:
        """Read everything, as far as the database answers soon, and go on looking.

        Before it has answered, that keys were made is what is remembered: nobody is taken for a visitor meanwhile.
        """
        if self._remembered is not None:
            self.keys_made = self._remembered.keys_made
        await self._look()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Look no more, and write what was used."""
        if self._watching is not None:
            self._watching.cancel()
        with anyio.move_on_after(PATIENCE):
            try:
                await self.write()
            except DatabaseError:
                log.warning("when keys and sessions were last used could not be written")

    async def refresh(self, whole: bool = False) -> None:
        """See what changed; everything is read anew where `whole`. DatabaseError where the database is away."""
        async with self._turns:
            began = time.monotonic()  # what is written from here on may be missed
            if not self._exists():
                self._take(IdentityRecord(0, (), (), ()))
                self._answered()
                return
            # A while without a change is no proof: sessions are seen at other services too.
            due = whole or time.monotonic() - self._read_at > WHOLE
            if due or await self._run(Store.identity_turn) != self._turn:
                record = await self._run(Store.identity)
                if self.changed is not None:
                    await self.changed()
                self._take(record)
                self._read_at = began
                if self._remembered is not None:
                    await anyio.to_thread.run_sync(self._remembered.note_keys, self.keys_made)
            self._looked_at = began
            self._answered()

    async def key(self, secret: str) -> Person | None:
        """The key with this secret, as somebody who acts."""
        found = digest(secret)
        if found not in self._keys:
            await self._look()
        key = self._keys.get(found)
        if key is None or not hmac.compare_digest(key.secret, found):
            return None
        self._used[key.number] = self._now()
        return person_of_key(key)

    async def session(self, secret: str) -> Person | None:
        """Whose session this is, while it lasts."""
        found = digest(secret)
        if found not in self._sessions:
            await self._look()
        session = self._sessions.get(found)
        if session is not None and self._over(session):
            await self._look(whole=True)  # it may have been seen at another service
            session = self._sessions.get(found)
        owner = self._people.get(session.person) if session is not None else None
        if session is None or owner is None or owner.disabled or self._over(session):
            return None
        self._seen[session.number] = self._now()
        return person_of_record(owner)

    def somebody(self) -> bool:
        """Whether anybody could sign in or show a key."""
        signing = any(not one.disabled and (one.password or one.subject) for one in self._people.values())
        return signing or bool(self._keys)

    def names(self) -> dict[str, str]:
        """What people are called, by the name they act under; only where that is another."""
        return {name: one.display_name for name, one in self._people.items() if one.display_name != name}

    def used(self, key: KeyRecord) -> datetime | None:
        """When a key was last used, as far as is known here."""
        return self._used.get(key.number, key.used_at)

    async def write(self) -> None:
        """Write when keys and sessions were last used, where that changed; at most once a minute is it called."""
        used, seen = dict(self._used), dict(self._seen)
        if (used, seen) == self._written or not self._exists():
            return
        now = self._now()
        if used:
            await self._run(lambda store: store.keys.used(used))
        await self._run(lambda store: store.sessions.seen(seen, now - self._idle, now))
        self._written = (used, seen)

    def _answered(self) -> None:
        self._away = self._failed = self.lost = False
        self._answered_at = time.monotonic()

    def _refused(self, error: DatabaseError) -> None:
        self._failed, self.lost = True, isinstance(error, EmptyDatabase)

    def _over(self, session: SessionRecord) -> bool:
        now = self._now()
        seen = max(session.seen_at, self._seen.get(session.number, session.seen_at))
        return session.ends_at <= now or seen + self._idle <= now

    async def _look(self, whole: bool = False) -> None:
        """Look at the database once from now on, no sooner after the last look than AGAIN, and give up after PATIENCE.

        Whoever asks meanwhile shares a look, but never one that began before they asked: of somebody who has just
        signed in at another worker it may say nothing yet.
        """
        asked = time.monotonic()
        with anyio.move_on_after(PATIENCE):
            async with self._looking:
                if self._away or (self._read_at if whole else self._looked_at) > asked:
                    return
                await asyncio.sleep(max(0.0, self._looked_at + AGAIN - time.monotonic()))
                self._away = True
                try:
                    await self.refresh(whole)
                except DatabaseError as error:
                    self._refused(error)
                    log.warning("whoever is not known yet cannot be told while the knowledge database is away")

    def _take(self, record: IdentityRecord) -> None:
        self._turn, self.loaded = record.turn, True
        self.keys_made = bool(record.keys)
        self._people = {one.name: one for one in record.people}
        self._keys = {key.secret: key for key in record.keys if key.revoked_at is None}
        self._sessions = {session.secret: session for session in record.sessions}
        live = {session.number for session in record.sessions}
        self._seen = {number: at for number, at in self._seen.items() if number in live}

    async def _watch(self) -> None:
        pause, written_at = POLL, time.monotonic()
        while True:
            await asyncio.sleep(pause)
            try:
                await self.refresh()
                if time.monotonic() - written_at > WHOLE:
                    written_at = time.monotonic()
                    await self.write()
                pause = POLL
            except DatabaseError as error:
                self._refused(error)
                pause = min(2 * pause, LONGEST_POLL)
            except Exception:
                # Whatever a half-restored database may raise, the watch must live to see it whole again.
                log.exception("looking at who may ask failed")
                pause = min(2 * pause, LONGEST_POLL)


def person_of_key(key: KeyRecord) -> Person:
    """A key as somebody who acts; no person's name has a colon."""
    roles = frozenset(scope for scope in key.scopes if scope in ROLES)
    scopes = frozenset(scope for scope in key.scopes if scope in PERMISSIONS)
    return Person(f"key:{key.name}", roles, scopes)


def person_of_record(owner: PersonRecord) -> Person:
    """Somebody signed in, as who acts; a role of a newer program gives nothing."""
    return Person(owner.name, frozenset(role for role in owner.roles if role in ROLES), account=owner.name)
