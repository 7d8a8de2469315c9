"""The query log's writer: every answered query, masked, off the path of the query.

A query costs one record put into a bounded queue; one thread masks what is there and writes it in batches. When the
queue is full the newest records are dropped and counted; a database that is away is tried again until the queue is
full, and costs nothing but the records. Slots and history are never taken. The same thread deletes, once a day, what is
older than the retention allows.

The agents' page asks while one types, so of one agent's queries that grow out of one another only the last is kept, and
those that somebody gave feedback on.
"""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from fastapi import Request

from index.retriever import Finding
from knowledge.errors import DatabaseError
from knowledge.model import Language
from knowledge.store import QueryRecord, Store
from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionResponse
from service.identity.people import person_of
from service.identity.tokens import COOKIE
from service.metrics import Metrics
from service.privacy import mask
from service.storage import Storage
from service.typed import Noted, Typed, owed

QUEUED = 10_000  # records that wait at the most
BATCH = 500  # records a transaction
INTERVAL = 1.0  # seconds between two batches
PAUSE = 10.0  # seconds before a database that is away is tried again
LEAVE = 5.0  # seconds a shutdown waits for the last batch
SETTLING = 60.0  # seconds after the start before old records are first looked for
TYPISTS = 2_000  # queries that are held for a while to see whether they grow
DAY = 86_400.0
LONGEST_ID = 80
PAGE, API = "page", "api"

# By which way the query under way came in, and on the page who types it; each way sets them before it asks.
CALLER: ContextVar[str] = ContextVar("caller", default=API)
TYPIST: ContextVar[str] = ContextVar("typist", default="")

log = structlog.get_logger(__name__)


async def by_browser_or_console(request: Request) -> None:
    """A dependency: our own page's scripts and addresses are told from consoles by what browsers say of themselves."""
    own = request.headers.get("sec-fetch-site") == "same-origin" or not request.url.path.startswith("/v1/")
    CALLER.set(PAGE if own else API)
    TYPIST.set(_typist(request))


def _typist(request: Request) -> str:
    """The same for the queries that one person asks in one browser; never kept."""
    person, session = person_of(request), request.cookies.get(COOKIE, "")
    address = request.client.host if request.client is not None else ""
    return f"{person.name if person is not None else ''} {session or address}"


def by_adapter(name: str) -> Callable[[], object]:
    """A dependency: queries of this adapter's clients."""

    async def calling() -> None:
        CALLER.set(name)

    return calling


