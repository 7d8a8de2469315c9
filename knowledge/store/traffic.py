"""Counts over the query log: by day, channel, product, entry, escalation, and what became of what was shown.

Days of queries are kept as the desk's own; feedback has only its moment, so whoever counts it by day hands in where
each day begins.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, select

from knowledge.store.tables import feedback, logged_query, shown_entry
from knowledge.store.unreadable import decoded
from knowledge.store.usage import Day, Decisions, EntryDay, Escalations, Outcomes, Slice, Traffic

LOG = logged_query.c
TOP_ENTRIES = 50
TOP_PRODUCTS = 50
# A day with its first moment and the next day's.
Bounds = Sequence[tuple[date, datetime, datetime]]


def traffic(connection: Connection, part: Slice) -> Traffic:
    """Everything that is counted in queries."""
    within = _within(part)
    by_day: dict[Any, Counter[str]] = defaultdict(Counter)
    for day, decision, count in connection.execute(
        select(LOG.day, LOG.decision, func.count()).where(*within).group_by(LOG.day, LOG.decision)
    ):
        by_day[day][decision] = count
    first = (
        select(LOG.entry_id, func.count())
        .where(*within, LOG.decision == "answer", LOG.entry_id.is_not(None))
        .group_by(LOG.entry_id)
        .order_by(func.count().desc(), LOG.entry_id)
        .limit(TOP_ENTRIES)
    )
    return Traffic(
        tuple(_day(connection, within, day, by_day[day]) for day in sorted(by_day)),
        _by_channel(connection, within),
        _by_product(connection, within),
        tuple((entry_id, count) for entry_id, count in connection.execute(first)),
        *_latency(connection, within, sum(counts.total() for counts in by_day.values())),
    )


def outcomes(connection: Connection, part: Slice, days: Bounds) -> tuple[Outcomes, ...]:
    """What became of what was shown, by the day on which feedback said so; every day of `days`."""
    chosen = () if part.channel is None and part.product is None else (_of_requests(part),)
    found = []
    for day, start, end in days:
        acts = select(feedback.c.act, func.count(feedback.c.request_id.distinct()))
        within = feedback.c.at >= start, feedback.c.at < end
        counts: dict[str, int] = dict(connection.execute(acts.where(*within, *chosen).group_by(feedback.c.act)).all())
        found.append(Outcomes(day, **counts))
    return tuple(found)


def escalations(connection: Connection, part: Slice) -> tuple[Escalations, ...]:
    """Hints other than none by level and target, the gravest first, then by number."""
    within = (*_within(part), LOG.level != "none")
    kept: dict[tuple[str, str | None, bool], int] = {}
    told = (
        select(LOG.level, LOG.target, feedback.c.resolved_in_time, func.count(LOG.request_id.distinct()))
        .join_from(logged_query, feedback, feedback.c.request_id == LOG.request_id)
        .where(*within, feedback.c.resolved_in_time.is_not(None))
        .group_by(LOG.level, LOG.target, feedback.c.resolved_in_time)
    )
    for level, target, in_time, count in connection.execute(told):
        kept[level, target, in_time] = count
    counts = select(LOG.level, LOG.target, func.count()).where(*within).group_by(LOG.level, LOG.target)
    found = [
        Escalations(level, target, count, kept.get((level, target, True), 0), kept.get((level, target, False), 0))
        for level, target, count in connection.execute(counts)
    ]
    return tuple(sorted(found, key=lambda one: (one.level != "required", -one.count, one.target or "")))


def entry_days(connection: Connection, entry_id: str, days: Bounds) -> tuple[EntryDay, ...]:
    """One entry's days, every day of `days`."""
    since, until = days[0][0], days[-1][0]
    first: Mapping[Any, int] = dict(
        connection.execute(
            select(LOG.day, func.count())
            .where(LOG.day >= since, LOG.day <= until, LOG.entry_id == entry_id, LOG.decision == "answer")
            .group_by(LOG.day)
        ).all()
    )
    found = []
    for day, start, end in days:
        acts = select(feedback.c.act, func.count(feedback.c.request_id.distinct())).where(
            feedback.c.at >= start, feedback.c.at < end, feedback.c.entry_id == entry_id
        )
        counts = {
            act: count
            for act, count in connection.execute(acts.group_by(feedback.c.act))
            if act in ("used", "edited", "rejected")
        }
        views = select(func.count()).where(
            shown_entry.c.at >= start, shown_entry.c.at < end, shown_entry.c.entry_id == entry_id
        )
        shown = connection.execute(views).scalar_one()
        found.append(EntryDay(day, first=first.get(day, 0), shown=shown, **counts))
    return tuple(found)


def _within(part: Slice) -> tuple[ColumnElement[bool], ...]:
    found = [LOG.day >= part.since, LOG.day <= part.until]
    if part.channel is not None:
        found.append(LOG.channel == part.channel)
    if part.product is not None:
        # The list is kept as JSON text, a product in it as JSON writes it. SQLite's LIKE would fold case.
        listed = cast(LOG.products, Text)
        found.append(func.replace(listed, json.dumps(part.product, ensure_ascii=False), "") != listed)
    return tuple(found)


def _of_requests(part: Slice) -> ColumnElement[bool]:
    """Feedback on a request of this channel or product, whenever it was asked."""
    wide = Slice(date.min, date.max, part.channel, part.product)
    return feedback.c.request_id.in_(select(LOG.request_id).where(*_within(wide)))


def _day(connection: Connection, within: Sequence[ColumnElement[bool]], day: date, counts: Counter[str]) -> Day:
    p50, p95 = _latency(connection, (*within, LOG.day == day), counts.total())
    return Day(day, counts["answer"], counts["clarify"], counts["abstain"], p50, p95)


def _latency(
    connection: Connection, within: Sequence[ColumnElement[bool]], total: int
) -> tuple[float | None, float | None]:
    """The time that half, and 95 %, of the queries took at most: nearest rank, as no database shares another's."""
    if not total:
        return None, None
    ordered = select(LOG.took_ms).where(*within).order_by(LOG.took_ms)
    ranks = (max(0, -(-total * share // 100) - 1) for share in (50, 95))
    p50, p95 = (connection.execute(ordered.offset(rank).limit(1)).scalar_one() for rank in ranks)
    return p50, p95


def _by_channel(connection: Connection, within: Sequence[ColumnElement[bool]]) -> tuple[Decisions, ...]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    counts = select(LOG.channel, LOG.decision, func.count()).where(*within).group_by(LOG.channel, LOG.decision)
    for channel, decision, count in connection.execute(counts):
        found[channel][decision] = count
    return _ordered(found)


def _by_product(connection: Connection, within: Sequence[ColumnElement[bool]]) -> tuple[Decisions, ...]:
    """A query about several products counts for each."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    listed = cast(LOG.products, Text)
    counts = select(listed, LOG.decision, func.count()).where(*within, listed != "[]").group_by(listed, LOG.decision)
    for products, decision, count in connection.execute(counts):
        for product in dict.fromkeys(decoded(products)):
            found[product][decision] += count
    return _ordered(found)[:TOP_PRODUCTS]


def _ordered(found: Mapping[str, Counter[str]]) -> tuple[Decisions, ...]:
    rows = [Decisions(name, **counts) for name, counts in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.total, row.name)))
