"""What the store hands out, frozen: versions, audit lines, import reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knowledge.model import ApprovedEntry, Entry, State


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
