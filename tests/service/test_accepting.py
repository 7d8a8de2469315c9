"""Proposals into drafts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.errors import DatabaseError, StateError
from knowledge.formats.documents.drafts import Edits, source_of
from knowledge.formats.documents.reading import read
from knowledge.store import Store, rows
from knowledge.store.drafting import Drafting
from service import accepting
from service.documents import Documents, Kept
from service.errors import RequestError
from tests.knowledge.formats.documents.manuals import MESSY
from tests.service.together import failing_at, meeting, outcomes

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAIN = Edits()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with Store.open(f"sqlite:///{tmp_path / 'knowledge.db'}") as store:
        yield store


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    """None yet."""
    return Documents(tmp_path / "documents", lambda: NOON, read)


@pytest.fixture
def kept(documents: Documents) -> Kept:
    """The bookshop's manual."""
    return documents.add(MESSY.encode(), "手册.txt", "li", lambda reading: reading)


def accept(store: Store, documents: Documents, kept: Kept, *chosen: tuple[int, Edits]) -> list[accepting.Accepted]:
    """Accept some."""
    return accepting.accept(store, documents, kept, accepting.entries_of(kept, chosen), "li", NOON)


def test_a_draft_has_the_document_and_the_place_as_its_source(store: Store, documents: Documents, kept: Kept) -> None:
    """It is saved like any other, and the decision says which it is."""
    (done,) = accept(store, documents, kept, (1, PLAIN))
    record = store.version(done.entry_id, 1)
    assert (record.state, record.author) == ("draft", "li")
    assert record.entry.source == "手册.txt, paragraph 4, line 12"
    assert record.entry.replies[0].text == "您好，这本书大约三天后到店，到了我马上给您发消息。"
    assert documents.get(kept.summary.id).decisions[1].entry_id == done.entry_id


def test_an_entry_that_is_there_is_never_written_over(store: Store, documents: Documents, kept: Kept) -> None:
    """None of the chosen is saved then, and all can still be decided."""
    (done,) = accept(store, documents, kept, (1, PLAIN))
    with pytest.raises(StateError, match=f"entry {done.entry_id} exists, at version 1"):
        accept(store, documents, kept, (2, PLAIN), (3, Edits(entry_id=done.entry_id)))
    assert set(documents.get(kept.summary.id).decisions) == {1}


def test_the_second_to_accept_hears_of_the_first(store: Store, documents: Documents, kept: Kept) -> None:
    """No proposal becomes two drafts, under another id either."""
    accept(store, documents, kept, (1, PLAIN))
    with pytest.raises(StateError, match="accepted by li already"):
        accept(store, documents, kept, (1, Edits(entry_id="other.id")))


def test_where_one_cannot_be_saved_none_is(
    store: Store, documents: Documents, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is decided then, and trying again saves all."""
    with monkeypatch.context() as patch:
        patch.setattr(rows, "add_versions", failing_at(rows.add_versions, 2))
        with pytest.raises(DatabaseError, match="the disk is gone"):
            accept(store, documents, kept, (1, PLAIN), (2, PLAIN), (3, PLAIN))
    assert documents.get(kept.summary.id).decisions == {}
    assert store.overviews() == ()
    assert len(accept(store, documents, kept, (1, PLAIN), (2, PLAIN), (3, PLAIN))) == 3


def test_where_one_cannot_be_decided_about_none_is_saved(
    store: Store, documents: Documents, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that is full."""
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", failing_at(Path.write_text, 2))
        with pytest.raises(DatabaseError):
            accept(store, documents, kept, (1, PLAIN), (2, PLAIN))
    assert (documents.get(kept.summary.id).decisions, store.overviews()) == ({}, ())
    assert len(accept(store, documents, kept, (1, PLAIN), (2, PLAIN))) == 2


def test_a_decision_does_not_outlive_its_draft(
    store: Store, documents: Documents, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the database fails at the very end."""
    whole = store.drafting

    @contextmanager
    def half(who: str, at: datetime) -> Iterator[Drafting]:
        with whole(who, at) as drafts:
            yield drafts
            assert set(documents.get(kept.summary.id).decisions) == {1, 2}
            raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(store, "drafting", half)
        with pytest.raises(DatabaseError):
            accept(store, documents, kept, (1, PLAIN), (2, PLAIN))
    assert (documents.get(kept.summary.id).decisions, store.overviews()) == ({}, ())
    assert len(accept(store, documents, kept, (1, PLAIN), (2, PLAIN))) == 2


def test_of_two_documents_with_one_new_id_one_gets_it(
    store: Store, documents: Documents, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in the same moment: the other is told, its proposal stays open, and no text is put over another."""
    other = documents.add(MESSY.encode(), "另一本.txt", "wang", lambda reading: reading)
    monkeypatch.setattr(accepting, "source_of", meeting(source_of))
    same = (1, Edits(entry_id="ship.arrived"))
    found = outcomes(*[lambda one=one: accept(store, documents, one, same) for one in (kept, other)])
    (refused,) = [one for one in found if isinstance(one, Exception)]
    assert isinstance(refused, StateError) and "ship.arrived exists, at version 1" in str(refused)
    assert len(store.history("ship.arrived")) == 1
    decided = [documents.get(one.summary.id).decisions for one in (kept, other)]
    assert sorted(len(one) for one in decided) == [0, 1]


def test_of_two_who_accept_one_proposal_one_does(
    store: Store, documents: Documents, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other hears that it was accepted, not that its id is taken."""
    monkeypatch.setattr(accepting, "source_of", meeting(source_of))
    found = outcomes(*[lambda: accept(store, documents, kept, (1, PLAIN), (2, PLAIN))] * 2)
    (refused,) = [one for one in found if isinstance(one, Exception)]
    assert "proposal 1 was accepted by li already" in str(refused)
    assert len(store.overviews()) == 2


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (((1, PLAIN), (1, PLAIN)), "proposal 1 is there 2 times"),
        (((1, Edits(entry_id="a.b")), (2, Edits(entry_id="a.b"))), "entry_id a.b is there 2 times"),
    ],
)
def test_what_does_not_go_together_is_refused(kept: Kept, chosen: tuple[tuple[int, Edits], ...], said: str) -> None:
    """Before anything is saved."""
    with pytest.raises(RequestError, match=said):
        accepting.entries_of(kept, chosen)
