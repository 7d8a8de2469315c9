"""Counters in a table of fixed size, which several processes may share: made before the fork, all of them see it.

A limit divided by the workers would refuse a console that keeps one connection, and so one worker, at a fraction of it;
so all count in one table. Its size is fixed: a bucket that is full gives the place of its smallest counter away, so
whoever comes from very many addresses cannot fill the memory. A process that dies while it counts holds nobody up, as
the kernel takes its lock back.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from service.sharing import SharedLock

SLOT: Final = struct.Struct("<16sdQ")  # the key's hash, when it ends (seconds since the epoch), the count
BUCKET: Final = 8  # slots that a key may lie in
SLOTS: Final = 1 << 16  # 2 MiB


class SharedCounters:
    """Counters by key, each with an end; every method must be called inside `turn`."""

    def __init__(self, slots: int = SLOTS, alone: bool = False) -> None:
        """`alone`: no other process will share them, so the kernel's lock is not needed."""
        if slots < BUCKET or slots % BUCKET:
            raise ValueError(f"{slots} slots make no buckets of {BUCKET}: give a multiple of it")
        self._slots = slots
        self._memory = mmap.mmap(-1, slots * SLOT.size)
        self._lock = SharedLock(alone)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Alone among all threads of all processes; a few microseconds."""
        with self._lock.held():
            yield

    def get(self, key: str) -> int:
        """The count; 0 where there is none, or its end has come."""
        _, _, count = self._slot(key)
        return count

    def ends(self, key: str) -> float:
        """When the counter ends, seconds since the epoch; 0 where there is none."""
        _, end, count = self._slot(key)
        return end if count else 0.0

    def add(self, key: str, amount: int, seconds: float) -> int:
        """Count so many; a new counter ends in so many seconds. The count."""
        place, end, count = self._slot(key)
        if not count:
            end = time.time() + seconds
        self._write(place, key, end, count + amount)
        return count + amount

    def remove(self, key: str) -> None:
        """Forget a counter."""
        place, _, count = self._slot(key)
        if count:
            self._write(place, key, 0.0, 0)

    def clear(self) -> None:
        """Forget all."""
        self._memory[:] = bytes(len(self._memory))

    def _slot(self, key: str) -> tuple[int, float, int]:
        """Where a key's counter lies or would lie, its end, and its count: 0 for a counter that is not there."""
        name, now = _hash(key), time.time()
        first = int.from_bytes(name[:8], "little") % (self._slots // BUCKET) * BUCKET
        free: tuple[int, int] | None = None  # the count it holds, and the slot
        for slot in range(first, first + BUCKET):
            known, end, count = SLOT.unpack_from(self._memory, slot * SLOT.size)
            alive = count if end > now else 0
            if known == name and alive:
                return slot, end, alive
            if free is None or alive < free[0]:
                free = alive, slot
        assert free is not None
        return free[1], 0.0, 0

    def _write(self, slot: int, key: str, end: float, count: int) -> None:
        SLOT.pack_into(self._memory, slot * SLOT.size, _hash(key), end, count)


def _hash(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()
