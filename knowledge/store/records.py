"""What the store takes in and hands out, frozen: versions, reviews, audit lines, import reports, feedback and its
counts, working copies, and who may sign in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from knowledge.errors import StateError
from knowledge.manuscript import Manuscript
from knowledge.model import ApprovedEntry, Entry, State

Act = Literal["used", "edited", "rejected", "chosen", "none_fits"]
Source = Literal["agent", "customer"]
Decision = Literal["approve", "return", "withdraw"]


@dataclass(frozen=True)
class VersionRecord:
    """One version of an entry and what became of it. `decided_*` is the approval, `retired_*` its end."""

    entry: Entry
    version: int
    state: State
    author: str
    created_at: datetime
    comment: str
    decided_by: str | None = None
    decided_at: datetime | None = None
    retired_by: str | None = None
    retired_at: datetime | None = None

    def approved(self) -> ApprovedEntry:
        """The version as a build reads it; of an approved version only."""
        if self.decided_by is None or self.decided_at is None:
            raise ValueError(f"entry {self.entry.id} version {self.version} was never approved")
        return ApprovedEntry(
            entry=self.entry, version=self.version, approved_by=self.decided_by, approved_at=self.decided_at
        )


@dataclass(frozen=True)
class AuditRecord:
    """One act: who did what to which version, when and why."""

    number: int
    act: str
    who: str
    at: datetime
    entry_id: str | None
    version: int | None
    comment: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Submission:
    """A version that waits for review: who offered it, when and with which comment. `live` is the version it is to
    replace, None for a new entry.
    """

    record: VersionRecord
    submitted_by: str
    submitted_at: datetime
    comment: str
    live: int | None


@dataclass(frozen=True)
class Review:
    """A version as a reviewer needs it.

    `submission` is None where it does not wait. `against` is what it is compared with: the live version, or for the
    live one itself the version it replaced. `history` is every act on the entry, oldest first. `obstacle` is why
    somebody may not approve it, None where they may.
    """

    record: VersionRecord
    submission: Submission | None
    against: VersionRecord | None
    history: tuple[AuditRecord, ...]
    obstacle: StateError | None


@dataclass(frozen=True)
class Outcome:
    """What a decision on one of several versions came to; `problem` says why nothing was done."""

    entry_id: str
    version: int
    problem: str | None = None


@dataclass(frozen=True)
class AuditFilter:
    """Which lines of audit: all that fit everything given. `until` is the first moment that is too late.

    Lines about people, keys, sessions, links and customers' conversations are left out unless `administrative`.
    """

    entry_id: str | None = None
    who: str | None = None
    act: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    administrative: bool = False


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do: entry ids, each in exactly one list."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    policy_changed: bool = False
    facts_changed: bool = False

    @property
    def changes(self) -> bool:
        """Whether anything differs from what is live."""
        return bool(self.added or self.changed or self.retired or self.policy_changed or self.facts_changed)


@dataclass(frozen=True)
class FeedbackRecord:
    """What became of a suggestion or a clarification.

    `entry_id` is None where the act is about no entry. `decision` and `index_version` are those of the request, None
    where it is not known any more. `text` and `query` are kept as they are given: masking them is the caller's.
    """

    request_id: str
    entry_id: str | None
    act: Act
    source: Source
    at: datetime
    text: str | None = None
    query: str | None = None
    decision: str | None = None
    index_version: str | None = None
    conversation_id: str | None = None
    agent_id: str | None = None
    escalated: bool | None = None
    resolved_in_time: bool | None = None


@dataclass(frozen=True)
class EntryCounts:
    """In how many requests with feedback an entry was shown, and in how many each thing became of it."""

    entry_id: str
    shown: int = 0
    used: int = 0
    edited: int = 0
    rejected: int = 0
    chosen: int = 0


@dataclass(frozen=True)
class FeedbackCounts:
    """What came in between two moments: requests with feedback, those where nothing offered fitted, and entries."""

    requests: int
    none_fits: int
    entries: tuple[EntryCounts, ...]


@dataclass(frozen=True)
class PersonRecord:
    """Who may sign in. `password` is argon2's text, `subject` an OpenID provider's; without either nobody can yet."""

    name: str
    display_name: str
    roles: tuple[str, ...]
    created_at: datetime
    password: str | None = field(default=None, repr=False)
    subject: str | None = None
    disabled: bool = False
    failures: int = 0
    locked_until: datetime | None = None
    signed_in_at: datetime | None = None


@dataclass(frozen=True)
class KeyRecord:
    """A program's key. `secret` is the SHA-256 of what the program shows, `hint` how that begins."""

    number: int
    name: str
    secret: str = field(repr=False)
    hint: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    used_at: datetime | None = None
    revoked_by: str | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class SessionRecord:
    """A sign-in that lasts. `secret` is the SHA-256 of its cookie, `agent` the browser it was opened with."""

    number: int
    secret: str = field(repr=False)
    person: str
    agent: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class LinkRecord:
    """A link that works once before `ends_at`. `person` is None where its opener becomes the first administrator."""

    person: str | None
    made_by: str
    ends_at: datetime


@dataclass(frozen=True)
class IdentityRecord:
    """Everything needed to tell who asks, as it stood at one turn."""

    turn: int
    people: tuple[PersonRecord, ...]
    keys: tuple[KeyRecord, ...]
    sessions: tuple[SessionRecord, ...]


@dataclass(frozen=True)
class WorkingCopy:
    """What a person is typing of an entry; `base_version` is the version it began from, 0 for a new entry."""

    entry_id: str
    person: str
    base_version: int
    revision: str
    content: Manuscript
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Overview:
    """An entry in a list: its newest version, which of its versions is live, and that one's content.

    `returned`: the newest version is a draft again because a reviewer sent it back.
    `content` and `live_content` are as kept, not read as an Entry, which a list of ten thousand has no time for.
    """

    entry_id: str
    version: int
    state: State
    author: str
    created_at: datetime
    content: Mapping[str, Any]
    live_version: int | None = None
    live_content: Mapping[str, Any] | None = None
    returned: bool = False
