"""How often somebody may ask: counted in this process by key, by person, else by address."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Final, Literal

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

Counted = Literal["key", "person", "address", "sign-in"]

# An address that others reach, and this machine's own, where a bench or an importer is no attack.
DEFAULTS: Final[dict[Counted, tuple[str, str]]] = {
    "key": ("6000/minute", "120000/minute"),
    "person": ("1200/minute", "120000/minute"),
    "address": ("600/minute", "120000/minute"),
    "sign-in": ("10/minute", "30/minute"),
}


@dataclass(frozen=True)
class Rates:
    """One limit for each kind of asker."""

    limits: dict[Counted, RateLimitItem]
    _limiter: SlidingWindowCounterRateLimiter

    @classmethod
    def of(cls, given: dict[str, str], private: bool) -> Rates:
        """The limits that are given, the rest by default; `private` is this machine's own address."""
        limits = {kind: parse(given.get(kind) or pair[private]) for kind, pair in DEFAULTS.items()}
        return cls(limits, SlidingWindowCounterRateLimiter(MemoryStorage()))

    def refused(self, kind: Counted, who: str) -> int | None:
        """Count one; None where it is within the limit, else the seconds to wait."""
        limit = self.limits[kind]
        if self._limiter.hit(limit, kind, who):
            return None
        reset = self._limiter.get_window_stats(limit, kind, who).reset_time
        return max(1, math.ceil(reset - time.time()))
