"""Counts over the query log, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from knowledge.store import Slice, Store
from knowledge.store.usage import Decisions, Escalations, Outcomes
from tests.knowledge.store.test_queries import AT, feedback, query

ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
BOTH = Slice(FRIDAY, SATURDAY)
DAYS = [
    (day, datetime.combine(day, time.min, ZONE), datetime.combine(day + timedelta(days=1), time.min, ZONE))
    for day in (FRIDAY, SATURDAY)
]


def test_an_empty_log_counts_nothing(store: Store) -> None:
    """No day, no latency."""
    found = store.queries.traffic(BOTH)
    assert (found.days, found.channels, found.products, found.entries) == ((), (), (), ())
    assert (found.p50, found.p95, found.total) == (None, None, 0)
    assert store.queries.escalations(BOTH) == ()
    assert [day.used for day in store.queries.outcomes(BOTH, DAYS)] == [0, 0]


def test_queries_are_counted_by_day_and_decision(store: Store) -> None:
    """Days with any, in their order; days outside are in no count."""
    store.queries.add(
        [
            query(1),
            query(2, decision="clarify"),
            query(3, decision="abstain"),
            query(4, day=SATURDAY),
            query(5, day=date(2026, 11, 22)),
        ]
    )
    found = store.queries.traffic(BOTH)
    assert [(day.day, day.answer, day.clarify, day.abstain) for day in found.days] == [
        (FRIDAY, 1, 1, 1),
        (SATURDAY, 1, 0, 0),
    ]
    assert (found.total, found.counted("answer"), found.counted("abstain")) == (4, 2, 1)


def test_latency_is_by_nearest_rank(store: Store) -> None:
    """Of twenty queries the tenth and the nineteenth; of a single one, itself."""
    store.queries.add([query(n, took_ms=float(n)) for n in range(1, 21)] + [query(30, day=SATURDAY, took_ms=7.0)])
    found = store.queries.traffic(BOTH)
    assert [(day.p50, day.p95) for day in found.days] == [(10.0, 19.0), (7.0, 7.0)]
    assert (found.p50, found.p95) == (10.0, 19.0)


def test_channels_and_products_narrow_every_count(store: Store) -> None:
    """A query counts for each of its products; a product is no part of another's name, and r5 is not R5."""
    store.queries.add(
        [
            query(1, products=("A3", "R5")),
            query(2, products=("A3",), channel="phone", decision="abstain"),
            query(3, products=("A31", '10" 屏')),
            query(4, products=("r5",), channel="email"),
        ]
    )
    found = store.queries.traffic(BOTH)
    assert found.channels == (Decisions("chat", answer=2), Decisions("email", answer=1), Decisions("phone", abstain=1))
    assert {row.name: row.total for row in found.products} == {"A3": 2, "A31": 1, "R5": 1, '10" 屏': 1, "r5": 1}
    assert store.queries.traffic(Slice(FRIDAY, SATURDAY, product="R5")).total == 1
    assert store.queries.traffic(Slice(FRIDAY, SATURDAY, product="A3")).total == 2
    assert store.queries.traffic(Slice(FRIDAY, SATURDAY, product='10" 屏')).total == 1
    assert store.queries.traffic(Slice(FRIDAY, SATURDAY, product="A%")).total == 0
    assert store.queries.traffic(Slice(FRIDAY, SATURDAY, channel="phone")).total == 1


def test_the_entries_answered_with_most_come_first(store: Store) -> None:
    """Of answers only, ties by id."""
    store.queries.add(
        [query(1), query(2), query(3, entry_id="b.x"), query(4, entry_id="a.x"), query(5, "x", decision="clarify")]
    )
    assert store.queries.traffic(BOTH).entries == (("refund.time", 2), ("a.x", 1), ("b.x", 1))


def test_outcomes_are_counted_in_requests_by_day(store: Store) -> None:
    """On the day of the feedback; the same act by agent and customer is one; a channel narrows by the log."""
    store.queries.add([query(1), query(2, channel="phone")])
    store.add_feedback(feedback("r-1"))
    store.add_feedback(feedback("r-1", source="customer"))
    store.add_feedback(feedback("r-2", "edited"))
    store.add_feedback(feedback("r-9", "none_fits", entry_id=None, at=AT + timedelta(days=1)))
    assert store.queries.outcomes(BOTH, DAYS) == (Outcomes(FRIDAY, used=1, edited=1), Outcomes(SATURDAY, none_fits=1))
    phone = Slice(FRIDAY, SATURDAY, channel="phone")
    assert store.queries.outcomes(phone, DAYS) == (Outcomes(FRIDAY, edited=1), Outcomes(SATURDAY))


def test_escalations_say_whether_deadlines_were_kept(store: Store) -> None:
    """By level and target, the gravest first; what no feedback speaks of is neither kept nor missed."""
    offer = {"level": "offer", "target": "logistics"}
    required = {"level": "required", "target": "safety"}
    store.queries.add([query(n, **offer) for n in (1, 2, 3)] + [query(4, **required), query(5)])
    store.add_feedback(feedback("r-1", resolved_in_time=True))
    store.add_feedback(feedback("r-2", resolved_in_time=False))
    store.add_feedback(feedback("r-3"))
    store.add_feedback(feedback("r-5", resolved_in_time=True))
    assert store.queries.escalations(BOTH) == (
        Escalations("required", "safety", 1),
        Escalations("offer", "logistics", 3, kept=1, missed=1),
    )


def test_an_entrys_days(store: Store) -> None:
    """How often it came first, was shown in requests with feedback, and what became of it."""
    store.queries.add([query(1), query(2), query(3, entry_id="b.x"), query(4, day=SATURDAY)])
    store.add_feedback(feedback("r-1", "edited"), ["refund.time", "b.x"])
    store.add_feedback(feedback("r-2", "chosen"), ["refund.time"])
    friday, saturday = store.queries.entry_days("refund.time", DAYS)
    assert (friday.first, friday.shown, friday.used, friday.edited, friday.rejected) == (2, 2, 0, 1, 0)
    assert (saturday.first, saturday.shown) == (1, 0)
