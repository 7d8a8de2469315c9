"""The knowledge database's face: every act on knowledge is one method, one transaction and one line of audit.

Feedback and the query log are kept beside it; they change no knowledge and have no line of audit.

Which state may follow which, and who may do it, is `rules`'. The clock, sign-in and roles are the caller's: every act
is told who acts and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection

from knowledge.errors import NotFound
from knowledge.model import ApprovedEntry, Entry, Facts, Pack, Policy, State
from knowledge.store import feedback, importing, inbox, queries, rows, rules, traffic
from knowledge.store.database import Database
from knowledge.store.importing import Import
from knowledge.store.records import AuditRecord, FeedbackCounts, FeedbackRecord, ImportReport, VersionRecord
from knowledge.store.tables import facts_version, policy_version
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


class Store:
    """An open knowledge database; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str) -> Self:
        """Open `sqlite:///path` or a PostgreSQL URL, migrating the tables where needed."""
        return cls(Database.open(url))

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def import_pack(
        self,
        pack: Pack,
        author: str,
        approver: str,
        comment: str,
        at: datetime,
        *,
        retire_missing: bool = False,
        dry_run: bool = False,
    ) -> ImportReport:
        """Make a trusted pack what is live, writing only what differs; a dry run reports and changes nothing."""
        act = Import(rules.named(author), rules.named(approver), comment, at)
        if dry_run:
            with self._database.reading() as connection:
                return importing.compare(connection, pack, retire_missing)
        with self._database.writing() as connection:
            report = importing.compare(connection, pack, retire_missing)
            importing.apply(connection, pack, report, act)
            return report

    def save(self, entry: Entry, author: str, comment: str, at: datetime) -> int:
        """Keep an entry as a new draft; its version number."""
        with self._database.writing() as connection:
            number = rows.highest_version(connection, entry.id) + 1
            row = {"entry_id": entry.id, "version": number, "state": "draft", "content": rows.content(entry)}
            rows.add_versions(connection, [row | {"author": rules.named(author), "created_at": at, "comment": comment}])
            _audit(connection, "save", author, at, entry.id, number, comment)
            return number

    def submit(self, entry_id: str, version: int, who: str, at: datetime, comment: str = "") -> None:
        """Offer a draft for review."""
        with self._database.writing() as connection:
            rules.in_state(connection, entry_id, version, "draft")
            rows.decide(connection, entry_id, version, "in_review")
            _audit(connection, "submit", who, at, entry_id, version, comment)

    def approve(
        self, entry_id: str, version: int, approver: str, at: datetime, allow_own: bool = False, comment: str = ""
    ) -> None:
        """Make a version in review the live one; the version that was live is retired."""
        with self._database.writing() as connection:
            record = rules.in_state(connection, entry_id, version, "in_review")
            if not allow_own:
                rules.not_own(f"entry {entry_id} version {version}", record.author, approver)
            live = rules.live(connection, entry_id)
            rules.newer(record, live)
            rows.retire(connection, [entry_id], approver, at)
            rows.decide(connection, entry_id, version, "approved", rules.named(approver), at)
            replaced = {"replaces": live.version} if live is not None else {}
            _audit(connection, "approve", approver, at, entry_id, version, comment, replaced)

    def send_back(self, entry_id: str, version: int, who: str, comment: str, at: datetime) -> None:
        """Return a version in review to its author, as a draft."""
        with self._database.writing() as connection:
            rules.in_state(connection, entry_id, version, "in_review")
            rows.decide(connection, entry_id, version, "draft")
            _audit(connection, "send_back", who, at, entry_id, version, comment)

    def retire(self, entry_id: str, who: str, comment: str, at: datetime) -> None:
        """Take an entry's live version out of use; no older one takes its place."""
        with self._database.writing() as connection:
            live = rules.to_retire(connection, entry_id)
            rows.retire(connection, [entry_id], rules.named(who), at)
            _audit(connection, "retire", who, at, entry_id, live.version, comment)

    def save_policy(
        self, policy: Policy, author: str, approver: str, comment: str, at: datetime, allow_own: bool = False
    ) -> int:
        """Put a new policy in force; its version number."""
        if not allow_own:
            rules.not_own("the policy", author, approver)
        act = Import(rules.named(author), rules.named(approver), comment, at)
        with self._database.writing() as connection:
            return importing.save_document(connection, policy_version, policy, act, "save_policy")

    def save_facts(
        self, facts: Facts, author: str, approver: str, comment: str, at: datetime, allow_own: bool = False
    ) -> int:
        """Put new facts in force; their version number."""
        if not allow_own:
            rules.not_own("the facts", author, approver)
        act = Import(rules.named(author), rules.named(approver), comment, at)
        with self._database.writing() as connection:
            return importing.save_document(connection, facts_version, facts, act, "save_facts")

    def approved(self, on: date | None = None) -> tuple[ApprovedEntry, ...]:
        """The live version of every entry, ordered by id; with a day, of those valid on it."""
        with self._database.reading() as connection:
            live = rows.versions(connection, state="approved")
        return tuple(record.approved() for record in live if on is None or record.entry.valid_on(on))

    def pack(self) -> Pack:
        """Everything that is live, as one pack; NotFound where no policy was ever imported."""
        with self._database.reading() as connection:
            entries = tuple(record.entry for record in rows.versions(connection, state="approved"))
            return Pack(entries=entries, policy=_policy(connection), facts=_facts(connection))

    def policy(self) -> Policy:
        """The policy in force; NotFound where none was ever imported."""
        with self._database.reading() as connection:
            return _policy(connection)

    def facts(self) -> Facts:
        """The facts in force; none where none were imported."""
        with self._database.reading() as connection:
            return _facts(connection)

    def version(self, entry_id: str, version: int) -> VersionRecord:
        """One version; NotFound says which there are."""
        with self._database.reading() as connection:
            return rules.existing(connection, entry_id, version)

    def versions(self, state: State) -> tuple[VersionRecord, ...]:
        """Every version in a state, ordered by id: those in review are a reviewer's list."""
        with self._database.reading() as connection:
            return rows.versions(connection, state=state)

    def history(self, entry_id: str) -> tuple[VersionRecord, ...]:
        """Every version of an entry, oldest first; NotFound where there is none."""
        with self._database.reading() as connection:
            return rules.history(connection, entry_id)

    def audit(self, entry_id: str | None = None) -> tuple[AuditRecord, ...]:
        """Every act, or every act on one entry, oldest first."""
        with self._database.reading() as connection:
            return rows.audit_records(connection, entry_id)

    def add_feedback(self, record: FeedbackRecord, shown: Sequence[str] = ()) -> tuple[FeedbackRecord, bool]:
        """Keep what became of a suggestion; the record kept first for that act, and whether it is this one.

        `shown` are the entries that the request was shown, in order.
        """
        with self._database.writing() as connection:
            return feedback.add(connection, record, shown)

    def feedback_counts(self, since: datetime, until: datetime) -> FeedbackCounts:
        """What became of suggestions, by entry, from `since` on and before `until`."""
        with self._database.reading() as connection:
            return feedback.counts(connection, since, until)

    def add_queries(self, records: Sequence[QueryRecord]) -> None:
        """Keep answered queries, whose texts are masked."""
        with self._database.writing() as connection:
            queries.add(connection, records)

    def recent_queries(self, limit: int) -> tuple[QueryRecord, ...]:
        """The last queries, newest first; of those that normalise alike, the newest."""
        with self._database.reading() as connection:
            return queries.recent(connection, limit)

    def query_likelihoods(self, index_version: str, limit: int) -> tuple[float | None, ...]:
        """Of the last queries of this index, how likely it was that any entry was meant (0..1, or not estimated)."""
        with self._database.reading() as connection:
            return queries.likelihoods(connection, index_version, limit)

    def expire_queries(self, before: datetime) -> Removed:
        """Delete queries from before a moment; feedback from then loses its texts and ids, its counts stay."""
        with self._database.writing() as connection:
            return queries.expire(connection, before)

    def conversation(self, conversation_id: str) -> Conversation:
        """All queries and feedback kept of a conversation."""
        with self._database.reading() as connection:
            return queries.conversation(connection, conversation_id)

    def erase_conversation(self, conversation_id: str) -> Removed:
        """Delete all queries and feedback kept of a conversation."""
        with self._database.writing() as connection:
            return queries.erase(connection, conversation_id)

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

    def mark_inbox(self, decided: Sequence[Mark]) -> None:
        """Keep what was decided on items of the inbox."""
        with self._database.writing() as connection:
            inbox.mark(connection, decided)

    def unmark_inbox(self, kind: MarkKind, keys: Sequence[str]) -> int:
        """Take decisions back; how many there were."""
        with self._database.writing() as connection:
            return inbox.unmark(connection, kind, keys)

    def inbox_marks(self, kind: MarkKind) -> dict[str, Mark]:
        """Key → what was decided on an item."""
        with self._database.reading() as connection:
            return inbox.marks(connection, kind)


def _policy(connection: Connection) -> Policy:
    document = rows.document(connection, policy_version)
    if document is None:
        raise NotFound("the database holds no policy: import a pack first")
    return Policy.model_validate(document)


def _facts(connection: Connection) -> Facts:
    return Facts.model_validate(rows.document(connection, facts_version) or {})


def _audit(
    connection: Connection,
    act: str,
    who: str,
    at: datetime,
    entry_id: str,
    version: int,
    comment: str,
    detail: dict[str, Any] | None = None,
) -> None:
    line = {"act": act, "who": rules.named(who), "at": at, "entry_id": entry_id, "version": version}
    rows.add_audit(connection, [line | {"comment": comment, "detail": detail or {}}])
