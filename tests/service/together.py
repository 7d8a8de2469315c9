"""Two who act at the same moment, and a database that fails in the middle of an act."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from typing import Any, TypeVar

from knowledge.errors import DatabaseError

T = TypeVar("T")
HELD = 0.3  # seconds that the first waits for the second, who is kept out for longer


def meeting(function: Callable[..., T], people: int = 2) -> Callable[..., T]:
    """The function, in which whoever comes first waits until all have come: what they have read by then is the same.

    Where only one can be in it at a time, nobody comes, and it goes on.
    """
    here = threading.Barrier(people)

    def met(*given: Any, **more: Any) -> T:
        with suppress(threading.BrokenBarrierError):
            here.wait(HELD)
        return function(*given, **more)

    return met


def outcomes(*acts: Callable[[], T]) -> list[T | Exception]:
    """What acts come to that begin together: what each returns, or raises."""

    def outcome(act: Callable[[], T]) -> T | Exception:
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(outcome, acts))


def failing_at(function: Callable[..., T], number: int) -> Callable[..., T]:
    """The function, which the database refuses at its call of that number."""
    calls = count(1)

    def called(*given: Any, **more: Any) -> T:
        if next(calls) == number:
            raise DatabaseError("the disk is gone")
        return function(*given, **more)

    return called
