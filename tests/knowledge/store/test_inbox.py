"""The inbox's items: which queries need an editor, and how decisions settle them."""

from __future__ import annotations

from datetime import timedelta

from knowledge.store import Mark, Store
from knowledge.store.inbox import PATIENCE
from knowledge.store.queries import key_of
from tests.knowledge.store.test_queries import AT, feedback, query

SINCE = AT - timedelta(days=1)


def items(store: Store, limit: int = 100) -> dict[str, int]:
    """Text → count."""
    return {item.text: item.count for item in store.queries.inbox(SINCE, limit)}


def test_what_was_not_answered_needs_an_editor(store: Store) -> None:
    """Abstained and clarified, alike texts as one, the last seen first; answers do not."""
    store.queries.add(
        [
            query(1, "能刻字吗", decision="abstain"),
            query(2, "能刻字吗？？", decision="clarify"),
            query(3, "有教育优惠吗", decision="abstain"),
            query(4, "退款多久"),
            query(5, "能刻字吗??", decision="abstain"),
        ]
    )
    assert list(items(store).items()) == [("能刻字吗??", 2), ("有教育优惠吗", 1), ("能刻字吗", 1)]
    first = store.queries.inbox(SINCE, 100)[0]
    assert first.decisions == {"abstain": 1, "clarify": 1}
    assert first.last_seen == AT + timedelta(minutes=5)
    assert list(items(store, 1)) == ["能刻字吗??"]


def test_what_people_did_not_take_needs_an_editor(store: Store) -> None:
    """Rejected and edited answers with the text they became; used ones do not, and each request counts once."""
    store.queries.add([query(1, "几天到"), query(2, "何时到"), query(3, "退款呢")])
    store.add_feedback(feedback("r-1", "edited", text="三天内到您卡上"))
    store.add_feedback(feedback("r-1", "rejected", source="customer"))
    store.add_feedback(feedback("r-2", "rejected"))
    store.add_feedback(feedback("r-3", "used"))
    assert items(store) == {"几天到": 1, "何时到": 1}
    edited = next(item for item in store.queries.inbox(SINCE, 9) if item.text == "几天到")
    assert edited.edits == (("refund.time", "三天内到您卡上"),)
    assert edited.acts == {"edited": 1, "rejected": 1}


def test_feedback_brings_queries_that_the_log_does_not_hold(store: Store) -> None:
    """The log may be off; where feedback has no text either there is nothing to show."""
    store.add_feedback(feedback("r-1", "none_fits", entry_id=None, query="能刻字吗"))
    store.add_feedback(feedback("r-2", "rejected"))
    assert items(store) == {"能刻字吗": 1}


def test_what_people_meant_is_kept_with_the_query(store: Store) -> None:
    """An option that was chosen, or an entry used although it was not the answer."""
    store.queries.add([query(1, "多久", decision="clarify"), query(2, "多久", decision="abstain"), query(3, "多久")])
    store.add_feedback(feedback("r-1", "chosen", entry_id="a.x"))
    store.add_feedback(feedback("r-2", "used", entry_id="b.x"))
    store.add_feedback(feedback("r-3", "used", entry_id="c.x"))
    (item,) = store.queries.inbox(SINCE, 9)
    assert (item.count, item.meant) == (2, {"a.x": 1, "b.x": 1})


def test_a_dismissed_query_never_comes_back(store: Store) -> None:
    """However often it is asked again, unless the decision is taken back."""
    store.queries.add([query(1, "能刻字吗", decision="abstain")])
    key = key_of("能刻字吗")
    store.queries.mark_inbox([Mark("query", key, "dismissed", "li", AT)])
    store.queries.add([query(60 * 24 * 60, "能刻字吗", decision="abstain")])
    assert items(store) == {}
    assert store.queries.unmark_inbox("query", [key]) == 1
    assert items(store) == {"能刻字吗": 2}


def test_an_accepted_query_comes_back_where_it_goes_unanswered(store: Store) -> None:
    """It has a month to be approved; a later decision replaces the earlier."""
    key = key_of("能刻字吗")
    store.queries.add([query(1, "能刻字吗", decision="abstain")])
    store.queries.mark_inbox([Mark("query", key, "dismissed", "li", AT)])
    store.queries.mark_inbox([Mark("query", key, "accepted", "li", AT, "gift.engraving", 2)])
    assert items(store) == {}
    assert store.queries.inbox_marks("query")[key].version == 2
    store.queries.add([query(int(PATIENCE.total_seconds() // 60) + 1, "能刻字吗", decision="abstain")])
    assert items(store) == {"能刻字吗": 2}


def test_what_was_decided_takes_nobodys_place(store: Store) -> None:
    """However many newer queries were dismissed or accepted, as many others as were asked for are listed."""
    store.queries.add([query(number, f"老问题{number}", decision="abstain") for number in range(3)])
    for number in range(20):
        text = f"新问题{number}"
        store.queries.add([query(100 + number, text, decision="abstain")])
        store.queries.mark_inbox([Mark("query", key_of(text), "accepted" if number % 2 else "dismissed", "li", AT)])
    assert list(items(store, 2)) == ["老问题2", "老问题1"]


def test_what_is_older_is_left_out(store: Store) -> None:
    """Queries and feedback from before the moment asked for."""
    store.queries.add([query(-3 * 24 * 60, "能刻字吗", decision="abstain")])
    store.add_feedback(feedback("r-9", "rejected", query="旧的", at=AT - timedelta(days=3)))
    assert items(store) == {}
