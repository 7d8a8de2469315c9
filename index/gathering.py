"""What several threads ask for at once is computed together: small batches under load, no wait without it.

There is no thread and no timer of its own. Whoever asks while fewer than `leaders` batches are under way computes at
once, together with whatever waits; the others wait for a batch that takes theirs along, or are handed the lead.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class _Place(Generic[Asked, Found]):
    """One caller in the queue: woken with a result, an error, or the lead."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.woken = threading.Event()
        self.leads = False
        self.found: Found | None = None
        self.error: BaseException | None = None


class Gathering(Generic[Asked, Found]):
    """`compute` gets what is asked for, at most `largest` at a time, and returns as many results in the same order.

    An error of one batch is not shared: each of its callers' is computed alone then, and only what fails alone raises.
    """

    def __init__(self, compute: Callable[[Sequence[Asked]], Sequence[Found]], largest: int, leaders: int) -> None:
        self._compute = compute
        self._largest = largest
        self._leaders = leaders
        self._lock = threading.Lock()
        self._queue: deque[_Place[Asked, Found]] = deque()
        self._leading = 0

    def __call__(self, asked: Asked) -> Found:
        place: _Place[Asked, Found] = _Place(asked)
        with self._lock:
            if self._leading < self._leaders:
                place.leads = True
                self._leading += 1
            else:
                self._queue.append(place)
        if not place.leads:
            place.woken.wait()
        if place.leads:
            self._lead(place)
        if place.error is not None:
            raise place.error
        return place.found  # type: ignore[return-value]  # a place that is done without an error has a result

    def _lead(self, own: _Place[Asked, Found]) -> None:
        """Compute one batch, the own place first in it, then hand the lead to whoever waits longest."""
        with self._lock:
            # Those who wait are shared among the leaders, so that no core is idle while another has them all.
            size = min(self._largest, -(-(len(self._queue) + 1) // self._leaders))
            batch = [own, *(self._queue.popleft() for _ in range(size - 1))]
        self._settle(batch)
        with self._lock:
            if self._queue:
                # Out of the queue with it, or another leader would take it along, or make it heir once more.
                heir = self._queue.popleft()
                heir.leads = True
                heir.woken.set()
            else:
                self._leading -= 1

    def _settle(self, batch: Sequence[_Place[Asked, Found]]) -> None:
        try:
            found = self._compute([place.asked for place in batch])
            for place, result in zip(batch, found, strict=True):
                place.found = result
        except Exception:
            for place in batch:
                self._alone(place)
        except BaseException as error:
            for place in batch:
                place.error = error
        for place in batch:
            place.woken.set()

    def _alone(self, place: _Place[Asked, Found]) -> None:
        try:
            place.found = self._compute([place.asked])[0]
        except Exception as error:
            place.error = error
