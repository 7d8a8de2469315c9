"""The knowledge database: versions, states, approvals, audit and feedback, on SQLite or PostgreSQL."""

from knowledge.store.records import (
    Act,
    AuditRecord,
    EntryCounts,
    FeedbackCounts,
    FeedbackRecord,
    ImportReport,
    Overview,
    Source,
    VersionRecord,
    WorkingCopy,
)
from knowledge.store.store import Store

__all__ = [
    "Act",
    "AuditRecord",
    "EntryCounts",
    "FeedbackCounts",
    "FeedbackRecord",
    "ImportReport",
    "Overview",
    "Source",
    "Store",
    "VersionRecord",
    "WorkingCopy",
]
