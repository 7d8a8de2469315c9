"""Publishes and rollbacks of the index in the audit: each once, however often it is told.

The artefacts' own history is written together with the act itself; this brings the audit up to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from knowledge.store import rows, rules
from knowledge.store.tables import audit

ACTS = ("publish", "rollback")


def add_missing(connection: Connection, history: Sequence[Mapping[str, Any]]) -> int:
    """Add a line for every act that has none; how many were added. The caller holds the writers' lock."""
    known = {
        _key(detail)
        for (detail,) in connection.execute(select(audit.c.detail).where(audit.c.act.in_(ACTS)))
        if "index_version" in detail
    }
    lines = [
        {
            "act": act["act"],
            "who": rules.named(str(act["by"])),
            "at": datetime.fromisoformat(str(act["at"])),
            "entry_id": None,
            "version": None,
            "comment": str(act.get("reason", "")),
            "detail": {"index_version": act["version"], "at": act["at"]},
        }
        for act in history
        if act.get("act") in ACTS and (str(act["at"]), str(act["version"])) not in known
    ]
    if lines:
        rows.add_audit(connection, lines)
    return len(lines)


def _key(detail: Mapping[str, Any]) -> tuple[str, str]:
    return str(detail["at"]), str(detail["index_version"])
