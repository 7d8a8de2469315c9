"""The query log: kept, read once a text, deleted by age and by conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from knowledge.store import FeedbackRecord, QueryRecord, Store
from knowledge.store.queries import conversation_hash, key_of
from knowledge.store.usage import Conversation

AT = datetime(2026, 11, 20, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def query(number: int = 1, text: str = "退款多久到账", **fields: Any) -> QueryRecord:
    """An answered query, `number` minutes after half past nine."""
    base: dict[str, Any] = {
        "at": AT + timedelta(minutes=number),
        "day": date(2026, 11, 20),
        "decision": "answer",
        "entry_id": "refund.time",
        "confidence": 0.9,
        "inside": 0.95,
        "channel": "chat",
        "products": (),
        "audience": None,
        "language": "zh",
        "level": "none",
        "target": None,
        "due_at": None,
        "index_version": "1d9160960ea3",
        "took_ms": 6.5,
        "conversation_id": None,
        "agent_id": None,
        "caller": "api",
    }
    return QueryRecord(f"r-{number}", **({**base, "text": text} | fields))


def feedback(request_id: str, act: Any = "used", **fields: Any) -> FeedbackRecord:
    """Feedback of an agent, a moment after the query's."""
    base: dict[str, Any] = {"entry_id": "refund.time", "source": "agent", "at": AT + timedelta(hours=1)}
    return FeedbackRecord(request_id, act=act, **(base | fields))


def test_a_query_comes_back_as_it_was_kept(store: Store) -> None:
    """Every field, moments as the same instants, what was left out as None."""
    full = query(
        1,
        "😡 快递\n没动",
        products=("A3", "R5"),
        audience="customer",
        level="offer",
        target="logistics",
        due_at=AT + timedelta(days=1),
        conversation_id="c-1",
        agent_id="a-7",
    )
    bare = query(2, "你好", decision="abstain", entry_id=None, confidence=None, inside=None)
    store.queries.add([full, bare])
    assert store.queries.recent(10) == (bare, full)
    assert all(record.at.tzinfo == UTC for record in store.queries.recent(10))


def test_what_was_erased_is_not_written_afterwards(store: Store) -> None:
    """By a worker that still held it; what was asked later in the same conversation is, and so are other ones."""
    store.queries.add([query(1, conversation_id="c-1")])
    assert store.queries.erase_conversation("c-1", "zhao", AT + timedelta(minutes=5)).queries == 1
    held = [query(number, conversation_id="c-1") for number in (2, 5, 6)]
    others = [query(7, conversation_id="c-2"), query(3, conversation_id=None)]
    assert store.queries.add([*held, *others]) == 3
    assert sorted(one.request_id for one in store.queries.recent(10)) == ["r-3"]  # they normalise alike
    assert [one.request_id for one in store.queries.export_conversation("c-1", "zhao", AT).queries] == ["r-6"]
    assert [one.request_id for one in store.queries.export_conversation("c-2", "zhao", AT).queries] == ["r-7"]


def test_what_others_grew_out_of_is_kept_with_its_feedback(store: Store) -> None:
    """And left out without; whether it was asked before or after the rest of what is handed in."""
    store.add_feedback(feedback("r-2", "rejected"))
    told = [query(1, "退"), query(2, "退款"), query(3, "退款几天"), query(4, "快递")]
    assert store.queries.add(told, outgrown=["r-1", "r-2"]) == 3
    assert [one.text for one in store.queries.recent(10)] == ["快递", "退款几天", "退款"]


def test_services_are_told_what_was_erased(store: Store) -> None:
    """By hashes, each once to whoever names the last erasure they saw; the turn that they watch moves on."""
    assert store.queries.erased(0) == (0, frozenset())
    turn = store.identity_turn()
    for conversation_id in ("c-1", "c-2"):
        store.queries.erase_conversation(conversation_id, "zhao", AT)
    assert store.identity_turn() == turn + 2
    last, erased = store.queries.erased(0)
    assert erased == {conversation_hash("c-1"), conversation_hash("c-2")}
    store.queries.export_conversation("c-3", "zhao", AT)
    assert store.queries.erased(last) == (last, frozenset())
    store.queries.erase_conversation("c-1", "zhao", AT)
    again, erased = store.queries.erased(last)
    assert (again > last, erased) == (True, {conversation_hash("c-1")})


def test_nothing_to_add_is_no_error(store: Store) -> None:
    """A batch may be empty."""
    store.queries.add([])
    assert store.queries.recent(10) == ()


