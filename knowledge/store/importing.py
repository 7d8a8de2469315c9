"""Bringing a trusted pack into the database: what differs from the live versions, and writing just that.

Whoever imports answers for the pack: its entries arrive approved. After an import what is live equals the pack,
apart from live entries the pack does not name, which are retired only on request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table

from knowledge.errors import StateError
from knowledge.model import Entry, Facts, Frozen, Pack, Policy, State
from knowledge.store import rows
from knowledge.store.records import ImportReport
from knowledge.store.tables import facts_version, policy_version
from knowledge.store.unreadable import modelled


@dataclass(frozen=True)
class Import:
    """Who brings a pack in, who answers for it, why and when."""

    author: str
    approver: str
    comment: str
    at: datetime


def compare(connection: Connection, pack: Pack, retire_missing: bool) -> ImportReport:
    """What importing the pack would do. An entry counts as added where no version of it is live."""
    named = _ids(pack)
    live = {record.entry.id: record for record in rows.versions(connection, state="approved")}
    policy, facts = rows.document(connection, policy_version), rows.document(connection, facts_version)
    kept_facts = modelled(Facts, facts) if facts is not None else Facts()
    return ImportReport(
        added=tuple(entry.id for entry in pack.entries if entry.id not in live),
        changed=tuple(entry.id for entry in pack.entries if entry.id in live and live[entry.id].entry != entry),
        unchanged=tuple(entry.id for entry in pack.entries if entry.id in live and live[entry.id].entry == entry),
        retired=tuple(entry_id for entry_id in live if entry_id not in named) if retire_missing else (),
        policy_changed=policy is None or modelled(Policy, policy) != pack.policy,
        facts_changed=kept_facts != pack.facts,
    )


def apply(connection: Connection, pack: Pack, report: ImportReport, act: Import) -> None:
    """Write what the report names, each change with its line of audit."""
    live = rows.live_versions(connection)
    written = set(report.added + report.changed)
    rows.retire(connection, [*report.changed, *report.retired], act.approver, act.at)
    numbers = add_versions(connection, [entry for entry in pack.entries if entry.id in written], act)
    add_audit(connection, "import", numbers, live, act)
    add_audit(connection, "retire", {entry_id: live[entry_id] for entry_id in report.retired}, live, act)
    if report.policy_changed:
        save_document(connection, policy_version, pack.policy, act, "import")
    if report.facts_changed:
        save_document(connection, facts_version, pack.facts, act, "import")


def _ids(pack: Pack) -> frozenset[str]:
    ids = [entry.id for entry in pack.entries]
    named = frozenset(ids)
    if len(named) < len(ids):
        twice = next(entry_id for entry_id in ids if ids.count(entry_id) > 1)
        raise StateError(f"entry {twice} is {ids.count(twice)} times in the pack: keep one")
    return named


def add_versions(
    connection: Connection, entries: Sequence[Entry], act: Import, state: State = "approved"
) -> dict[str, int]:
    """Add a version of every entry in that state; its number by id."""
    highest = rows.highest_versions(connection)
    common: dict[str, object] = {"state": state, "author": act.author, "created_at": act.at, "comment": act.comment}
    if state == "approved":
        common |= {"decided_by": act.approver, "decided_at": act.at}
    numbers = {entry.id: highest.get(entry.id, 0) + 1 for entry in entries}
    rows.add_versions(
        connection,
        [
            {"entry_id": entry.id, "version": numbers[entry.id], "content": rows.content(entry)} | common
            for entry in entries
        ],
    )
    return numbers


def add_audit(
    connection: Connection, name: str, numbers: Mapping[str, int], live: Mapping[str, int], act: Import
) -> None:
    """A line of audit for every version."""
    rows.add_audit(connection, [_line(act, name, entry_id, number, live) for entry_id, number in numbers.items()])


def _line(act: Import, name: str, entry_id: str, number: int, live: Mapping[str, int]) -> dict[str, Any]:
    """One act of an import on one version."""
    detail: dict[str, Any] = {"author": act.author, "by": "import"}
    if name == "import" and entry_id in live:
        detail["replaces"] = live[entry_id]
    return {
        "act": name,
        "who": act.approver,
        "at": act.at,
        "entry_id": entry_id,
        "version": number,
        "comment": act.comment,
        "detail": detail,
    }


def save_document(connection: Connection, table: Table, model: Frozen, act: Import, name: str) -> int:
    """Write a new version of the policy or the facts, with its line of audit."""
    values = {
        "content": rows.content(model),
        "author": act.author,
        "created_at": act.at,
        "comment": act.comment,
        "decided_by": act.approver,
    }
    number = rows.add_document(connection, table, values)
    line = {"act": name, "who": act.approver, "at": act.at, "entry_id": None, "version": None, "comment": act.comment}
    rows.add_audit(connection, [line | {"detail": {"document": table.name, "version": number, "author": act.author}}])
    return number
