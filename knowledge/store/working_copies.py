"""Working copies in and out of their table: one a person and entry, saved over only by who has read it.

A copy's revision is another at every save. Whoever saves names the one they read, so that of two tabs the later is
told instead of silently overwriting the earlier. The same words sent twice (a page that goes away sends what its save
under way may already carry) are the copy that is there. The caller holds the writers' lock.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from knowledge.errors import NotFound, StaleError
from knowledge.manuscript import Manuscript
from knowledge.store.records import WorkingCopy
from knowledge.store.rows import content as as_kept
from knowledge.store.tables import working_copy
from knowledge.store.unreadable import modelled

COPY = working_copy.c
NONE = ""  # the revision of a copy that is not there


def put(
    connection: Connection,
    entry_id: str,
    person: str,
    base_version: int,
    content: Manuscript,
    revision: str,
    at: datetime,
) -> WorkingCopy:
    """Keep what is typed under a new revision."""
    known = _find(connection, entry_id, person)
    if known is not None and (known.base_version, known.content) == (base_version, content):
        return known
    _same_revision(entry_id, known, revision)
    values: dict[str, Any] = {
        "base_version": base_version,
        "revision": secrets.token_hex(16),
        "content": as_kept(content),
        "updated_at": at,
    }
    if known is None:
        connection.execute(insert(working_copy).values(entry_id=entry_id, person=person, created_at=at, **values))
    else:
        connection.execute(update(working_copy).where(*_of(entry_id, person)).values(**values))
    values["content"] = content
    return WorkingCopy(entry_id, person, created_at=known.created_at if known is not None else at, **values)


def at_revision(connection: Connection, entry_id: str, person: str, revision: str) -> WorkingCopy:
    """A person's copy, which must be there and be the one that was read."""
    known = _find(connection, entry_id, person)
    if known is None:
        raise NotFound(f"{person} has no working copy of entry {entry_id}: there is nothing typed to save or discard")
    _same_revision(entry_id, known, revision)
    return known


def remove(connection: Connection, entry_id: str, person: str) -> None:
    """Forget a person's copy."""
    connection.execute(delete(working_copy).where(*_of(entry_id, person)))


def find(connection: Connection, entry_id: str | None) -> tuple[WorkingCopy, ...]:
    """Everybody's copies, of one entry or of all, last typed first."""
    query = select(working_copy).order_by(COPY.updated_at.desc(), COPY.entry_id, COPY.person)
    if entry_id is not None:
        query = query.where(COPY.entry_id == entry_id)
    return tuple(_record(row) for row in connection.execute(query))


def _find(connection: Connection, entry_id: str, person: str) -> WorkingCopy | None:
    row = connection.execute(select(working_copy).where(*_of(entry_id, person))).first()
    return _record(row) if row is not None else None


def _of(entry_id: str, person: str) -> tuple[ColumnElement[bool], ...]:
    return COPY.entry_id == entry_id, COPY.person == person


def _same_revision(entry_id: str, known: WorkingCopy | None, revision: str) -> None:
    kept = known.revision if known is not None else NONE
    if kept != revision:
        raise StaleError(
            f"your working copy of entry {entry_id} is at revision {kept or 'none'}, not {revision or 'none'}: "
            "another of your tabs has saved it; read it again and merge"
        )


def _record(row: Row[Any]) -> WorkingCopy:
    values = dict(row._mapping)
    return WorkingCopy(**values | {"content": modelled(Manuscript, values["content"])})