class QueryLog:
    """Takes notes of answered queries; safe to share between threads. Off, it only deletes what is too old."""

    def __init__(
        self,
        storage: Storage,
        metrics: Metrics,
        now: Callable[[], datetime],
        retention: timedelta,
        timezone: Callable[[], str],
        on: bool = True,
        size: int = QUEUED,
        pause: float = PAUSE,
        settling: float = SETTLING,
    ) -> None:
        self._storage, self._metrics, self._now, self._timezone = storage, metrics, now, timezone
        self._retention, self._on, self._pause, self._settling = retention, on, pause, settling
        self._queue: queue.Queue[Noted] = queue.Queue(size)
        self._typed = Typed()  # of the page
        self._ready: list[Noted] = []
        self._wake = threading.Event()
        self._stopping = False
        self._flushes: list[Future[bool]] = []
        self._retry_at = 0.0
        self._expire_at = time.monotonic() + settling
        self._thread = threading.Thread(target=self._run, name="query-log", daemon=True)

    @property
    def on(self) -> bool:
        """Whether queries are kept."""
        return self._on

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, within a few seconds; what the database does not take by then is lost, and counted."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(LEAVE)
        self._lose(self._queue.qsize() + self._typed.owed + owed(self._ready), "shutdown")

    def flush(self, timeout: float = LEAVE) -> bool:
        """Write all that has been noted so far; False where that takes longer, or the database is away."""
        done: Future[bool] = Future()
        self._flushes.append(done)
        self._wake.set()
        try:
            return done.result(timeout)
        except TimeoutError:
            return False

    def note(
        self, asked: SuggestionRequest, response: SuggestionResponse, finding: Finding, language: Language
    ) -> None:
        """Keep a query; never waits, never raises."""
        if not self._on:
            return
        try:
            self._queue.put_nowait(Noted(self._record(asked, response, finding, language), TYPIST.get()))
        except queue.Full:
            self._metrics.log_lost.labels("full").inc()
        except Exception as error:
            log.error("a query could not be noted", request_id=response.request_id, problem=_bare(error))
            self._metrics.log_lost.labels("error").inc()

    def _record(
        self, asked: SuggestionRequest, response: SuggestionResponse, finding: Finding, language: Language
    ) -> QueryRecord:
        """The record as it will be kept, but for its text, which the writer masks."""
        at = self._now()
        first = finding.candidates[0] if finding.candidates else None
        meant = first.entry.entry.products if first is not None and finding.decision == "answer" else ()
        return QueryRecord(
            request_id=response.request_id[:LONGEST_ID],
            at=at,
            day=at.astimezone(ZoneInfo(self._timezone())).date(),
            text=asked.query,
            decision=finding.decision,
            entry_id=first.entry.entry.id if first is not None else None,
            confidence=round(first.confidence, 4) if first is not None else None,
            inside=round(finding.inside, 6) if finding.evidence is not None else None,
            channel=asked.channel,
            products=tuple(asked.products) or meant,
            audience=asked.audience,
            language=language,
            level=response.escalation.level,
            target=response.escalation.target,
            due_at=response.escalation.due_at,
            index_version=response.index_version,
            took_ms=response.took_ms,
            conversation_id=asked.conversation_id,
            agent_id=asked.agent_id,
            caller=CALLER.get(),
        )

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(INTERVAL)
            self._wake.clear()
            self._turn()
        self._retry_at = 0.0
        self._turn()

    def _turn(self) -> None:
        """One round: take what waits, write what is ready, answer who waits for it, delete what is old."""
        # One by one: where the list itself were replaced, who is just adding theirs would be told too early.
        flushes = [self._flushes.pop(0) for _ in range(len(self._flushes))]
        if flushes:
            self._retry_at = 0.0  # who waits for it wants to know, and a database may be back
        try:
            while self._take(everything=bool(flushes) or self._stopping) and self._write():
                pass
            if time.monotonic() >= self._expire_at and not self._stopping:
                self._expire_at = time.monotonic() + DAY
                self._expire()
        except Exception as error:
            # Whatever one batch may raise, the writer must live to write the next.
            log.error("a batch of the query log failed", problem=_bare(error))
            self._lose(owed(self._ready), "error")
            self._ready = []
        for done in flushes:
            done.set_result(not self._ready)

    def _take(self, everything: bool) -> bool:
        """Fill the batch from the queue; whether there is anything to write."""
        while len(self._ready) < BATCH and len(self._typed) < TYPISTS:
            try:
                noted = self._queue.get_nowait()
            except queue.Empty:
                break
            if noted.record.caller == PAGE:
                self._typed.add(noted)
            else:
                self._ready.append(noted)
        self._ready += self._typed.settled(self._now(), everything)
        return bool(self._ready)

    def _write(self) -> bool:
        """Write the batch; False where the database is away, and the batch waits."""
        if time.monotonic() < self._retry_at:
            return False
        batch = [_masked(noted.record) for noted in self._ready]
        outgrown = [noted.record.request_id for noted in self._ready if noted.outgrown]
        try:
            kept = self._storage.call(lambda store: store.queries.add(batch, outgrown))
        except DatabaseError:  # which the storage has logged
            self._retry_at = time.monotonic() + self._pause
            return False
        self._metrics.log_kept.inc(kept)
        self._ready = []
        return True

    def _expire(self) -> None:
        before = self._now() - self._retention

        def expire(store: Store) -> None:
            removed = store.queries.expire(before)
            log.info(
                "old queries deleted", before=before.isoformat(), queries=removed.queries, feedback=removed.feedback
            )

        try:
            self._storage.call(expire)
        except DatabaseError:
            self._expire_at = time.monotonic() + self._settling

    def _lose(self, number: int, reason: str) -> None:
        if number:
            self._metrics.log_lost.labels(reason).inc(number)
            log.warning("records of the query log were lost", number=number, reason=reason)


def _bare(error: Exception) -> str:
    """What went wrong, and where, without the message and the values, which may hold what a customer said."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {frame.filename}:{frame.lineno}"


def _masked(record: QueryRecord) -> QueryRecord:
    return replace(record, text=mask(record.text), products=tuple(map(mask, record.products)))
