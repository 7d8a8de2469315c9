"""Every entry at a glance, in three statements however many versions there are: the newest version, the live one, and
what was returned; and what some entries are called.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, and_, func, select

from knowledge.store.records import Overview
from knowledge.store.rows import VERSIONS
from knowledge.store.tables import audit, entry_version

OFFERING = ("submit", "withdraw", "send_back")  # the acts by which a draft becomes a submission, and one again


def titles(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """The title of each of these entries as its newest version has it; those that do not exist are left out."""
    title = VERSIONS.content["title"].as_string().label("title")
    found = select(VERSIONS.entry_id, title).where(VERSIONS.entry_id.in_(ids)).order_by(VERSIONS.version)
    return {row.entry_id: row.title for row in connection.execute(found)}


def overviews(connection: Connection) -> tuple[Overview, ...]:
    """Ordered by id, by code point."""
    newest = select(VERSIONS.entry_id, func.max(VERSIONS.version).label("version")).group_by(VERSIONS.entry_id)
    last = newest.subquery()
    columns = [entry_version.c[name] for name in ("entry_id", "version", "state", "author", "created_at", "content")]
    found = connection.execute(
        select(*columns).join(last, and_(VERSIONS.entry_id == last.c.entry_id, VERSIONS.version == last.c.version))
    )
    live = {
        row.entry_id: (row.version, row.content)
        for row in connection.execute(
            select(VERSIONS.entry_id, VERSIONS.version, VERSIONS.content)
            .join(last, VERSIONS.entry_id == last.c.entry_id)
            .where(VERSIONS.state == "approved", VERSIONS.version != last.c.version)
        )
    }
    back = _returned(connection)
    listed = []
    for row in found:
        values = dict(row._mapping) | {"returned": row.state == "draft" and (row.entry_id, row.version) in back}
        own = (row.version, row.content) if row.state == "approved" else (None, None)
        version, content = live.get(row.entry_id, own)
        listed.append(Overview(**values, live_version=version, live_content=content))
    return tuple(sorted(listed, key=lambda one: one.entry_id))


def _returned(connection: Connection) -> set[tuple[str, int]]:
    """The versions of which a return was the last word at review."""
    last = select(func.max(audit.c.number)).where(audit.c.act.in_(OFFERING)).group_by(audit.c.entry_id, audit.c.version)
    lines = connection.execute(
        select(audit.c.entry_id, audit.c.version).where(audit.c.number.in_(last), audit.c.act == "send_back")
    )
    return {(line.entry_id, line.version) for line in lines}
