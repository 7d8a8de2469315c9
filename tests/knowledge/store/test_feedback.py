"""Feedback: kept once, counted by request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from knowledge.errors import DatabaseError
from knowledge.store import EntryCounts, FeedbackCounts, FeedbackRecord, Store

AT = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=8)))
DAY = AT - timedelta(hours=1), AT + timedelta(hours=23)


def record(request_id: str = "r-1", **fields: Any) -> FeedbackRecord:
    """The agent used the entry on refunds."""
    base: dict[str, Any] = {"entry_id": "refund.time", "act": "used", "source": "agent", "at": AT}
    return FeedbackRecord(request_id, **(base | fields))


def test_a_record_comes_back_as_it_was_kept(store: Store) -> None:
    """Every field, the moment as the same instant, and what was left out as None."""
    full = record(
        act="edited",
        text="您好，退款 [number] 已提交 😡",
        query="退款\n多久",
        decision="answer",
        index_version="1d91",
        conversation_id="c-1",
        agent_id="a-7",
        escalated=False,
        resolved_in_time=True,
    )
    bare = record("r-2", entry_id=None, act="none_fits", source="customer")
    for given in (full, bare):
        assert store.add_feedback(given) == (given, True)
        kept, new = store.add_feedback(given)
        assert (kept, new, kept.at.tzinfo) == (given, False, UTC)


def test_the_first_record_of_an_act_stands(store: Store) -> None:
    """The same request, entry, act and source again gives the first record, whatever else it says."""
    first = record(text="一", act="edited")
    store.add_feedback(first, ["refund.time"])
    again = replace(first, text="二", at=AT + timedelta(days=1), agent_id="other")
    assert store.add_feedback(again, ["ship.fee"]) == (first, False)
    assert [entry.entry_id for entry in store.feedback_counts(*DAY).entries] == ["refund.time"]


@pytest.mark.parametrize(
    "change",
    [{"request_id": "r-2"}, {"entry_id": "ship.fee"}, {"entry_id": None}, {"act": "edited"}, {"source": "customer"}],
)
def test_another_act_is_another_record(store: Store, change: dict[str, Any]) -> None:
    """Each part of what makes an act the same counts."""
    store.add_feedback(record())
    assert store.add_feedback(replace(record(), **change))[1] is True


def test_an_act_about_no_entry_is_kept_once_too(store: Store) -> None:
    """Databases hold two nulls for different; the same act is not."""
    nothing = record(entry_id=None, act="none_fits")
    assert [store.add_feedback(nothing)[1] for _ in range(3)] == [True, False, False]
    assert store.feedback_counts(*DAY) == FeedbackCounts(1, 1, ())


def test_counts_are_of_requests(store: Store) -> None:
    """Worked out by hand: shown once a request however much is said of it, an act once though two report it."""
    shown = ["refund.time", "ship.fee", "refund.time"]
    store.add_feedback(record(), shown)
    store.add_feedback(record(source="customer"), shown)
    store.add_feedback(record(act="edited"), shown)
    store.add_feedback(record("r-2", act="rejected"), ["refund.time"])
    store.add_feedback(record("r-3", act="chosen", entry_id="ship.fee"), ["a.first", "ship.fee"])
    store.add_feedback(record("r-4", act="none_fits", entry_id=None), ["a.first", "ship.fee"])
    store.add_feedback(record("r-5", entry_id="gone.entry"))
    assert store.feedback_counts(*DAY) == FeedbackCounts(
        requests=5,
        none_fits=1,
        entries=(
            EntryCounts("ship.fee", shown=3, chosen=1),
            EntryCounts("a.first", shown=2),
            EntryCounts("refund.time", shown=2, used=1, edited=1, rejected=1),
            EntryCounts("gone.entry", used=1),
        ),
    )


def test_counts_are_of_their_time(store: Store) -> None:
    """From the first moment on and before the second."""
    store.add_feedback(record(), ["refund.time"])
    for since, until, count in (
        (AT, AT + timedelta(seconds=1), 1),
        (AT - timedelta(seconds=1), AT, 0),
        (AT + timedelta(seconds=1), AT + timedelta(days=9), 0),
    ):
        counts = store.feedback_counts(since, until)
        assert (counts.requests, len(counts.entries)) == (count, count)


def test_of_the_same_act_at_once_one_is_kept(store: Store, url: str) -> None:
    """Two consoles, or one that tries again, race: every caller gets the one that was kept."""
    with Store.open(url) as other, ThreadPoolExecutor(4) as threads:
        outcomes = list(
            threads.map(
                lambda n: (store, other)[n % 2].add_feedback(record(agent_id=f"a-{n}"), ["refund.time"]), range(20)
            )
        )
    assert [new for _, new in outcomes].count(True) == 1
    assert len({kept for kept, _ in outcomes}) == 1


@pytest.mark.parametrize("change", [{"act": "liked"}, {"source": "boss"}])
def test_what_the_tables_do_not_know_is_refused(store: Store, change: dict[str, Any]) -> None:
    """Whatever the code above lets through."""
    with pytest.raises(DatabaseError):
        store.add_feedback(replace(record(), **change))
    assert store.feedback_counts(*DAY) == FeedbackCounts(0, 0, ())
