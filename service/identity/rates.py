"""How often somebody may ask: counted by key, by person, else by address, by all workers of a service together.

All count in `SharedCounters`: of the storages that `limits` brings, those that processes can share are servers of their
own (Redis, Memcached, MongoDB), and the one in memory starts a thread every ten milliseconds to forget.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from math import floor
from typing import Final, Literal

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport, TimestampedSlidingWindow
from limits.strategies import SlidingWindowCounterRateLimiter

from service.identity.counters import SharedCounters

Counted = Literal["key", "person", "address", "sign-in"]

# An address that others reach, and this machine's own, where a bench or an importer is no attack.
DEFAULTS: Final[dict[Counted, tuple[str, str]]] = {
    "key": ("6000/minute", "120000/minute"),
    "person": ("1200/minute", "120000/minute"),
    "address": ("600/minute", "120000/minute"),
    "sign-in": ("10/minute", "30/minute"),
}


class _Counted(Storage, SlidingWindowCounterSupport, TimestampedSlidingWindow):
    """`limits` over counters, each look and count in one turn."""

    STORAGE_SCHEME = None

    def __init__(self, counters: SharedCounters) -> None:
        self._counters = counters
        super().__init__()

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._counters.turn():
            previous, left, current, _ = self._window(key, expiry)
            if floor(previous * left / expiry + current) + amount > limit:
                return False
            # It is weighed as the previous window for as long again.
            self._counters.add(self.sliding_window_keys(key, expiry, time.time())[1], amount, 2 * expiry)
            return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        with self._counters.turn():
            return self._window(key, expiry)

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        with self._counters.turn():
            for name in self.sliding_window_keys(key, expiry, time.time()):
                self._counters.remove(name)

    def _window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Counts of the previous and the current window, and for how many seconds each is still weighed."""
        now = time.time()
        previous, current = map(self._counters.get, self.sliding_window_keys(key, expiry, now))
        passed = now % expiry
        return previous, expiry - passed if previous else 0.0, current, 2 * expiry - passed

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with self._counters.turn():
            return self._counters.add(key, amount, expiry)

    def get(self, key: str) -> int:
        with self._counters.turn():
            return self._counters.get(key)

    def get_expiry(self, key: str) -> float:
        with self._counters.turn():
            return self._counters.ends(key)

    def clear(self, key: str) -> None:
        with self._counters.turn():
            self._counters.remove(key)

    def check(self) -> bool:
        return True

    def reset(self) -> None:
        with self._counters.turn():
            self._counters.clear()


@dataclass(frozen=True)
class Rates:
    """One limit for each kind of asker."""

    limits: dict[Counted, RateLimitItem]
    _limiter: SlidingWindowCounterRateLimiter

    @classmethod
    def of(cls, given: dict[str, str], private: bool, workers: int = 1) -> Rates:
        """The limits that are given, the rest by default; `private` is this machine's own address.

        With several workers it must be made before they are forked.
        """
        limits = {kind: parse(given.get(kind) or pair[private]) for kind, pair in DEFAULTS.items()}
        counters = SharedCounters(alone=workers == 1)
        return cls(limits, SlidingWindowCounterRateLimiter(_Counted(counters)))

    def refused(self, kind: Counted, who: str) -> int | None:
        """Count one; None where it is within the limit, else the seconds to wait."""
        limit = self.limits[kind]
        if self._limiter.hit(limit, kind, who):
            return None
        reset = self._limiter.get_window_stats(limit, kind, who).reset_time
        return max(1, math.ceil(reset - time.time()))
