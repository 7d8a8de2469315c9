"""Days, tables and the share of queries without an entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from knowledge.store import EntryCounts, FeedbackCounts
from knowledge.store.usage import EntryDay, Traffic
from service.usage import FEWEST, Usage, bounds, entry_table, scope_of, tables
from tests.service.shop import state_of

BERLIN = ZoneInfo("Europe/Berlin")


def test_days_begin_at_the_desks_midnight() -> None:
    """Each ends where the next begins; one of summer time's end has 25 hours."""
    days = bounds(date(2026, 10, 24), date(2026, 10, 26), BERLIN)
    assert [day for day, _, _ in days] == [date(2026, 10, n) for n in (24, 25, 26)]
    assert days[0][1] == datetime(2026, 10, 24, tzinfo=BERLIN)
    assert [end.timestamp() - start.timestamp() for _, start, end in days] == [86400, 90000, 86400]


def test_an_entrys_table_has_a_line_a_day() -> None:
    """Under the names of the columns."""
    header, rows = entry_table([EntryDay(date(2026, 11, 20), first=3, shown=2, used=1)])
    assert dict(zip(header, rows[0], strict=True)) == {
        "day": "2026-11-20",
        "first": 3,
        "shown": 2,
        "used": 1,
        "edited": 0,
        "rejected": 0,
    }


def test_thousands_of_entries_are_looked_up_once_each() -> None:
    """Those that came first in that order, then those that were only shown; no pass over all of them for each."""
    read = [0]

    class First(tuple[tuple[str, int], ...]):
        def __iter__(self) -> Iterator[tuple[str, int]]:
            read[0] += 1
            return super().__iter__()

    entries = First((f"a.{n}", n) for n in range(3000, 0, -1))
    found = Traffic((), (), (), entries, None, None)
    counts = FeedbackCounts(2, 0, (EntryCounts("b.x", shown=2), EntryCounts("a.3000", shown=1)))
    _, rows = tables(Usage(found, (), (), counts), {"a.3000": "退款"})["entries"]
    assert [row[:4] for row in (rows[0], rows[1], rows[-1])] == [
        ("a.3000", "退款", 3000, 1),
        ("a.2999", None, 2999, 0),
        ("b.x", None, 0, 2),
    ]
    assert (len(rows), read[0]) == (3001, 1)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_the_share_is_that_of_queries_known_for_certain(client: TestClient, share: float) -> None:
    """Whatever the policy assumes."""
    confidence = state_of(client).live.retriever.contents.confidence
    outside = round(share * 200)
    found = scope_of([1e-6] * outside + [1 - 1e-6] * (200 - outside), confidence, 0.2)
    assert found.estimated == pytest.approx(share, abs=0.01)
    assert (found.queries, found.assumed) == (200, 0.2)


def test_stored_phrasings_are_inside(client: TestClient) -> None:
    """They were not estimated, and count."""
    confidence = state_of(client).live.retriever.contents.confidence
    assert scope_of([1e-6] * 100 + [None] * 100, confidence, 0.2).estimated == pytest.approx(0.5, abs=0.01)
    assert scope_of([None] * 200, confidence, 0.2).estimated == 0.0


def test_few_queries_say_nothing(client: TestClient) -> None:
    """Their number is said, and the share is not."""
    confidence = state_of(client).live.retriever.contents.confidence
    assert scope_of([0.5] * (FEWEST - 1), confidence, 0.2).estimated is None
