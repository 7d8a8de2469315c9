"""The last records by name, in memory that all workers of a service share: the one taken longest ago makes way.

Bounded in number and in bytes, so where records are long fewer are found. A process that dies while it writes leaves
the others' records whole. What a record says it does not know.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Callable
from typing import Any

import numpy as np

from service.sharing import SharedLock


class SharedRing:
    """Records by name. With several workers it must be made before they are forked."""

    def __init__(self, places: int, room: int, alone: bool = False) -> None:
        """At most so many names, and `room` bytes of what stands under them; `alone`: no other process shares it."""
        self._lock = SharedLock(alone)
        # By place: the name's hash (0: free), and where its bytes begin, counted from the first ever written, and end.
        self._names, self._starts, self._lengths = _numbers(3 * places).reshape(3, places)
        self._taken, self._written = _numbers(1), _numbers(1)  # names and bytes, ever
        self._bytes, self._room = mmap.mmap(-1, room), room

    def take(self, name: str) -> bool:
        """Take a name, with nothing under it; False where it is taken."""
        own = _hash(name)
        with self._lock.held():
            if self._place(own) is not None:
                return False
            self._take(own)
            return True

    def free(self, name: str) -> None:
        """Let a name be taken again, and what stands under it go."""
        with self._lock.held():
            place = self._place(_hash(name))
            if place is not None:
                self._free(place)

    def put(self, name: str, content: bytes) -> None:
        """Have that stand under a name, which is taken where it was not."""
        own = _hash(name)
        with self._lock.held():
            place = self._place(own)
            self._write(self._take(own) if place is None else place, content)

    def find(self, name: str) -> bytes | None:
        """What stands under a name; None where nothing does, or not any more."""
        with self._lock.held():
            place = self._place(_hash(name))
            return None if place is None else self._read(place)

    def erase(self, wanted: Callable[[bytes], bool]) -> None:
        """Free the names of such records. `wanted` is asked while others go on reading and writing."""
        with self._lock.held():
            found = [
                (place, int(self._names[place]), self._read(place)) for place in map(int, np.flatnonzero(self._names))
            ]
        gone = [(place, own) for place, own, content in found if content is not None and wanted(content)]
        with self._lock.held():
            for place, own in gone:
                if self._names[place] == own:
                    self._free(place)

    def _place(self, own: int) -> int | None:
        found = np.flatnonzero(self._names == own)
        return int(found[0]) if len(found) else None

    def _take(self, own: int) -> int:
        place = int(self._taken[0]) % len(self._names)
        self._taken[0] += 1
        self._free(place)
        self._names[place] = own
        return place

    def _free(self, place: int) -> None:
        self._wipe(place)
        self._names[place] = 0

    def _write(self, place: int, content: bytes) -> None:
        self._wipe(place)
        if len(content) > self._room:
            return
        start = int(self._written[0])
        if start % self._room + len(content) > self._room:  # no record goes round the end
            start += self._room - start % self._room
        # What is written over counts as gone before it is, and what is written as there once it is.
        self._written[0] = start + len(content)
        self._bytes[start % self._room : start % self._room + len(content)] = content
        self._starts[place] = start
        self._lengths[place] = len(content)

    def _read(self, place: int) -> bytes | None:
        span = self._span(place)
        return None if span is None else self._bytes[span]

    def _wipe(self, place: int) -> None:
        """Leave no word of it in memory."""
        span = self._span(place)
        self._lengths[place] = 0
        if span is not None:
            self._bytes[span] = bytes(span.stop - span.start)

    def _span(self, place: int) -> slice | None:
        """Where the bytes lie; None where there are none, or others are written over them."""
        start, length = int(self._starts[place]), int(self._lengths[place])
        if not length or int(self._written[0]) - start > self._room:
            return None
        return slice(start % self._room, start % self._room + length)


def _numbers(count: int) -> Any:
    return np.frombuffer(mmap.mmap(-1, 8 * count), "<u8")


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little") or 1
