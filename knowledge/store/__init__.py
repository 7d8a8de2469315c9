"""The knowledge database: versions, states, approvals, audit and feedback, on SQLite or PostgreSQL."""

from knowledge.store.records import (
    Act,
    AuditFilter,
    AuditRecord,
    Decision,
    EntryCounts,
    FeedbackCounts,
    FeedbackRecord,
    ImportReport,
    Outcome,
    Review,
    Source,
    Submission,
    VersionRecord,
)
from knowledge.store.store import Store

__all__ = [
    "Act",
    "AuditFilter",
    "AuditRecord",
    "Decision",
    "EntryCounts",
    "FeedbackCounts",
    "FeedbackRecord",
    "ImportReport",
    "Outcome",
    "Review",
    "Source",
    "Store",
    "Submission",
    "VersionRecord",
]
