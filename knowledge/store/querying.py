"""The query log's face: what was asked, what came of it, and what its editors decided on. `Store.queries` is one.

It changes no knowledge. Handing out or erasing a customer's conversation leaves a line of audit, which has a hash in
the place of the conversation's id and never what was said; nothing else here does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from knowledge.store import inbox, people, queries, rows, rules, traffic
from knowledge.store.database import Database
from knowledge.store.traffic import Bounds
from knowledge.store.usage import (
    Conversation,
    EntryDay,
    Escalations,
    InboxItem,
    Mark,
    MarkKind,
    Outcomes,
    QueryRecord,
    Removed,
    Slice,
    Traffic,
)


class Queries:
    """The queries that were answered, read and written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, records: Sequence[QueryRecord], outgrown: Collection[str] = ()) -> int:
        """Keep answered queries, whose texts are masked; how many.

        Those of erased conversations are left out, and those of requests that are `outgrown`, unless there is feedback.
        """
        with self._database.writing() as connection:
            return queries.add(connection, records, outgrown)

    def recent(self, limit: int) -> tuple[QueryRecord, ...]:
        """The last queries, newest first; of those that normalise alike, the newest."""
        with self._database.reading() as connection:
            return queries.recent(connection, limit)

    def likelihoods(self, index_version: str, limit: int) -> tuple[float | None, ...]:
        """Of the last queries of this index, how likely it was that any entry was meant (0..1, or not estimated)."""
        with self._database.reading() as connection:
            return queries.likelihoods(connection, index_version, limit)

    def expire(self, before: datetime) -> Removed:
        """Delete queries from before a moment; feedback from then loses its texts and ids, its counts stay."""
        with self._database.writing() as connection:
            return queries.expire(connection, before)

    def export_conversation(self, conversation_id: str, who: str, at: datetime) -> Conversation:
        """All queries and feedback kept of a conversation, and a line of audit that they were handed out."""
        with self._database.writing() as connection:
            kept = queries.conversation(connection, conversation_id)
            counts = Removed(len(kept.queries), len(kept.feedback))
            _record(connection, "privacy.export", who, at, conversation_id, counts)
            return kept

    def erase_conversation(self, conversation_id: str, who: str, at: datetime) -> Removed:
        """Delete all queries and feedback kept of a conversation, and write a line of audit, both or neither.

        Services look for what to forget when the turn of identity moves on, so it does.
        """
        with self._database.writing() as connection:
            removed = queries.erase(connection, conversation_id)
            _record(connection, queries.ERASE, who, at, conversation_id, removed)
            people.move_on(connection)
            return removed

    def erased(self, after: int) -> tuple[int, frozenset[str]]:
        """The number of the last erasure, and which conversations were erased after that number, by their hashes."""
        with self._database.reading() as connection:
            return queries.erased(connection, after)

    def traffic(self, part: Slice) -> Traffic:
        """Queries by day, channel, product and entry."""
        with self._database.reading() as connection:
            return traffic.traffic(connection, part)

    def outcomes(self, part: Slice, days: Bounds) -> tuple[Outcomes, ...]:
        """What became of what was shown, day by day."""
        with self._database.reading() as connection:
            return traffic.outcomes(connection, part, days)

    def escalations(self, part: Slice) -> tuple[Escalations, ...]:
        """Escalation hints by level and target, and whether deadlines were kept."""
        with self._database.reading() as connection:
            return traffic.escalations(connection, part)

    def entry_days(self, entry_id: str, days: Bounds) -> tuple[EntryDay, ...]:
        """One entry, day by day."""
        with self._database.reading() as connection:
            return traffic.entry_days(connection, entry_id, days)

    def inbox(self, since: datetime, limit: int) -> tuple[InboxItem, ...]:
        """Queries that need an editor, the last seen first, less those decided on."""
        with self._database.reading() as connection:
            return inbox.items(connection, since, limit)

    def mark_inbox(self, decided: Sequence[Mark], read: Sequence[InboxItem] = ()) -> None:
        """Keep what was decided on items of the inbox; StateError where one of the queries `read` was decided since."""
        with self._database.writing() as connection:
            inbox.undecided(connection, read)
            inbox.mark(connection, decided)

    def unmark_inbox(self, kind: MarkKind, keys: Sequence[str]) -> int:
        """Take decisions back; how many there were."""
        with self._database.writing() as connection:
            return inbox.unmark(connection, kind, keys)

    def inbox_marks(self, kind: MarkKind) -> dict[str, Mark]:
        """Key → what was decided on an item."""
        with self._database.reading() as connection:
            return inbox.marks(connection, kind)


def _record(connection: Connection, act: str, who: str, at: datetime, conversation_id: str, counts: Removed) -> None:
    line = {"act": act, "who": rules.named(who), "at": at, "entry_id": None, "version": None, "comment": ""}
    conversation = queries.conversation_hash(conversation_id)
    detail = {"conversation": conversation, "queries": counts.queries, "feedback": counts.feedback}
    rows.add_audit(connection, [line | {"detail": detail}])
