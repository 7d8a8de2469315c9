"""The knowledge database: versions, states, approvals, audit and feedback, on SQLite or PostgreSQL."""

from knowledge.store.records import (
    Act,
    AuditRecord,
    EntryCounts,
    FeedbackCounts,
    FeedbackRecord,
    ImportReport,
    Source,
    VersionRecord,
)
from knowledge.store.store import Store
from knowledge.store.usage import InboxItem, Mark, QueryRecord, Slice

__all__ = [
    "Act",
    "AuditRecord",
    "EntryCounts",
    "FeedbackCounts",
    "FeedbackRecord",
    "ImportReport",
    "InboxItem",
    "Mark",
    "QueryRecord",
    "Slice",
    "Source",
    "Store",
    "VersionRecord",
]
