"""What was said lately in the conversations of systems that send one message at a time.

In memory that all workers of a service share, as two messages of one conversation may come to two of them; bounded,
forgotten after an hour of silence and at a restart. It serves short follow-ups and repeats.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import numpy as np

from service.adapters.asking import readable
from service.api.requests import Turn
from service.sharing import SharedLock

TURNS = 10
CONVERSATIONS = 2000
SILENCE = 3600.0  # seconds
LONGEST = 16 * 1024  # bytes of a conversation; of a longer one the last turns that fit are kept
# The key's hash, when something was said last (of the clock), and the bytes of the text, 0 for a free place.
HEAD: Final = np.dtype([("name", "<u8", 2), ("said_at", "<f8"), ("length", "<i4")])


class Conversations:
    """The last turns by conversation. With several workers it must be made before they are forked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, alone: bool = False) -> None:
        """`alone`: no other process will share them."""
        self._clock = clock
        self._lock = SharedLock(alone)
        self._heads: Any = np.frombuffer(mmap.mmap(-1, CONVERSATIONS * HEAD.itemsize), HEAD)
        self._texts = mmap.mmap(-1, CONVERSATIONS * LONGEST)  # of which only pages that were written take memory

    def turns(self, key: str) -> list[Turn]:
        """Earlier turns, oldest first."""
        with self._lock.held():
            return self._turns(self._place(key))

    def add(self, key: str, role: Literal["customer", "agent"], text: str) -> None:
        """Keep one more turn; the oldest turn, and the conversation silent for longest, make way."""
        said = readable(text)
        if said is None:
            return
        with self._lock.held():
            place = self._place(key)
            turns = [*self._turns(place), Turn(role=role, text=said)][-TURNS:]
            if place is None:
                place = int(np.where(self._heads["length"] > 0, self._heads["said_at"], -np.inf).argmin())
            self._wipe(place)
            self._write(place, key, turns)

    def forget(self, key: str) -> None:
        """Remember nothing of a conversation."""
        with self._lock.held():
            place = self._place(key)
            if place is not None:
                self._wipe(place)

    def erase(self, erased: Callable[[str], bool]) -> None:
        """Forget erased conversations, whose id is the key, or what stands there behind `rasa:`."""
        with self._lock.held():
            for place in map(int, np.flatnonzero(self._heads["length"])):
                key, _ = self._read(place)
                if erased(key) or erased(key.partition(":")[2]):
                    self._wipe(place)

    def _place(self, key: str) -> int | None:
        fits = (self._heads["name"] == _hash(key)).all(axis=1) & (self._heads["length"] > 0)
        found = np.flatnonzero(fits)
        return int(found[0]) if len(found) else None

    def _turns(self, place: int | None) -> list[Turn]:
        if place is None or self._clock() - float(self._heads["said_at"][place]) > SILENCE:
            return []
        return [Turn(role=role, text=text) for role, text in self._read(place)[1]]

    def _read(self, place: int) -> tuple[str, list[Any]]:
        start = place * LONGEST
        key, turns = json.loads(self._texts[start : start + int(self._heads["length"][place])])
        return key, turns

    def _write(self, place: int, key: str, turns: Sequence[Turn]) -> None:
        """The text before its length, so that a process which dies meanwhile leaves a free place."""
        text = _packed(key, turns)
        while len(text) > LONGEST and turns:
            turns = turns[1:]
            text = _packed(key, turns)
        if turns:
            self._texts[place * LONGEST : place * LONGEST + len(text)] = text
            self._heads["name"][place], self._heads["said_at"][place] = _hash(key), self._clock()
            self._heads["length"][place] = len(text)

    def _wipe(self, place: int) -> None:
        length = int(self._heads["length"][place])
        self._heads["length"][place] = 0
        self._texts[place * LONGEST : place * LONGEST + length] = bytes(length)


def _packed(key: str, turns: Sequence[Turn]) -> bytes:
    return json.dumps([key, [[turn.role, turn.text] for turn in turns]], ensure_ascii=False).encode()


def _hash(key: str) -> Any:
    return np.frombuffer(hashlib.blake2b(key.encode(), digest_size=16).digest(), "<u8")
