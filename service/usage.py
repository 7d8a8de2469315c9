"""What the log says of a stretch of days, read in one place for the API, the pages and the charts alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from index.confidence import Confidence
from knowledge.store import EntryCounts, FeedbackCounts, Slice, Store
from knowledge.store.traffic import Bounds
from knowledge.store.usage import Decisions, EntryDay, Escalations, Outcomes, Traffic
from service.spreadsheet import Cell

SAMPLE = 2_000  # queries the share without an entry is read off
FEWEST = 100  # below which it is not said
LONGEST = 366  # days looked at at once

Table = tuple[tuple[str, ...], list[tuple[Cell, ...]]]


@dataclass(frozen=True)
class Scope:
    """The share of queries that no entry was meant by (0..1, None where too few are known), and what is assumed.

    `queries` counts those it was read off, the last that this index answered.
    """

    queries: int
    estimated: float | None
    assumed: float


@dataclass(frozen=True)
class Usage:
    """Everything counted of a slice."""

    traffic: Traffic
    outcomes: tuple[Outcomes, ...]
    escalations: tuple[Escalations, ...]
    entries: FeedbackCounts


def bounds(since: date, until: date, zone: ZoneInfo) -> Bounds:
    """Each day with its first moment and the next day's, on the desk's clock."""
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    return [(day, midnight(day, zone), midnight(day + timedelta(days=1), zone)) for day in days]


def usage(store: Store, part: Slice, days: Bounds) -> Usage:
    """All counts of a slice."""
    return Usage(
        store.queries.traffic(part),
        store.queries.outcomes(part, days),
        store.queries.escalations(part),
        store.feedback_counts(days[0][1], days[-1][2]),
    )


def scope_of(inside: Sequence[float | None], confidence: Confidence, assumed: float) -> Scope:
    """The share without an entry among the last queries, by how likely each was to mean any.

    Those that were a stored phrasing were not estimated: they are inside for certain.
    """
    if len(inside) < FEWEST:
        return Scope(len(inside), None, assumed)
    known = np.array([one for one in inside if one is not None], float)
    share = confidence.share_of(known) * len(known) / len(inside) if len(known) else 0.0
    return Scope(len(inside), round(share, 4), assumed)


def scope(store: Store, version: str, confidence: Confidence, assumed: float) -> Scope:
    """The same of the last queries that an index answered."""
    return scope_of(store.queries.likelihoods(version, SAMPLE), confidence, assumed)


def tables(used: Usage, titles: dict[str, str]) -> dict[str, Table]:
    """Every table of the insights by its name, as rows."""
    traffic, counts = used.traffic, {entry.entry_id: entry for entry in used.entries.entries}
    first = dict(traffic.entries)
    return {
        "traffic": (
            ("day", "queries", "answered", "clarified", "abstained", "p50_ms", "p95_ms"),
            [(str(d.day), d.total, d.answer, d.clarify, d.abstain, d.p50, d.p95) for d in traffic.days],
        ),
        "channels": _decisions("channel", traffic.channels),
        "products": _decisions("product", traffic.products),
        "outcomes": (
            ("day", "used", "edited", "rejected", "chosen", "none_fits"),
            [(str(d.day), d.used, d.edited, d.rejected, d.chosen, d.none_fits) for d in used.outcomes],
        ),
        "escalations": (
            ("level", "target", "queries", "kept", "missed"),
            [(one.level, one.target, one.count, one.kept, one.missed) for one in used.escalations],
        ),
        "entries": (
            ("entry_id", "title", "first", "shown", "used", "edited", "rejected", "chosen"),
            [_entry(name, titles.get(name), first.get(name, 0), counts.get(name)) for name in first | counts],
        ),
    }


def entry_table(days: Iterable[EntryDay]) -> Table:
    """One entry's days as rows."""
    header = ("day", "first", "shown", "used", "edited", "rejected")
    return header, [(str(d.day), d.first, d.shown, d.used, d.edited, d.rejected) for d in days]


def _decisions(name: str, rows: Iterable[Decisions]) -> Table:
    header = (name, "queries", "answered", "clarified", "abstained")
    return header, [(row.name, row.total, row.answer, row.clarify, row.abstain) for row in rows]


def _entry(entry_id: str, title: str | None, first: int, counts: EntryCounts | None) -> tuple[Cell, ...]:
    counts = counts or EntryCounts(entry_id)
    return entry_id, title, first, counts.shown, counts.used, counts.edited, counts.rejected, counts.chosen


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment a day begins at the desk."""
    return datetime.combine(day, time.min, zone)
