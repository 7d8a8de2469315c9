"""What the store takes in and hands out, frozen: versions, working copies, audit lines, import reports, feedback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from knowledge.manuscript import Manuscript
from knowledge.model import ApprovedEntry, Entry, State

Act = Literal["used", "edited", "rejected", "chosen", "none_fits"]
Source = Literal["agent", "customer"]


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
