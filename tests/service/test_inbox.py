"""The inbox: themes that do not depend on order, proposals, and drafts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from knowledge.errors import KnowledgeError, StateError
from knowledge.store import InboxItem, Mark, Store
from knowledge.store.queries import key_of
from service import inbox as module
from service.inbox import Draft, Inbox, NewEntry, StillGrouping, Theme
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


def test_accepting_makes_a_draft_upon_the_newest_version(inbox: Inbox, storage: Storage) -> None:
    """The variants are added, what is live is not touched, and the queries leave the inbox."""

    def act(store: Store) -> Draft:
        store.save(store.history("refund.time")[-1].entry.model_copy(update={"title": "退款到账"}), "han", "", FRIDAY)
        return inbox.accept(store, keys(*ENGRAVING), "refund.time", "li")

    assert storage.call(act) == Draft("refund.time", 3, 3)
    *_, live, draft = (None, *storage.call(lambda store: store.history("refund.time"))[0::2])
    assert live is not None
    assert (live.state, draft.state, draft.author) == ("approved", "draft", "li")
    assert draft.entry.title == "退款到账"
    assert set(draft.entry.variants) - set(live.entry.variants) == set(ENGRAVING)
    left = {item.text for theme in themes(inbox, storage) for item in theme.items}
    assert left == {*SCHOOL, REFUND}


def test_a_new_entry_is_a_draft_of_its_own(inbox: Inbox, storage: Storage) -> None:
    """Its title is no variant of it; one that exists is refused, and nothing is decided by that."""
    new = NewEntry("gift.engraving", "能刻字吗", "您好，目前不提供刻字服务。", "faq")
    draft = storage.call(lambda store: inbox.accept_new(store, keys(*ENGRAVING), new, "li"))
    assert draft == Draft("gift.engraving", 1, 2)
    (record,) = storage.call(lambda store: store.history("gift.engraving"))
    assert (record.state, record.entry.replies[0].text) == ("draft", new.reply)
    with pytest.raises(StateError, match="gift.engraving exists, at version 1"):
        storage.call(lambda store: inbox.accept_new(store, keys(*SCHOOL), new, "li"))
    assert any(theme.lead.text in SCHOOL for theme in themes(inbox, storage))


def test_what_masking_left_is_no_part_of_a_variant(inbox: Inbox, storage: Storage) -> None:
    """The labels go, with the comma before them; nothing of a query may be left."""
    masked = ("刻字发到 [phone] 行吗", "能不能刻名字，电话 [phone]", "[number]")
    records = [query(20 + n, text, decision="abstain", at=FRIDAY) for n, text in enumerate(masked)]
    storage.call(lambda store: store.queries.add(records))
    storage.call(lambda store: inbox.accept(store, keys(*masked), "refund.time", "li"))
    added = storage.call(lambda store: store.history("refund.time"))[-1].entry.variants[-2:]
    assert added == ("刻字发到 行吗", "能不能刻名字，电话")


def test_what_an_entry_has_already_is_not_added(inbox: Inbox, storage: Storage) -> None:
    """And where that is all, it is said."""
    with pytest.raises(StateError, match="has all of these already"):
        storage.call(lambda store: inbox.accept(store, keys(REFUND), "refund.time", "li"))


def test_what_cannot_be_a_variant_is_refused_whole(inbox: Inbox, storage: Storage) -> None:
    """A text that is too long names the entry and the place; no draft is saved."""
    long = "能刻字吗" * 130
    storage.call(lambda store: store.queries.add([query(30, long, decision="abstain", at=FRIDAY)]))
    told = r"entry refund\.time cannot be saved, variants\[\d+\]: is 520 characters long, at most 500 fit: shorten it"
    with pytest.raises(KnowledgeError, match=told):
        storage.call(lambda store: inbox.accept(store, keys(long), "refund.time", "li"))
    assert len(storage.call(lambda store: store.history("refund.time"))) == 1


def test_a_retired_entry_takes_no_variants(inbox: Inbox, storage: Storage) -> None:
    """Whoever retired it is named."""
    storage.call(lambda store: store.retire("refund.time", "wang", "", FRIDAY))
    with pytest.raises(StateError, match=r"refund\.time was retired by wang"):
        storage.call(lambda store: inbox.accept(store, keys(*SCHOOL), "refund.time", "li"))


def test_a_dismissed_query_is_gone(inbox: Inbox, storage: Storage) -> None:
    """For every theme, and remembered by the database alone."""
    storage.call(lambda store: inbox.dismiss(store, keys(*ENGRAVING), "li"))
    assert {theme.lead.text for theme in themes(inbox, storage)} & set(ENGRAVING) == set()


def test_two_editors_do_not_decide_the_same_twice(inbox: Inbox, storage: Storage) -> None:
    """The second is told that it is no longer there, and saves nothing."""
    mark = Mark("query", key_of("能刻字吗"), "dismissed", "han", FRIDAY)
    storage.call(lambda store: store.queries.mark_inbox([mark]))
    with pytest.raises(StateError, match="1 of 3 queries are no longer in the inbox"):
        storage.call(lambda store: inbox.accept(store, keys(*ENGRAVING), "refund.time", "li"))


def test_an_empty_inbox_has_no_themes(inbox: Inbox) -> None:
    """And needs no vectors."""
    nothing: tuple[InboxItem, ...] = ()
    assert inbox.themes(nothing) == ()
