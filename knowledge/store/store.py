"""The knowledge database's face: every act on knowledge is one method, one transaction and one line of audit.

Where drafts follow from what is there, or several are made together, the act is a block: `drafting`.

Feedback, working copies and the query log (`queries`) are kept beside it; they change no knowledge and have no line of
audit, but for the export and the erasure of a conversation. Who may sign in is kept beside it too: `people`, `keys` and
`sessions`, each act with its line.

Which state may follow which, and who may do it, is `rules`'. The clock, sign-in and roles are the caller's: every act
is told who acts and when.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection

from knowledge.errors import NotFound
from knowledge.formats.drafts import Reading
from knowledge.manuscript import Manuscript, entry_of
from knowledge.model import ApprovedEntry, Entry, Facts, Pack, Policy, State
from knowledge.store import (
    auditing,
    drafting,
    feedback,
    importing,
    keys,
    overview,
    people,
    planning,
    publications,
    reviewing,
    rows,
    rules,
    sessions,
    working_copies,
)
from knowledge.store.database import Database
from knowledge.store.drafting import Drafting
from knowledge.store.importing import Import
from knowledge.store.keys import Keys
from knowledge.store.people import People
from knowledge.store.planning import Arrival, Plan
from knowledge.store.querying import Queries
from knowledge.store.records import (
    AuditFilter,
    AuditRecord,
    Decision,
    FeedbackCounts,
    FeedbackRecord,
    IdentityRecord,
    ImportReport,
    Outcome,
    Overview,
    Review,
    Submission,
    VersionRecord,
    WorkingCopy,
)
from knowledge.store.sessions import Sessions
from knowledge.store.tables import facts_version, policy_version
from knowledge.store.unreadable import modelled


class Store:
    """An open knowledge database; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.people = People(database)
        self.keys = Keys(database)
        self.sessions = Sessions(database)
        self.queries = Queries(database)

    @classmethod
    def open(cls, url: str, new: bool = True) -> Self:
        """Open `sqlite:///path` or a PostgreSQL URL, migrating the tables where needed.

        Where there are none they are made if it may be `new`; EmptyDatabase otherwise.
        """
        return cls(Database.open(url, new))

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

    def plan_import(
        self, reading: Reading, file: str, arrival: Arrival = "draft", retire_missing: bool = False
    ) -> Plan:
        """What importing a file would do; nothing changes."""
        with self._database.reading() as connection:
            return planning.plan(connection, reading, file, arrival, retire_missing)

    def apply_plan(self, plan: Plan, who: str, comment: str, at: datetime, skip_bad: bool = False) -> ImportReport:
        """Do what a plan says, all of it or nothing; whoever imports as approved answers for it."""
        act = Import(rules.named(who), who, comment, at)
        with self._database.writing() as connection:
            planning.apply(connection, plan, act, skip_bad)
        return plan.report()

    def save(self, entry: Entry, author: str, comment: str, at: datetime) -> int:
        """Keep an entry as a new draft; its version number."""
        with self._database.writing() as connection:
            return drafting.add(connection, entry, author, comment, at)

    @contextmanager
    def drafting(self, who: str, at: datetime) -> Iterator[Drafting]:
        """Drafts that follow from what is there: all that the block writes is kept at its end, nothing if it raises.

        Nobody else writes until then: do nothing slow in it, and write by what it gives alone.
        """
        with self._database.writing() as connection:
            yield Drafting(connection, who, at)

    def save_working_copy(
        self, entry_id: str, person: str, base_version: int, content: Manuscript, revision: str, at: datetime
    ) -> WorkingCopy:
        """Keep what a person is typing; StaleError where the copy is not at `revision` (empty: there is none)."""
        with self._database.writing() as connection:
            if base_version:
                rules.existing(connection, entry_id, base_version)
            return working_copies.put(connection, entry_id, rules.named(person), base_version, content, revision, at)

    def discard_working_copy(self, entry_id: str, person: str, revision: str) -> None:
        """Forget what a person was typing; StaleError where the copy is not at `revision`."""
        with self._database.writing() as connection:
            working_copies.at_revision(connection, entry_id, person, revision)
            working_copies.remove(connection, entry_id, person)

    def save_draft(self, entry_id: str, person: str, revision: str, comment: str, at: datetime) -> tuple[int, bool]:
        """Make a person's working copy a new draft and forget the copy; the version, and whether it is a new one.

        StaleError where another version was saved since the copy began; PackError where it cannot be an entry yet.
        One that says nothing new makes no version.
        """
        with self._database.writing() as connection:
            copy = working_copies.at_revision(connection, entry_id, person, revision)
            newest = rules.newest_is(connection, entry_id, copy.base_version)
            entry = entry_of(copy.content, entry_id)
            working_copies.remove(connection, entry_id, person)
            return drafting.add_if_new(connection, entry, newest, person, comment, at)

    def save_entry(self, entry: Entry, author: str, base_version: int, comment: str, at: datetime) -> tuple[int, bool]:
        """Keep an entry as a new draft of `base_version` (0: of none); the version, and whether it is a new one.

        StaleError where another version is the newest. One that says nothing new makes no version.
        """
        with self._database.writing() as connection:
            newest = rules.newest_is(connection, entry.id, base_version)
            return drafting.add_if_new(connection, entry, newest, author, comment, at)

    def restore(self, entry_id: str, version: int, who: str, comment: str, at: datetime) -> int:
        """Make an old version's content a new draft; its version number."""
        with self._database.writing() as connection:
            entry = rules.to_restore(connection, entry_id, version).entry
            return drafting.add(connection, entry, who, comment, at, "restore", {"restores": version})

    def working_copies(self, entry_id: str | None = None) -> tuple[WorkingCopy, ...]:
        """What everybody is typing, of one entry or of all, last typed first."""
        with self._database.reading() as connection:
            return working_copies.find(connection, entry_id)

    def overviews(self) -> tuple[Overview, ...]:
        """Every entry with its newest and its live version, ordered by id."""
        with self._database.reading() as connection:
            return overview.overviews(connection)

    def titles(self, ids: Collection[str]) -> dict[str, str]:
        """The newest titles of these entries by id; of those that exist."""
        with self._database.reading() as connection:
            return overview.titles(connection, ids)

    def last_act(self) -> int:
        """The number of the last line of audit: while it stays, so do entries, policy and facts."""
        with self._database.reading() as connection:
            return rows.last_audit(connection)

    def submit(self, entry_id: str, version: int, who: str, at: datetime, comment: str = "") -> None:
        """Offer a draft for review; an older version of the entry that waits is a draft again."""
        with self._database.writing() as connection:
            reviewing.submit(connection, entry_id, version, who, at, comment)

    def approve(
        self, entry_id: str, version: int, approver: str, at: datetime, allow_own: bool = False, comment: str = ""
    ) -> None:
        """Make a version in review the live one; the version that was live is retired.

        The author cannot, unless `allow_own` or the policy in force lets them.
        """
        with self._database.writing() as connection:
            reviewing.approve(connection, entry_id, version, approver, at, comment, allow_own)

    def send_back(self, entry_id: str, version: int, who: str, comment: str, at: datetime) -> None:
        """Return a version in review to its author, as a draft; the comment says why."""
        with self._database.writing() as connection:
            reviewing.send_back(connection, entry_id, version, who, at, comment)

    def withdraw(self, entry_id: str, version: int, who: str, at: datetime, comment: str = "") -> None:
        """Take one's own submission back; it is a draft again."""
        with self._database.writing() as connection:
            reviewing.withdraw(connection, entry_id, version, who, at, comment)

    def comment(self, entry_id: str, version: int, who: str, text: str, at: datetime) -> None:
        """Say something about a version; its state stays."""
        with self._database.writing() as connection:
            reviewing.comment(connection, entry_id, version, who, at, text)

    def decide(
        self, decision: Decision, versions: Sequence[tuple[str, int]], who: str, at: datetime, comment: str = ""
    ) -> tuple[Outcome, ...]:
        """Decide several versions in one transaction; those that cannot be decided are named and left as they were."""
        with self._database.writing() as connection:
            return reviewing.decide(connection, decision, versions, who, at, comment)

    def retire(self, entry_id: str, who: str, comment: str, at: datetime) -> None:
        """Take an entry's live version out of use; no older one takes its place."""
        with self._database.writing() as connection:
            live = rules.to_retire(connection, entry_id)
            rows.retire(connection, [entry_id], rules.named(who), at)
            rows.add_act(connection, "retire", who, at, entry_id, live.version, comment)

    def save_policy(
        self, policy: Policy, author: str, approver: str, comment: str, at: datetime, allow_own: bool = False
    ) -> int:
        """Put a new policy in force; its version number."""
        act = Import(rules.named(author), rules.named(approver), comment, at)
        with self._database.writing() as connection:
            if not (allow_own or reviewing.own_allowed(connection)):
                rules.not_own("the policy", author, approver)
            return importing.save_document(connection, policy_version, policy, act, "save_policy")

    def save_facts(
        self, facts: Facts, author: str, approver: str, comment: str, at: datetime, allow_own: bool = False
    ) -> int:
        """Put new facts in force; their version number."""
        act = Import(rules.named(author), rules.named(approver), comment, at)
        with self._database.writing() as connection:
            if not (allow_own or reviewing.own_allowed(connection)):
                rules.not_own("the facts", author, approver)
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

    def waiting(self) -> tuple[Submission, ...]:
        """Every version in review with its submission, the newest first."""
        with self._database.reading() as connection:
            return reviewing.waiting(connection)

    def review(self, entry_id: str, version: int, who: str) -> Review:
        """One version with what its reviewer needs; NotFound says which there are."""
        with self._database.reading() as connection:
            return reviewing.review(connection, entry_id, version, who)

    def history(self, entry_id: str) -> tuple[VersionRecord, ...]:
        """Every version of an entry, oldest first; NotFound where there is none."""
        with self._database.reading() as connection:
            return rules.history(connection, entry_id)

    def audit(self, entry_id: str | None = None) -> tuple[AuditRecord, ...]:
        """Every act, or every act on one entry, oldest first."""
        with self._database.reading() as connection:
            return rows.audit_records(connection, entry_id)

    def audit_page(
        self, wanted: AuditFilter, limit: int, before: int | None = None
    ) -> tuple[tuple[AuditRecord, ...], int]:
        """The newest lines of audit that fit, below the line `before`, and how many fit in all."""
        with self._database.reading() as connection:
            return auditing.page(connection, wanted, limit, before), auditing.count(connection, wanted)

    def audit_choices(self, administrative: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The people and the acts that the audit log knows, each sorted; see AuditFilter for `administrative`."""
        with self._database.reading() as connection:
            return auditing.choices(connection, administrative)

    def identity_turn(self) -> int:
        """A number that moves on whenever who may do what has changed."""
        with self._database.reading() as connection:
            return people.turn_of(connection)

    def identity(self) -> IdentityRecord:
        """People, keys and sessions, all of one moment."""
        with self._database.reading() as connection:
            return IdentityRecord(
                people.turn_of(connection),
                people.people(connection),
                keys.keys(connection),
                sessions.sessions(connection),
            )

    def note_publications(self, history: Sequence[Mapping[str, Any]]) -> int:
        """Bring the audit up to the artefacts' own history of publishes and rollbacks; how many lines it lacked."""
        with self._database.writing() as connection:
            return publications.add_missing(connection, history)

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


def _policy(connection: Connection) -> Policy:
    document = rows.document(connection, policy_version)
    if document is None:
        raise NotFound("the database holds no policy: import a pack first")
    return modelled(Policy, document)


def _facts(connection: Connection) -> Facts:
    return modelled(Facts, rows.document(connection, facts_version) or {})
