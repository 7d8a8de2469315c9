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

__all__ = [
    "Act",
    "AuditRecord",
    "EntryCounts",
    "FeedbackCounts",
    "FeedbackRecord",
    "ImportReport",
    "Source",
    "Store",
    "VersionRecord",
]
