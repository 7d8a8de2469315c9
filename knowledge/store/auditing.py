"""Reading the audit log: a page of it at a time, newest first, by entry, person, act and moment.

A page begins below a line's number, not after so many lines, so that lines written meanwhile move nothing. Lines about
people, keys, sign-ins and customers' conversations are for administrators: whoever wants them says so.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from knowledge.store.records import AuditFilter, AuditRecord
from knowledge.store.tables import audit

# How the acts of identity and of customers' privacy begin; every other line of audit is about knowledge.
ADMINISTRATIVE_ACTS: Final = ("person.", "key.", "session.", "link.", "privacy.")


def page(connection: Connection, wanted: AuditFilter, limit: int, before: int | None = None) -> tuple[AuditRecord, ...]:
    """The newest lines that fit, below the line `before`."""
    query = _fitting(select(audit), wanted).order_by(audit.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.number < before)
    return tuple(AuditRecord(**row) for row in connection.execute(query).mappings())


def count(connection: Connection, wanted: AuditFilter) -> int:
    """How many lines fit."""
    found: int = connection.execute(_fitting(select(func.count()).select_from(audit), wanted)).scalar_one()
    return found


def choices(connection: Connection, administrative: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The people and the acts that the log knows, each sorted; those of knowledge alone unless `administrative`."""
    wanted = AuditFilter(administrative=administrative)
    people, acts = (
        connection.execute(_fitting(select(column).distinct(), wanted)).scalars()
        for column in (audit.c.who, audit.c.act)
    )
    return tuple(sorted(people)), tuple(sorted(acts))


def _about_knowledge() -> ColumnElement[bool]:
    return and_(*(audit.c.act.not_like(f"{beginning}%") for beginning in ADMINISTRATIVE_ACTS))


def _fitting(query: Select[Any], wanted: AuditFilter) -> Select[Any]:
    if not wanted.administrative:
        query = query.where(_about_knowledge())
    for column, value in ((audit.c.entry_id, wanted.entry_id), (audit.c.who, wanted.who), (audit.c.act, wanted.act)):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit.c.at < wanted.until)
    return query
