"""The service's way to the knowledge database: opened when it is first needed, and never on the path of a query.

Its calls run in threads of their own, so that a database that is slow, locked or away keeps no query waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
import structlog

from knowledge.errors import DatabaseError, EmptyDatabase, KnowledgeError
from knowledge.store import Store
from knowledge.store.database import exists, served

PATIENCE = 4.0  # seconds that a database server has to answer at all; how long a call then takes is its own affair
TRUSTED = 1.0  # seconds for which an answer proves that the server is there
LOST = f"the knowledge database {EmptyDatabase.WHY}"
LEAVE = 1.0  # seconds that closing waits for who is just opening it
UNREACHABLE = "the knowledge database cannot be reached: try again later; the service's log says why"
THREADS = 4  # calls under way at once; more wait their turn, on no thread that answers queries

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Storage:
    """Opens the database at `url` once; a database that could not be opened is tried again at the next call.

    With `abandons`, whoever waits for a call no longer leaves it to end by itself. Where it was `in_use`, an empty
    database is one that was lost, and EmptyDatabase.
    """

    def __init__(self, url: str, abandons: bool = False, in_use: Callable[[], bool] = lambda: False) -> None:
        self._url, self._in_use = url, in_use
        self._abandons = abandons
        self._store: Store | None = None
        self._opening = threading.Lock()
        self._threads = anyio.CapacityLimiter(THREADS)
        self._pings = anyio.CapacityLimiter(THREADS)
        self._under_way: dict[int, float] = {}  # since when each thread waits for a first answer
        self._answered_at = float("-inf")
        self._failure: KnowledgeError | None = None
        self._failed_at = float("-inf")

    async def run(self, call: Callable[[Store], T]) -> T:
        """The call's result; DatabaseError where the database cannot be used, or is a server that does not answer."""
        if served(self._url) and time.monotonic() - self._answered_at > TRUSTED:
            await self._reach()
        return await anyio.to_thread.run_sync(
            lambda: self.call(call), limiter=self._threads, abandon_on_cancel=self._abandons
        )

    def exists(self) -> bool:
        """Whether there is a database to read: a server is taken for one, a file must be there, or have been lost."""
        return exists(self._url) or self._in_use()

    def call(self, call: Callable[[Store], T]) -> T:
        """The same in the caller's own thread, which must be none that answers queries."""
        try:
            store = self._open()
        except KnowledgeError as error:
            # Also that of a newer program, or at no usable address: nothing that whoever asked can mend.
            raise _away(error) from error
        try:
            return call(store)
        except DatabaseError as error:
            raise _away(error) from error

    def close(self) -> None:
        """Let the database go; one that is still being opened is left to the end of the process."""
        if not self._opening.acquire(timeout=LEAVE):
            return
        try:
            if self._store is not None:
                self._store.close()
                self._store = None
        finally:
            self._opening.release()

    async def _reach(self) -> None:
        """DatabaseError where the server does not answer in time; at once, while it owes somebody an answer already.

        A connection that is open to a server which hangs would otherwise keep its caller for as long as that hangs.
        """
        now = time.monotonic()
        if not any(now - since > PATIENCE for since in list(self._under_way.values())):
            with anyio.move_on_after(PATIENCE) as waiting:
                await anyio.to_thread.run_sync(self._ping, limiter=self._pings, abandon_on_cancel=True)
            if not waiting.cancelled_caught:
                return
        raise _away(DatabaseError(f"the server has not answered for {PATIENCE:g} s"))

    def _ping(self) -> None:
        me = threading.get_ident()
        self._under_way[me] = time.monotonic()
        try:
            self.call(Store.last_act)
            self._answered_at = time.monotonic()
        finally:
            del self._under_way[me]

    def _open(self) -> Store:
        asked = time.monotonic()
        with self._opening:
            if self._store is None:
                if self._failure is not None and self._failed_at > asked:
                    # Somebody else has tried meanwhile: to try in turn, each for seconds, would take minutes in all.
                    raise type(self._failure)(*self._failure.args)
                try:
                    self._store = Store.open(self._url, not self._in_use())
                except KnowledgeError as error:
                    self._failure, self._failed_at = error, time.monotonic()
                    raise
            return self._store


def _away(error: KnowledgeError) -> DatabaseError:
    """The reason names hosts, users and paths: it is the log's, not the caller's."""
    log.error("the knowledge database cannot be used", problem=str(error))
    return EmptyDatabase(LOST) if isinstance(error, EmptyDatabase) else DatabaseError(UNREACHABLE)
