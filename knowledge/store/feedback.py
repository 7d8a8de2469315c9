"""Feedback in and out of its tables: one record for the same act, and counts of requests.

The first record of an act stands; the same again changes nothing. What is counted are requests, so an act that both
agent and customer report counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select

from knowledge.store.records import EntryCounts, FeedbackCounts, FeedbackRecord
from knowledge.store.tables import feedback, shown_entry

NO_ENTRY = ""
COLUMNS = [column for column in feedback.c if column.name != "number"]


def add(connection: Connection, record: FeedbackRecord, shown: Sequence[str]) -> tuple[FeedbackRecord, bool]:
    """Keep a record, and with a request's first one the entries it was shown; the record kept, and whether it is new.

    `shown` is in the order it was shown. The caller holds the writers' lock.
    """
    known = _find(connection, record)
    if known is not None:
        return known, False
    connection.execute(insert(feedback).values(asdict(record) | {"entry_id": record.entry_id or NO_ENTRY}))
    _add_shown(connection, record, shown)
    return record, True


def counts(connection: Connection, since: datetime, until: datetime) -> FeedbackCounts:
    """What came in from `since` on and before `until`; the entries most shown first, then by id."""
    within = feedback.c.at >= since, feedback.c.at < until
    found: dict[str, dict[str, int]] = defaultdict(dict)
    acts = select(feedback.c.entry_id, feedback.c.act, _requests()).where(*within, feedback.c.entry_id != NO_ENTRY)
    for entry_id, act, count in connection.execute(acts.group_by(feedback.c.entry_id, feedback.c.act)):
        found[entry_id][act] = count
    views = select(shown_entry.c.entry_id, func.count()).where(shown_entry.c.at >= since, shown_entry.c.at < until)
    for entry_id, count in connection.execute(views.group_by(shown_entry.c.entry_id)):
        found[entry_id]["shown"] = count
    entries = [EntryCounts(entry_id, **found[entry_id]) for entry_id in found]
    return FeedbackCounts(
        requests=connection.execute(select(_requests()).where(*within)).scalar_one(),
        none_fits=connection.execute(select(_requests()).where(*within, feedback.c.act == "none_fits")).scalar_one(),
        entries=tuple(sorted(entries, key=lambda entry: (-entry.shown, entry.entry_id))),
    )


def _find(connection: Connection, record: FeedbackRecord) -> FeedbackRecord | None:
    row = connection.execute(
        select(*COLUMNS).where(
            feedback.c.request_id == record.request_id,
            feedback.c.entry_id == (record.entry_id or NO_ENTRY),
            feedback.c.act == record.act,
            feedback.c.source == record.source,
        )
    ).first()
    return as_record(row) if row is not None else None


def _add_shown(connection: Connection, record: FeedbackRecord, shown: Sequence[str]) -> None:
    """The first record of a request brings what it was shown; every later one finds it there."""
    there = select(shown_entry.c.position).where(shown_entry.c.request_id == record.request_id).limit(1)
    if connection.execute(there).first() is not None:
        return
    rows = [
        {"request_id": record.request_id, "entry_id": entry_id, "position": position, "at": record.at}
        for position, entry_id in enumerate(dict.fromkeys(shown), start=1)
    ]
    if rows:
        connection.execute(insert(shown_entry), rows)


def _requests() -> ColumnElement[int]:
    return func.count(feedback.c.request_id.distinct())


def as_record(row: Row[tuple[object, ...]]) -> FeedbackRecord:
    """A row of every column but the number."""
    values = dict(row._mapping)
    return FeedbackRecord(**values | {"entry_id": values["entry_id"] or None})
