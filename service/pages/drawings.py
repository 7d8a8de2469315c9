"""What each chart of the insights reads of the log, and what it shows of that: counts and words in, a drawing out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, TypeVar

from knowledge.store.querying import Queries
from knowledge.store.traffic import Bounds
from knowledge.store.usage import EntryDay, Escalations, Outcomes, Slice, Traffic
from service.pages.charts import Drawing, Series

Words = Mapping[str, str]
BARS = 8  # names in a chart of names
DECISIONS = (("answer", "ok"), ("clarify", "warn"), ("abstain", "stop"))
Counts = TypeVar("Counts")
OUTCOMES = (("used", "ok"), ("edited", "warn"), ("rejected", "stop"))


@dataclass(frozen=True)
class Chart(Generic[Counts]):
    """What it needs of the log, and nothing else of it; and the drawing of that, by its days, words and names."""

    read: Callable[[Queries, Slice, Bounds], Counts]
    draw: Callable[[Counts, Sequence[date], Words, Words], Drawing]


def traffic(found: Traffic, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """Queries a day by decision."""
    return _decisions(found, days, words, DECISIONS)


def unanswered(found: Traffic, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """Those that were not answered, a day."""
    return _decisions(found, days, words, DECISIONS[1:])


def outcomes(found: Sequence[Outcomes], days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """What became of what was shown, a day."""
    rows = [Series(words[name], [getattr(day, name) for day in found], colour) for name, colour in OUTCOMES]
    return Drawing("stacked", _short(days), rows, words["nothing"])


def latency(found: Traffic, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """The time half, and 95 %, took at most, a day."""
    known = {day.day: day for day in found.days}
    rows = [
        Series(words[word], [getattr(known.get(day), name, None) for day in days], colour)
        for word, name, colour in (("half", "p50", "accent"), ("most", "p95", "warn"))
    ]
    return Drawing("lines", _short(days), rows, words["nothing"], f" {words['ms']}")


def escalations(found: Sequence[Escalations], days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """Escalations by whom they go to; `titles` name the targets."""
    shown = found[:BARS]
    names = [f"{words[one.level]} · {titles.get(one.target or '', one.target or words['nobody'])}" for one in shown]
    return Drawing("bars", names, [Series(words["queries"], [one.count for one in shown], "accent")], words["nothing"])


def entries(found: Traffic, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """The entries that came first most often; `titles` name the entries."""
    shown = found.entries[:BARS]
    names = [titles.get(entry_id, entry_id) for entry_id, _ in shown]
    return Drawing("bars", names, [Series(words["first"], [count for _, count in shown], "accent")], words["nothing"])


def entry(days: Sequence[EntryDay], words: Words) -> Drawing:
    """One entry's days."""
    rows = [
        Series(words[name], [getattr(day, name) for day in days], colour)
        for name, colour in (("shown", "accent"), *OUTCOMES)
    ]
    return Drawing("lines", _short([day.day for day in days]), rows, words["nothing"])


def _traffic(log: Queries, part: Slice, _: Bounds) -> Traffic:
    return log.traffic(part)


def _escalations(log: Queries, part: Slice, _: Bounds) -> tuple[Escalations, ...]:
    return log.escalations(part)


CHARTS: Final[Mapping[str, Chart[Any]]] = {
    "traffic": Chart(_traffic, traffic),
    "unanswered": Chart(_traffic, unanswered),
    "outcomes": Chart(Queries.outcomes, outcomes),
    "escalations": Chart(_escalations, escalations),
    "entries": Chart(_traffic, entries),
    "latency": Chart(_traffic, latency),
}


def _decisions(found: Traffic, days: Sequence[date], words: Words, which: Sequence[tuple[str, str]]) -> Drawing:
    known = {day.day: day for day in found.days}
    rows = [Series(words[name], [getattr(known.get(day), name, 0) for day in days], colour) for name, colour in which]
    return Drawing("stacked", _short(days), rows, words["nothing"])


def _short(days: Sequence[date]) -> list[str]:
    return [f"{day:%m-%d}" for day in days]
