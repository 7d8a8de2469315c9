"""The knowledge database: versions, states, approvals, audit, feedback and who may sign in, on SQLite or PostgreSQL."""

from knowledge.store.records import (
    Act,
    AuditRecord,
    EntryCounts,
    FeedbackCounts,
    FeedbackRecord,
    IdentityRecord,
    ImportReport,
    KeyRecord,
    LinkRecord,
    PersonRecord,
    SessionRecord,
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
    "IdentityRecord",
    "ImportReport",
    "KeyRecord",
    "LinkRecord",
    "PersonRecord",
    "SessionRecord",
    "Source",
    "Store",
    "VersionRecord",
]
