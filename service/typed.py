"""The page's queries while they may still grow: the agents' page asks while one types.

Of one agent's queries that grow out of one another within a few seconds all but the last are outgrown. It only tells;
what becomes of those is the query log's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from knowledge.store import QueryRecord
from knowledge.text import normalise

TYPING: Final = timedelta(seconds=3)  # within which a query may grow out of the one before


@dataclass(slots=True)
class Noted:
    """A record that waits to be written, who typed it where somebody did, and whether a later one grew out of it."""

    record: QueryRecord
    typist: str = ""
    form: str = ""
    outgrown: bool = False


class Typed:
    """Holds what was typed until nothing can grow out of it any more; one thread uses it."""

    def __init__(self) -> None:
        self._held: list[Noted] = []

    def __len__(self) -> int:
        return len(self._held)

    @property
    def owed(self) -> int:
        """How many of what is held would be missed."""
        return owed(self._held)

    def add(self, noted: Noted) -> None:
        """Hold a query, and see which of the same typist's it has outgrown."""
        noted.form = normalise(noted.record.text)
        for before in self._held:
            before.outgrown = before.outgrown or _grown(before, noted)
        self._held.append(noted)

    def settled(self, now: datetime, everything: bool = False) -> list[Noted]:
        """What nothing can grow out of any more, oldest first, or all; it is held no longer."""

        def settles(noted: Noted) -> bool:
            # One from the future is of a clock that has gone back since, and would wait until that comes round again.
            return everything or not now - TYPING < noted.record.at <= now

        done = [noted for noted in self._held if settles(noted)]
        self._held = [noted for noted in self._held if not settles(noted)]
        return done


def owed(waiting: Iterable[Noted]) -> int:
    """How many would be missed: what others grew out of would hardly be kept."""
    return sum(not noted.outgrown for noted in waiting)


def _grown(before: Noted, noted: Noted) -> bool:
    """Whether the later query is the earlier one typed further by the same agent, or some of it taken back."""
    earlier, later = before.record, noted.record
    if (before.typist, earlier.agent_id) != (noted.typist, later.agent_id) or later.at - earlier.at > TYPING:
        return False
    return before.form.startswith(noted.form) or noted.form.startswith(before.form)
