"""The query log in and out of its table: added in batches, read newest first, deleted by age or by conversation."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, or_, select, update

from knowledge.store.feedback import as_record
from knowledge.store.tables import audit, feedback, logged_query, shown_entry
from knowledge.store.usage import Conversation, QueryRecord, Removed
from knowledge.text import normalise

ERASE = "privacy.erase"
LOG = logged_query.c
COLUMNS = [LOG[field.name] for field in fields(QueryRecord)]


def key_of(text: str) -> str:
    """The same for texts that normalise alike; says nothing of the text itself."""
    return hashlib.sha256(normalise(text).encode("utf-8")).hexdigest()[:32]


def conversation_hash(conversation_id: str) -> str:
    """What stands for a conversation in the audit: who has its id can look for it, nobody can read it from there."""
    return hashlib.sha256(conversation_id.encode()).hexdigest()[:16]


def add(connection: Connection, records: Sequence[QueryRecord], outgrown: Collection[str] = ()) -> int:
    """Keep records, masked by whoever hands them in; how many.

    Those of a conversation that was erased since are left out: whoever held them did not know. Of requests that are
    `outgrown` only those are kept that somebody gave feedback on, which counts need to be joined with.
    """
    kept = _not_erased(connection, _worth_keeping(connection, records, outgrown))
    if kept:
        rows = [asdict(record) | {"key": key_of(record.text), "products": list(record.products)} for record in kept]
        connection.execute(insert(logged_query), rows)
    return len(kept)


def erased(connection: Connection, after: int) -> tuple[int, frozenset[str]]:
    """The number of the last erasure, and which conversations were erased after that number, by their hashes."""
    lines = select(audit.c.number, audit.c.detail).where(audit.c.act == ERASE, audit.c.number > after)
    found = {number: str(detail["conversation"]) for number, detail in connection.execute(lines)}
    return max(found, default=after), frozenset(found.values())


def _worth_keeping(
    connection: Connection, records: Sequence[QueryRecord], outgrown: Collection[str]
) -> Sequence[QueryRecord]:
    if not outgrown:
        return records
    told = select(feedback.c.request_id).where(feedback.c.request_id.in_(outgrown))
    needless = set(outgrown).difference(connection.execute(told).scalars())
    return [record for record in records if record.request_id not in needless]


def _not_erased(connection: Connection, records: Sequence[QueryRecord]) -> list[QueryRecord]:
    told = [record for record in records if record.conversation_id is not None]
    if not told:
        return list(records)
    lines = select(audit.c.detail, audit.c.at).where(audit.c.act == ERASE, audit.c.at >= min(one.at for one in told))
    until: dict[str, datetime] = {}
    for detail, at in connection.execute(lines):
        until[detail["conversation"]] = max(at, until.get(detail["conversation"], at))

    def stays(record: QueryRecord) -> bool:
        end = until.get(conversation_hash(record.conversation_id)) if record.conversation_id is not None else None
        return end is None or record.at > end

    return [record for record in records if stays(record)] if until else list(records)


def recent(connection: Connection, limit: int) -> tuple[QueryRecord, ...]:
    """The newest queries, each text once."""
    newest = select(func.max(LOG.number)).group_by(LOG.key).order_by(func.max(LOG.number).desc()).limit(limit)
    return _records(connection, select(*COLUMNS).where(LOG.number.in_(newest)).order_by(LOG.number.desc()))


def likelihoods(connection: Connection, index_version: str, limit: int) -> tuple[float | None, ...]:
    """`inside` of the last queries that this index answered, None where it was not estimated."""
    answered = select(LOG.inside).where(LOG.index_version == index_version)
    return tuple(connection.execute(answered.order_by(LOG.number.desc()).limit(limit)).scalars())


def expire(connection: Connection, before: datetime) -> Removed:
    """Delete queries from before a moment, and what customers said from feedback, whose counts stay."""
    gone = connection.execute(delete(logged_query).where(LOG.at < before)).rowcount
    said = [feedback.c.text, feedback.c.query, feedback.c.conversation_id, feedback.c.agent_id]
    old = feedback.c.at < before, or_(*(column.is_not(None) for column in said))
    blank = update(feedback).where(*old).values(dict.fromkeys(said))
    return Removed(gone, connection.execute(blank).rowcount)


def conversation(connection: Connection, conversation_id: str) -> Conversation:
    """All that is kept of a conversation."""
    queries = select(*COLUMNS).where(LOG.conversation_id == conversation_id).order_by(LOG.number)
    told = select(*(column for column in feedback.c if column.name != "number")).where(_about(conversation_id))
    return Conversation(
        _records(connection, queries),
        tuple(as_record(row) for row in connection.execute(told.order_by(feedback.c.number))),
    )


def erase(connection: Connection, conversation_id: str) -> Removed:
    """Delete all that is kept of a conversation."""
    requests = connection.execute(select(feedback.c.request_id).where(_about(conversation_id))).scalars().all()
    told = connection.execute(delete(feedback).where(_about(conversation_id))).rowcount
    others = select(feedback.c.request_id).where(feedback.c.request_id.in_(requests))
    gone = shown_entry.c.request_id.in_(requests), shown_entry.c.request_id.not_in(others)
    connection.execute(delete(shown_entry).where(*gone))
    asked = connection.execute(delete(logged_query).where(LOG.conversation_id == conversation_id)).rowcount
    return Removed(asked, told)


def _about(conversation_id: str) -> ColumnElement[bool]:
    """Feedback that names the conversation, or whose request belonged to it.

    An id that was used twice is a request of two conversations: feedback that names one of them is that one's alone.
    """
    requests = select(LOG.request_id).where(LOG.conversation_id == conversation_id)
    own = LOG.request_id == feedback.c.request_id, LOG.conversation_id == feedback.c.conversation_id
    anothers = select(LOG.number).where(*own).correlate(feedback).exists()
    return or_(feedback.c.conversation_id == conversation_id, and_(feedback.c.request_id.in_(requests), ~anothers))


def _records(connection: Connection, query: Select[tuple[object, ...]]) -> tuple[QueryRecord, ...]:
    rows = connection.execute(query).mappings()
    return tuple(QueryRecord(**{**row, "products": tuple(row["products"])}) for row in rows)
