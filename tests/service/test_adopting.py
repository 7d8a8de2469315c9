"""Queries of the inbox into drafts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.errors import DatabaseError, KnowledgeError, NotFound, StateError
from knowledge.store import InboxItem, Store, inbox
from knowledge.store.queries import key_of
from service import adopting
from service.adopting import Draft, NewEntry
from tests.knowledge.store.test_queries import query
from tests.service.asking import REFUND
from tests.service.shop import FRIDAY, pack
from tests.service.together import meeting, outcomes

ENGRAVING = ("能刻字吗", "可以刻字吗", "能刻字吗亲")
SCHOOL = ("学生有折扣吗", "学生折扣有吗")
NEW = NewEntry("gift.engraving", "能刻字吗", "您好，目前不提供刻字服务。", "faq")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database that holds the shop, and six queries that were not answered."""
    with Store.open(f"sqlite:///{tmp_path / 'knowledge.db'}") as store:
        store.import_pack(pack(), "li", "wang", "", FRIDAY)
        ask(store, *ENGRAVING, *SCHOOL, REFUND)
        yield store


def ask(store: Store, *texts: str, first: int = 0) -> None:
    """Queries that nothing answers."""
    store.queries.add([query(first + n, text, decision="abstain", at=FRIDAY) for n, text in enumerate(texts)])


def waiting(store: Store) -> dict[str, InboxItem]:
    """What is in the inbox, by its text."""
    return {item.text: item for item in store.queries.inbox(FRIDAY, 100)}


def chosen(store: Store, *texts: str) -> list[InboxItem]:
    """These of them."""
    return [waiting(store)[text] for text in texts]


def adopt(store: Store, *texts: str, who: str = "li") -> Draft:
    """Make them variants of the refund entry."""
    return adopting.adopt(store, chosen(store, *texts), "refund.time", who, FRIDAY)


def test_a_draft_begins_from_the_newest_version(store: Store) -> None:
    """The variants are added, what is live is not touched, and the queries leave the inbox."""
    store.save(store.history("refund.time")[-1].entry.model_copy(update={"title": "退款到账"}), "han", "", FRIDAY)
    assert adopt(store, *ENGRAVING) == Draft("refund.time", 3, 3)
    live, _, draft = store.history("refund.time")
    assert (live.state, draft.state, draft.author) == ("approved", "draft", "li")
    assert (draft.entry.title, draft.comment) == ("退款到账", "3 variants from the inbox")
    assert set(draft.entry.variants) - set(live.entry.variants) == set(ENGRAVING)
    assert set(waiting(store)) == {*SCHOOL, REFUND}


def test_a_new_entry_is_a_draft_of_its_own(store: Store) -> None:
    """Its title is no variant of it; one that exists is refused, and nothing is decided by that."""
    draft = adopting.adopt_new(store, chosen(store, *ENGRAVING), NEW, "li", FRIDAY)
    assert draft == Draft("gift.engraving", 1, 2)
    (record,) = store.history("gift.engraving")
    assert (record.state, record.entry.replies[0].text) == ("draft", NEW.reply)
    with pytest.raises(StateError, match=r"gift\.engraving exists, at version 1"):
        adopting.adopt_new(store, chosen(store, *SCHOOL), NEW, "li", FRIDAY)
    assert set(waiting(store)) == {*SCHOOL, REFUND}


def test_what_masking_left_is_no_part_of_a_variant(store: Store) -> None:
    """The labels go, with the comma before them; nothing of a query may be left."""
    masked = ("刻字发到 [phone] 行吗", "能不能刻名字，电话 [phone]", "[number]")
    ask(store, *masked, first=20)
    adopt(store, *masked)
    added = store.history("refund.time")[-1].entry.variants[-2:]
    assert added == ("刻字发到 行吗", "能不能刻名字，电话")


def test_what_an_entry_has_already_is_not_added(store: Store) -> None:
    """And where that is all, it is said."""
    with pytest.raises(StateError, match="has all of these already"):
        adopt(store, REFUND)


def test_what_cannot_be_a_variant_is_refused_whole(store: Store) -> None:
    """A text that is too long names the entry and the place; no draft is saved."""
    long = "能刻字吗" * 130
    ask(store, long, first=30)
    told = r"entry refund\.time cannot be saved, variants\[\d+\]: is 520 characters long, at most 500 fit: shorten it"
    with pytest.raises(KnowledgeError, match=told):
        adopt(store, long)
    assert len(store.history("refund.time")) == 1


def test_a_retired_entry_takes_no_variants(store: Store) -> None:
    """Whoever retired it is named."""
    store.retire("refund.time", "wang", "", FRIDAY)
    with pytest.raises(StateError, match=r"refund\.time was retired by wang"):
        adopt(store, *SCHOOL)


def test_of_many_who_add_to_one_entry_nobody_loses_a_word(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each begins from what the one before has made, also where all come in the same moment."""
    texts = (*ENGRAVING, *SCHOOL)
    monkeypatch.setattr(adopting, "_new_variants", meeting(adopting._new_variants, len(texts)))
    drafts = outcomes(*[lambda text=text: adopt(store, text) for text in texts])
    assert sorted(draft.version for draft in drafts if isinstance(draft, Draft)) == [2, 3, 4, 5, 6]
    assert set(texts) <= set(store.history("refund.time")[-1].entry.variants)
    assert set(waiting(store)) == {REFUND}


def test_of_two_who_take_the_same_queries_one_does(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other is told that they are gone, be it into the same entry or another, and saves nothing."""
    read = chosen(store, *SCHOOL)
    monkeypatch.setattr(adopting, "_new_variants", meeting(adopting._new_variants))
    found = outcomes(
        lambda: adopting.adopt(store, read, "refund.time", "li", FRIDAY),
        lambda: adopting.adopt(store, read, "refund.time", "wang", FRIDAY),
        lambda: adopting.adopt_new(store, read, NEW, "zhao", FRIDAY),
    )
    assert sum(isinstance(one, Draft) for one in found) == 1
    told = [str(one) for one in found if isinstance(one, StateError)]
    assert len(told) == 2 and all("2 of 2 queries are no longer in the inbox" in one for one in told)
    saves = [line for line in store.audit() if line.act == "save"]
    assert len(saves) == 1


@pytest.mark.parametrize("new", [False, True])
def test_queries_that_cannot_be_marked_make_no_draft(store: Store, monkeypatch: pytest.MonkeyPatch, new: bool) -> None:
    """All is as it was, so that trying again does it."""

    def broken(*_: object) -> None:
        raise DatabaseError("gone")

    def act() -> Draft:
        read = chosen(store, *ENGRAVING)
        return adopting.adopt_new(store, read, NEW, "li", FRIDAY) if new else adopt(store, *ENGRAVING)

    before = waiting(store)
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "mark", broken)
        with pytest.raises(DatabaseError):
            act()
    assert waiting(store) == before
    assert len(store.history("refund.time")) == 1
    with pytest.raises(NotFound):
        store.history("gift.engraving")
    draft = act()
    assert draft.version == (1 if new else 2)
    assert store.queries.inbox_marks("query")[key_of("能刻字吗")].version == draft.version
