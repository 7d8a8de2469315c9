"""The inbox: themes that do not depend on order, proposals, and what is taken off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from knowledge.errors import StateError
from knowledge.store import InboxItem, Mark, Store
from knowledge.store.queries import key_of
from service import inbox as module
from service.inbox import Inbox, Proposal, StillGrouping, Theme
from service.storage import Storage
from tests.knowledge.store.test_queries import feedback, query
from tests.service.asking import REFUND
from tests.service.shop import FILTER, FRIDAY, pack, state_of

ENGRAVING = ("能刻字吗", "可以刻字吗", "能刻字吗亲")
SCHOOL = ("学生有折扣吗", "学生折扣有吗")


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A database that holds the shop, and seven queries that were not answered."""
    storage = Storage(f"sqlite:///{tmp_path / 'knowledge.db'}")
    storage.call(lambda store: store.import_pack(pack(), "li", "wang", "", FRIDAY))
    texts = (*ENGRAVING, *SCHOOL, "能刻字吗", REFUND)
    records = [query(n, text, decision="abstain", at=FRIDAY) for n, text in enumerate(texts)]
    storage.call(lambda store: store.queries.add(records))
    yield storage
    storage.close()


@pytest.fixture
def inbox(client: TestClient, storage: Storage) -> Inbox:
    """The inbox over it, with the shop's live index."""
    return Inbox(lambda: state_of(client).live.retriever, storage, lambda: FRIDAY)


def themes(inbox: Inbox, storage: Storage) -> tuple[Theme, ...]:
    """What an editor sees."""
    return inbox.themes(storage.call(inbox.items))


def keys(*texts: str) -> list[str]:
    """The queries' keys."""
    return [key_of(text) for text in texts]


def test_queries_that_ask_the_same_are_a_theme(inbox: Inbox, storage: Storage) -> None:
    """The most asked first, led by its most typical; counts are of requests."""
    first, *others = themes(inbox, storage)
    assert {item.text for item in first.items} == set(ENGRAVING)
    assert (first.lead.text, first.count, dict(first.decisions)) == ("能刻字吗", 4, {"abstain": 4})
    assert first.items[0].text == "能刻字吗"
    assert {frozenset(item.text for item in theme.items) for theme in others} == {
        frozenset(SCHOOL),
        frozenset([REFUND]),
    }


def test_themes_do_not_depend_on_the_order_of_asking(inbox: Inbox, storage: Storage, client: TestClient) -> None:
    """The same items in another order, by another inbox, give the same themes under the same ids."""
    items = storage.call(inbox.items)
    other = Inbox(lambda: state_of(client).live.retriever, storage, lambda: FRIDAY)
    assert other.themes(tuple(reversed(items))) == inbox.themes(items)


def test_each_query_is_embedded_once(inbox: Inbox, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking again costs nothing, and one query more costs one."""
    embedded: list[str] = []
    retriever = inbox._retriever()
    real = retriever.embed

    def embed(texts: list[str]) -> object:
        embedded.extend(texts)
        return real(texts)

    monkeypatch.setattr(retriever, "embed", embed)
    themes(inbox, storage)
    themes(inbox, storage)
    assert len(embedded) == 6
    storage.call(lambda store: store.queries.add([query(9, "有教育优惠吗", decision="abstain", at=FRIDAY)]))
    themes(inbox, storage)
    assert embedded[6:] == ["有教育优惠吗"]


def test_an_editor_does_not_wait_for_many_new_ones(
    inbox: Inbox, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are told so, the thread reads them at once, and then they are there."""
    monkeypatch.setattr(module, "EAGER", 2)
    inbox.start()
    with pytest.raises(StillGrouping, match="6 of 6 queries are still being read"):
        themes(inbox, storage)
    for _ in range(500):
        if len(inbox._vectors) == 6:
            break
        inbox._thread.join(0.01)
    assert len(themes(inbox, storage)) == 3
    inbox.stop()


def test_a_theme_is_proposed_the_entry_it_may_belong_to(inbox: Inbox, storage: Storage) -> None:
    """The index's own where it thinks that any is meant, with its confidence; else a new one."""
    found = {theme.lead.text: inbox.proposal(theme) for theme in themes(inbox, storage)}
    refund = found[REFUND]
    assert refund is not None
    assert (refund.entry_id, refund.title, refund.confidence, refund.said) == ("refund.time", "退款多久到账", 1.0, 0)
    assert refund.exact
    assert found["能刻字吗"] is None


def test_what_people_chose_is_proposed_first(inbox: Inbox, storage: Storage) -> None:
    """However sure the index is of another; an entry that is not live is no proposal."""
    chosen = [(0, FILTER.id), (1, "gone.entry"), (2, "gone.entry")]
    told = [feedback(f"r-{number}", "chosen", entry_id=entry_id, at=FRIDAY) for number, entry_id in chosen]
    storage.call(lambda store: [store.add_feedback(one) for one in told])
    engraving = next(theme for theme in themes(inbox, storage) if theme.lead.text == "能刻字吗")
    proposal = inbox.proposal(engraving)
    assert proposal is not None
    assert (proposal.entry_id, proposal.said, proposal.exact) == (FILTER.id, 1, False)


def test_a_dismissed_query_is_gone(inbox: Inbox, storage: Storage) -> None:
    """For every theme, and remembered by the database alone."""
    storage.call(lambda store: inbox.dismiss(store, keys(*ENGRAVING), "li"))
    assert {theme.lead.text for theme in themes(inbox, storage)} & set(ENGRAVING) == set()


def test_what_somebody_decided_on_is_no_longer_chosen(inbox: Inbox, storage: Storage) -> None:
    """The second is told how many are gone; each query is chosen once, however often it is named."""
    mark = Mark("query", key_of("能刻字吗"), "dismissed", "han", FRIDAY)
    storage.call(lambda store: store.queries.mark_inbox([mark]))
    with pytest.raises(StateError, match="1 of 3 queries are no longer in the inbox"):
        storage.call(lambda store: inbox.chosen(store, keys(*ENGRAVING)))
    twice = keys(*SCHOOL, *SCHOOL)
    assert [item.key for item in storage.call(lambda store: inbox.chosen(store, twice))] == keys(*SCHOOL)


def test_what_was_decided_on_since_it_was_read_is_not_dismissed(
    inbox: Inbox, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a colleague has accepted in that moment stays accepted."""
    mark = Mark("query", key_of("能刻字吗"), "accepted", "han", FRIDAY, "gift.engraving", 1)
    read = inbox.items

    def late(store: Store) -> tuple[InboxItem, ...]:
        items = read(store)
        store.queries.mark_inbox([mark])
        return items

    monkeypatch.setattr(inbox, "items", late)
    with pytest.raises(StateError, match="1 of 3 queries are no longer in the inbox"):
        storage.call(lambda store: inbox.dismiss(store, keys(*ENGRAVING), "li"))
    assert storage.call(lambda store: store.queries.inbox_marks("query")) == {mark.key: mark}


def test_an_empty_inbox_has_no_themes(inbox: Inbox) -> None:
    """And needs no vectors."""
    nothing: tuple[InboxItem, ...] = ()
    assert inbox.themes(nothing) == ()


@pytest.mark.parametrize(
    ("confidence", "said", "likely"), [(0.23, 0, False), (0.5, 0, True), (0.23, 1, True), (1.0, 0, True)]
)
def test_a_proposal_is_likely_where_people_or_the_index_say_so(confidence: float, said: int, likely: bool) -> None:
    """One key accepts it then; otherwise it takes a look and a click."""
    assert Proposal("refund.time", "退款多久到账", confidence, said).likely == likely
