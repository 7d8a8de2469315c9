"""Locks between processes: a file that one of them holds, and that nobody holds once its holder is dead.

The system keeps the lock with the open file (flock), so a process that is killed at any moment leaves none behind.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import ArtefactError

STEP = 0.02  # seconds between two tries


def acquire(path: Path, wait: float = 0.0) -> int | None:
    """A descriptor that holds the lock until it is closed; None where another holds it after `wait` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + wait
    while not _taken(descriptor, fcntl.LOCK_EX):
        if time.monotonic() >= deadline:
            os.close(descriptor)
            return None
        time.sleep(STEP)
    return descriptor


def held(path: Path) -> bool:
    """Whether some living process holds the lock."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not _taken(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


@contextmanager
def holding(path: Path, wait: float) -> Iterator[None]:
    """Holds the lock; ArtefactError where another still does after `wait` seconds."""
    descriptor = acquire(path, wait)
    if descriptor is None:
        raise ArtefactError(f"{path} has been held by another process for {wait:g} s: try again once it is done")
    try:
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