def test_texts_that_normalise_alike_come_once(store: Store) -> None:
    """The newest stands for them, and the limit counts what is left."""
    store.queries.add([query(1, "退款多久"), query(2, "Ｒ５ 坏了"), query(3, "退款多久！！！"), query(4, "退款多久！")])
    assert [record.text for record in store.queries.recent(10)] == ["退款多久！", "Ｒ５ 坏了", "退款多久"]
    assert [record.request_id for record in store.queries.recent(1)] == ["r-4"]


def test_a_key_says_nothing_of_its_text() -> None:
    """Alike for texts that normalise alike, and no more than a hash."""
    assert key_of("Ｒ５ 坏了") == key_of("r5 坏了") != key_of("r5 好了")
    assert set(key_of("坏了")) <= set("0123456789abcdef")


def test_likelihoods_are_of_one_index(store: Store) -> None:
    """The newest first, those that were not estimated among them, less those of another index."""
    store.queries.add(
        [query(1, inside=0.1), query(2, inside=None), query(3, inside=0.3), query(4, index_version="000000000000")]
    )
    assert store.queries.likelihoods("1d9160960ea3", 10) == (0.3, None, 0.1)
    assert store.queries.likelihoods("1d9160960ea3", 1) == (0.3,)


def test_old_queries_go_and_old_feedback_loses_what_was_said(store: Store) -> None:
    """Queries from before the moment are deleted; feedback keeps its act and entry only, and newer ones all."""
    store.queries.add([query(1), query(100)])
    for number, at in ((1, AT), (2, AT + timedelta(days=1))):
        told = feedback(f"r-{number}", "edited", at=at, text="您好", query="退款", conversation_id="c", agent_id="a")
        store.add_feedback(told, ["refund.time"])
    removed = store.queries.expire(AT + timedelta(minutes=50))
    assert (removed.queries, removed.feedback) == (1, 1)
    assert [record.request_id for record in store.queries.recent(10)] == ["r-100"]
    (kept,) = store.queries.export_conversation("c", "zhao", AT).feedback
    assert (kept.request_id, kept.text) == ("r-2", "您好")
    counts = store.feedback_counts(AT - timedelta(days=1), AT + timedelta(days=2))
    assert (counts.requests, counts.entries[0].edited) == (2, 2)
    again = store.queries.expire(AT + timedelta(minutes=50))
    assert (again.queries, again.feedback) == (0, 0)


def test_a_conversation_is_exported_whole(store: Store) -> None:
    """Its queries, and the feedback that names it or its requests; nothing of another."""
    store.queries.add([query(1, conversation_id="c-1"), query(2, conversation_id="c-2"), query(3)])
    of_request, by_name = feedback("r-1"), feedback("old", conversation_id="c-1")
    for told in (of_request, by_name, feedback("r-2"), feedback("r-3")):
        store.add_feedback(told)
    found = store.queries.export_conversation("c-1", "zhao", AT)
    assert [record.request_id for record in found.queries] == ["r-1"]
    assert list(found.feedback) == [of_request, by_name]
    assert store.queries.export_conversation("c-9", "zhao", AT) == Conversation((), ())


def test_an_id_of_two_conversations_is_erased_with_its_own(store: Store) -> None:
    """Feedback that names one of them is that one's; what names neither goes with either, and so does what names a
    conversation that the id was never seen in.
    """
    twice = replace(query(2, conversation_id="c-2"), request_id="r-1")
    store.queries.add([query(1, conversation_id="c-1"), twice])
    theirs = feedback("r-1", conversation_id="c-2")
    for told in (theirs, feedback("r-1", "rejected"), feedback("r-1", "edited", conversation_id="c-3")):
        store.add_feedback(told, ["refund.time"])
    removed = store.queries.erase_conversation("c-1", "zhao", AT)
    assert (removed.queries, removed.feedback) == (1, 2)
    left = store.queries.export_conversation("c-2", "zhao", AT)
    assert ([one.request_id for one in left.queries], list(left.feedback)) == (["r-1"], [theirs])
    assert store.feedback_counts(AT, AT + timedelta(days=1)).entries[0].shown == 1


def test_a_conversation_is_erased_whole(store: Store) -> None:
    """Queries, feedback and what was shown; another conversation keeps all of its own."""
    store.queries.add([query(1, conversation_id="c-1"), query(2, conversation_id="c-2")])
    store.add_feedback(feedback("r-1"), ["refund.time"])
    store.add_feedback(feedback("r-2"), ["refund.time"])
    removed = store.queries.erase_conversation("c-1", "zhao", AT)
    assert (removed.queries, removed.feedback) == (1, 1)
    assert store.queries.export_conversation("c-1", "zhao", AT) == Conversation((), ())
    counts = store.feedback_counts(AT, AT + timedelta(days=1))
    assert (counts.requests, counts.entries[0].shown) == (1, 1)
    assert [record.request_id for record in store.queries.recent(10)] == ["r-2"]
