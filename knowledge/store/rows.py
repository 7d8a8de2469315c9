"""Rows in and out of the tables: the statements the store's operations are made of.

The only statements that change an existing row are `decide` and `retire`, which touch its state and who set it;
content, author and moment of a version are written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Row, Table, func, insert, select, update

from knowledge.model import Entry, State
from knowledge.store.records import AuditRecord, VersionRecord
from knowledge.store.tables import audit, entry_version
from knowledge.store.unreadable import modelled

VERSIONS = entry_version.c


def content(model: BaseModel) -> dict[str, Any]:
    """A model as it is kept: every field, so that a later default changes no stored version."""
    return model.model_dump(mode="json")


def add_versions(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new versions."""
    if rows:
        connection.execute(insert(entry_version), [dict(row) for row in rows])


def highest_version(connection: Connection, entry_id: str) -> int:
    """The highest version of an entry, 0 where it has none."""
    query = select(func.max(VERSIONS.version)).where(VERSIONS.entry_id == entry_id)
    return connection.execute(query).scalar() or 0


def highest_versions(connection: Connection) -> dict[str, int]:
    """The highest version of every entry."""
    rows = connection.execute(select(VERSIONS.entry_id, func.max(VERSIONS.version)).group_by(VERSIONS.entry_id))
    return {row.entry_id: row[1] for row in rows}


def live_versions(connection: Connection) -> dict[str, int]:
    """The number of every entry's approved version."""
    rows = connection.execute(select(VERSIONS.entry_id, VERSIONS.version).where(VERSIONS.state == "approved"))
    return {row.entry_id: row[1] for row in rows}


def versions(
    connection: Connection, entry_id: str | None = None, state: State | None = None
) -> tuple[VersionRecord, ...]:
    """Versions ordered by id, then version; ids by code point, as databases order text each in its own way."""
    query = select(entry_version)
    if entry_id is not None:
        query = query.where(VERSIONS.entry_id == entry_id)
    if state is not None:
        query = query.where(VERSIONS.state == state)
    records = [_record(row) for row in connection.execute(query)]
    return tuple(sorted(records, key=lambda record: (record.entry.id, record.version)))


def version(connection: Connection, entry_id: str, number: int) -> VersionRecord | None:
    """One version, or None."""
    query = select(entry_version).where(VERSIONS.entry_id == entry_id, VERSIONS.version == number)
    row = connection.execute(query).first()
    return _record(row) if row is not None else None


def decide(
    connection: Connection, entry_id: str, number: int, state: State, by: str | None = None, at: datetime | None = None
) -> None:
    """Move a version on; `by` and `at` are kept for an approval."""
    statement = update(entry_version).where(VERSIONS.entry_id == entry_id, VERSIONS.version == number)
    connection.execute(statement.values(state=state, decided_by=by, decided_at=at))


def retire(connection: Connection, entry_ids: Iterable[str], by: str, at: datetime) -> None:
    """End the live versions of these entries."""
    for entry_id in entry_ids:
        statement = update(entry_version).where(VERSIONS.entry_id == entry_id, VERSIONS.state == "approved")
        connection.execute(statement.values(state="retired", retired_by=by, retired_at=at))


def add_document(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Write a new version of a whole document."""
    number: int = (connection.execute(select(func.max(table.c.version))).scalar() or 0) + 1
    connection.execute(insert(table).values(version=number, **values))
    return number


def document(connection: Connection, table: Table) -> dict[str, Any] | None:
    """The newest version's content."""
    newest = select(table.c.content).order_by(table.c.version.desc()).limit(1)
    kept: dict[str, Any] | None = connection.execute(newest).scalar()
    return kept


def add_audit(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write lines of audit."""
    if rows:
        connection.execute(insert(audit), [dict(row) for row in rows])


def add_act(
    connection: Connection,
    act: str,
    who: str,
    at: datetime,
    entry_id: str,
    version: int,
    comment: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write the line of audit of an act on one version."""
    line = {"act": act, "who": who, "at": at, "entry_id": entry_id, "version": version}
    add_audit(connection, [line | {"comment": comment, "detail": dict(detail or {})}])


def audit_records(connection: Connection, entry_id: str | None) -> tuple[AuditRecord, ...]:
    """Every line of audit, or those of one entry, oldest first."""
    query = select(audit).order_by(audit.c.number)
    if entry_id is not None:
        query = query.where(audit.c.entry_id == entry_id)
    return tuple(AuditRecord(**row) for row in connection.execute(query).mappings())


def last_audit(connection: Connection) -> int:
    """The number of the last line of audit, 0 where there is none."""
    return connection.execute(select(func.max(audit.c.number))).scalar() or 0


def _record(row: Row[Any]) -> VersionRecord:
    values = dict(row._mapping)
    del values["entry_id"]
    return VersionRecord(entry=modelled(Entry, values.pop("content")), **values)
