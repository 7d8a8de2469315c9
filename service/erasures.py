"""Forgets here what was erased elsewhere: by another worker, another service over one database, or at a terminal.

The database says which conversations, by the hash that the audit log has of their ids. It is asked when the directory
sees that something changed, within about a second; what the query log still holds of such a conversation, the database
itself refuses.
"""

from __future__ import annotations

from collections.abc import Callable

from knowledge.store import Store
from knowledge.store.queries import conversation_hash
from service.identity.directory import Runs

About = Callable[[str], bool]


class Erasures:
    """What was seen of them; `forget` is told how to know the id of an erased conversation."""

    def __init__(self, run: Runs, forget: Callable[[About], None]) -> None:
        self._run, self._forget = run, forget
        self._last = 0

    async def look(self) -> None:
        """Forget what was erased since the last look; DatabaseError where the database is away."""

        def fresh(store: Store) -> tuple[int, frozenset[str]]:
            return store.queries.erased(self._last)

        self._last, erased = await self._run(fresh)
        if erased:
            self._forget(lambda conversation_id: conversation_hash(conversation_id) in erased)
