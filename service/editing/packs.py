"""What the database holds for everybody who edits, read again only once something was done to it.

Lint compares what is being typed with every other entry, and the list shows them all, several times a minute; reading
those from the database each time would take longer than the rest together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from knowledge.lint.runner import lint_entry
from knowledge.model import Pack
from knowledge.store import Overview, Store

T = TypeVar("T")


class Packs:
    """Keeps what was read after the last act; safe to share between threads."""

    def __init__(self) -> None:
        self._pack: tuple[int, Pack] | None = None
        self._overviews: tuple[int, tuple[Overview, ...]] | None = None
        self._lock = threading.Lock()

    def pack(self, store: Store) -> Pack:
        """Everything that is live; NotFound where no policy was ever imported."""
        with self._lock:
            self._pack = kept = _current(self._pack, store, _prepared)
        return kept[1]

    def overviews(self, store: Store) -> tuple[Overview, ...]:
        """Every entry with its newest and its live version, ordered by id."""
        with self._lock:
            self._overviews = kept = _current(self._overviews, store, Store.overviews)
        return kept[1]


def _current(kept: tuple[int, T] | None, store: Store, read: Callable[[Store], T]) -> tuple[int, T]:
    """What is kept where nothing was done since. An act between the two reads is only read once more next time."""
    act = store.last_act()
    return kept if kept is not None and kept[0] == act else (act, read(store))


def _prepared(store: Store) -> Pack:
    pack = store.pack()
    if pack.entries:
        lint_entry(pack.entries[0], pack)  # what lint prepares of every text is prepared here, once
    return pack
