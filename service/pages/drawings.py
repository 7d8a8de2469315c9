"""What each chart of the insights shows: counts and words in, a drawing out. No request, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from knowledge.store.usage import EntryDay
from service.pages.charts import Drawing, Series
from service.usage import Usage

Words = Mapping[str, str]
BARS = 8  # names in a chart of names
DECISIONS = (("answer", "ok"), ("clarify", "warn"), ("abstain", "stop"))
OUTCOMES = (("used", "ok"), ("edited", "warn"), ("rejected", "stop"))


def traffic(used: Usage, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """Queries a day by decision."""
    return _decisions(used, days, words, DECISIONS)


def unanswered(used: Usage, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """Those that were not answered, a day."""
    return _decisions(used, days, words, DECISIONS[1:])


def outcomes(used: Usage, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """What became of what was shown, a day."""
    rows = [Series(words[name], [getattr(day, name) for day in used.outcomes], colour) for name, colour in OUTCOMES]
    return Drawing("stacked", _short(days), rows, words["nothing"])


def latency(used: Usage, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """The time half, and 95 %, took at most, a day."""
    known = {day.day: day for day in used.traffic.days}
    rows = [
        Series(words[word], [getattr(known.get(day), name, None) for day in days], colour)
        for word, name, colour in (("half", "p50", "accent"), ("most", "p95", "warn"))
    ]
    return Drawing("lines", _short(days), rows, words["nothing"], f" {words['ms']}")


def escalations(used: Usage, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """Escalations by whom they go to; `titles` name the targets."""
    shown = used.escalations[:BARS]
    names = [f"{words[one.level]} · {titles.get(one.target or '', one.target or words['nobody'])}" for one in shown]
    return Drawing("bars", names, [Series(words["queries"], [one.count for one in shown], "accent")], words["nothing"])


def entries(used: Usage, days: Sequence[date], words: Words, titles: Words) -> Drawing:
    """The entries that came first most often; `titles` name the entries."""
    shown = used.traffic.entries[:BARS]
    names = [titles.get(entry_id, entry_id) for entry_id, _ in shown]
    return Drawing("bars", names, [Series(words["first"], [count for _, count in shown], "accent")], words["nothing"])


def entry(days: Sequence[EntryDay], words: Words) -> Drawing:
    """One entry's days."""
    rows = [
        Series(words[name], [getattr(day, name) for day in days], colour)
        for name, colour in (("shown", "accent"), *OUTCOMES)
    ]
    return Drawing("lines", _short([day.day for day in days]), rows, words["nothing"])


CHARTS: Final[Mapping[str, Callable[[Usage, Sequence[date], Words, Words], Drawing]]] = {
    "traffic": traffic,
    "unanswered": unanswered,
    "outcomes": outcomes,
    "escalations": escalations,
    "entries": entries,
    "latency": latency,
}


def _decisions(used: Usage, days: Sequence[date], words: Words, which: Sequence[tuple[str, str]]) -> Drawing:
    known = {day.day: day for day in used.traffic.days}
    rows = [Series(words[name], [getattr(known.get(day), name, 0) for day in days], colour) for name, colour in which]
    return Drawing("stacked", _short(days), rows, words["nothing"])


def _short(days: Sequence[date]) -> list[str]:
    return [f"{day:%m-%d}" for day in days]
