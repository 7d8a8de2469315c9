"""Admission: so many queries at once, so many waiting, and the rest told when to come again.

A service that takes in more than it can answer makes everybody wait for what nobody needs any more. How long a newcomer
would wait is read off the pace of the last answers; over the limit it gets 503 with `Retry-After` at once.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread

# Queries under way: for each core as many as are embedded in one go, and half as many again that are being ranked, or
# batches never fill under load. The engines leave the interpreter to one another meanwhile.
AT_ONCE = min(48, 12 * (os.cpu_count() or 1))
WAITING = 256  # queries that may wait at all: each holds its request's memory
SMOOTHING = 0.1  # weight of the newest interval between two answers

A = TypeVar("A")
T = TypeVar("T")


class Busy(Exception):
    """More is asked than can be answered in time; `retry_after` is seconds."""

    def __init__(self, waiting: int, seconds: float) -> None:
        self.retry_after = max(1, math.ceil(seconds))
        super().__init__(
            f"{waiting} queries are waiting already, about {seconds:.1f} s of work: try again in {self.retry_after} s"
        )


class Abandoned(Exception):
    """Whoever asked hung up before it was their turn; nobody reads the answer."""


class Admission:
    """Runs calls in threads of its own, first come first served. One event loop uses it."""

    def __init__(
        self,
        longest_wait: float,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        clock: Callable[[], float] = time.monotonic,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """`refused` is told of every call that gets Busy."""
        self._turns = anyio.CapacityLimiter(at_once)
        self._threads = anyio.CapacityLimiter(at_once)  # never waited for: a turn is taken first
        self._at_once = at_once
        self._waiting = waiting
        self._longest_wait = longest_wait
        self._clock = clock
        self._refused = refused
        self._pending = 0
        self._interval = 0.0  # seconds between two answers while somebody waits
        self._last: float | None = None  # when an answer was given with somebody waiting; None after a pause

    @property
    def waiting(self) -> int:
        """Queries that wait for their turn."""
        return max(0, self._pending - self._at_once)

    @property
    def expected_wait(self) -> float:
        """Seconds that a newcomer would wait for its turn, by the pace of the last answers."""
        return self.waiting * self._interval

    async def run(self, call: Callable[[], T], size: int = 1, gone: Callable[[], Awaitable[bool]] | None = None) -> T:
        """The call's result, Busy instead of a wait that is too long, Abandoned where `gone` says so at its turn.

        `size` is how many queries the call answers.
        """
        if self.waiting >= self._waiting or self.expected_wait > self._longest_wait:
            self._refused()
            raise Busy(self.waiting, self.expected_wait)
        self._pending += size
        try:
            async with self._turns:
                if gone is not None and await gone():
                    raise Abandoned("the connection was closed before the query was answered")
                return await anyio.to_thread.run_sync(call, limiter=self._threads)
        finally:
            self._note(size)

    async def each(
        self, call: Callable[[A], T], asked: Sequence[A], gone: Callable[[], Awaitable[bool]] | None = None
    ) -> list[T]:
        """The results for all that is asked, in their order: one turn after another, so that others come in between."""
        return [await self.run(partial(call, one), gone=gone) for one in asked]

    def _note(self, size: int) -> None:
        now = self._clock()
        if not self.waiting:
            self._last = None
        else:
            if self._last is not None:
                took = (now - self._last) / size
                self._interval += SMOOTHING * (took - self._interval) if self._interval else took
            self._last = now
        self._pending -= size
        if not self._pending:
            self._last = None  # also after a batch of more queries than have turns, which seems to wait for itself
