"""Days, tables and the share of queries without an entry."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from knowledge.store.usage import EntryDay
from service.usage import FEWEST, bounds, entry_table, scope_of
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
