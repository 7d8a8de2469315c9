"""The knowledge database: versions, states, approvals and audit, on SQLite or PostgreSQL."""

from knowledge.store.records import AuditRecord, ImportReport, VersionRecord
from knowledge.store.store import Store

__all__ = ["AuditRecord", "ImportReport", "Store", "VersionRecord"]
