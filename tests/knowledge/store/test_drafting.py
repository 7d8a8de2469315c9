"""Drafts that follow from what is there: one transaction, however many they are."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge.errors import NotFound, StateError
from knowledge.model import Entry
from knowledge.store import InboxItem, Store
from knowledge.store.inbox import PATIENCE
from tests.knowledge.sample import entry
from tests.knowledge.store.test_inbox import SINCE, items
from tests.knowledge.store.test_queries import AT, query

ID = "refund.time"
HELD = 0.3  # seconds that somebody is given to do what they must not be able to do


def grown(base: Entry, text: str) -> Entry:
    """With one variant more."""
    return base.model_copy(update={"variants": (*base.variants, text)})


def waiting(store: Store, *texts: str) -> tuple[InboxItem, ...]:
    """Queries that need an editor, as an editor has read them."""
    store.queries.add([query(number, text, decision="abstain") for number, text in enumerate(texts)])
    return store.queries.inbox(SINCE, 100)


def test_drafts_and_what_leaves_the_inbox_are_one_act(store: Store) -> None:
    """Each has its version and its line of audit; the queries are marked with the draft that came of them."""
    store.save(entry(), "han", "", AT)
    (item,) = waiting(store, "能刻字吗")
    with store.drafting("li", AT) as drafts:
        drafts.undecided([item])
        assert drafts.add(grown(drafts.newest(ID), "能刻字吗"), "一种说法") == 2
        assert drafts.begin(entry("gift.engraving"), "新的") == 1
        drafts.accepted("query", [item.key], ID, 2)
    assert store.history(ID)[-1].entry.variants == (*entry().variants, "能刻字吗")
    lines = [(line.act, line.who, line.entry_id, line.version, line.comment) for line in store.audit()]
    assert lines[1:] == [("save", "li", ID, 2, "一种说法"), ("save", "li", "gift.engraving", 1, "新的")]
    mark = store.queries.inbox_marks("query")[item.key]
    assert (mark.act, mark.who, mark.at, mark.entry_id, mark.version) == ("accepted", "li", AT, ID, 2)


def test_what_raises_leaves_nothing(store: Store) -> None:
    """No draft, no line of audit, no mark, whatever was written before; and the next act finds nothing locked."""
    store.save(entry(), "han", "", AT)
    (item,) = waiting(store, "能刻字吗")

    def act() -> None:
        with store.drafting("li", AT) as drafts:
            drafts.add(grown(drafts.newest(ID), "能刻字吗"), "")
            drafts.begin(entry("gift.engraving"), "")
            drafts.accepted("query", [item.key], ID, 2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert (len(store.history(ID)), len(store.audit()), items(store)) == (1, 1, {"能刻字吗": 1})
    with pytest.raises(NotFound):
        store.history("gift.engraving")
    assert store.save(entry(), "han", "", AT) == 2


def test_nobody_saves_between_what_is_read_and_what_is_written(store: Store) -> None:
    """Whoever comes meanwhile waits, and begins from what the first has made of it."""
    store.save(entry(), "han", "", AT)
    first_has_read, second_has_read = threading.Event(), threading.Event()

    def first() -> None:
        with store.drafting("li", AT) as drafts:
            base = drafts.newest(ID)
            first_has_read.set()
            assert not second_has_read.wait(HELD)
            drafts.add(grown(base, "甲"), "")

    def second() -> None:
        assert first_has_read.wait(30)
        with store.drafting("wang", AT) as drafts:
            base = drafts.newest(ID)
            second_has_read.set()
            drafts.add(grown(base, "乙"), "")

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(first), threads.submit(second)]:
            done.result()
    assert [record.author for record in store.history(ID)] == ["han", "li", "wang"]
    assert store.history(ID)[-1].entry.variants == (*entry().variants, "甲", "乙")


def test_a_new_entry_is_begun_where_none_is(store: Store) -> None:
    """Never over one that is there, be it a draft, live or retired."""
    store.save(entry(), "han", "", AT)
    with (
        pytest.raises(StateError, match=r"entry refund\.time exists, at version 1"),
        store.drafting("li", AT) as drafts,
    ):
        drafts.begin(entry(), "")


def test_a_change_begins_from_what_is_in_use_or_to_be(store: Store) -> None:
    """The newest version, not the live one; a retired entry takes none, nor does one that is not there."""
    store.save(entry(), "han", "", AT)
    store.submit(ID, 1, "han", AT)
    store.approve(ID, 1, "wang", AT)
    store.save(entry(text="二"), "han", "", AT)
    with store.drafting("li", AT) as drafts:
        assert drafts.newest(ID) == entry(text="二")
        with pytest.raises(NotFound, match=r"entry gone\.entry does not exist"):
            drafts.newest("gone.entry")
    store.submit(ID, 2, "han", AT)
    store.approve(ID, 2, "wang", AT)
    store.retire(ID, "zhao", "停用", AT)
    with pytest.raises(StateError, match=r"refund\.time was retired by zhao"), store.drafting("li", AT) as drafts:
        drafts.newest(ID)


def test_queries_are_decided_on_once(store: Store) -> None:
    """Whoever has read them before somebody decided is told how many are gone, in a draft as in dismissing."""
    read = waiting(store, "能刻字吗", "学生有折扣吗")
    with store.drafting("li", AT) as drafts:
        drafts.undecided(read)
        drafts.accepted("query", [read[0].key], ID, 1)
    told = f"1 of 2 queries are no longer in the inbox, the first is {read[0].key}"
    with pytest.raises(StateError, match=told), store.drafting("wang", AT) as drafts:
        drafts.undecided(read)
    with pytest.raises(StateError, match=told):
        store.queries.mark_inbox([], read)


def test_a_query_that_came_back_can_be_decided_on_again(store: Store) -> None:
    """It was accepted, and a month later it is still asked."""
    (read,) = waiting(store, "能刻字吗")
    with store.drafting("li", read.last_seen - PATIENCE) as drafts:
        drafts.accepted("query", [read.key], ID, 1)
        drafts.undecided([read])


def test_an_act_has_somebody_who_acts(store: Store) -> None:
    """As every other."""
    with pytest.raises(StateError, match="an act without a name"), store.drafting(" ", AT):
        pass
