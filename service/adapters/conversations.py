"""What was said lately in the conversations of systems that send one message at a time.

In memory, bounded, forgotten after an hour of silence and at a restart; it serves short follow-ups and repeats.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Literal

from service.adapters.asking import readable
from service.api.requests import Turn

TURNS = 10
CONVERSATIONS = 2000
SILENCE = 3600.0  # seconds


class Conversations:
    """The last turns by conversation; used from the event loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, deque[Turn]]] = OrderedDict()

    def turns(self, key: str) -> list[Turn]:
        """Earlier turns, oldest first."""
        said_at, turns = self._kept.get(key, (0.0, ()))
        return list(turns) if self._clock() - said_at <= SILENCE else []

    def add(self, key: str, role: Literal["customer", "agent"], text: str) -> None:
        """Keep one more turn; the oldest turn, and the conversation silent for longest, make way."""
        said = readable(text)
        if said is None:
            return
        turns = deque(self.turns(key), maxlen=TURNS)
        turns.append(Turn(role=role, text=said))
        self._kept[key] = (self._clock(), turns)
        self._kept.move_to_end(key)
        while len(self._kept) > CONVERSATIONS:
            self._kept.popitem(last=False)

    def forget(self, key: str) -> None:
        self._kept.pop(key, None)

    def erase(self, erased: Callable[[str], bool]) -> None:
        """Forget erased conversations, whose id is the key, or what stands there behind `rasa:`."""
        for key in [key for key in self._kept if erased(key) or erased(key.partition(":")[2])]:
            del self._kept[key]
