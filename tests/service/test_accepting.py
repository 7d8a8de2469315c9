"""Proposals into drafts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.errors import StateError
from knowledge.formats.documents.drafts import Edits
from knowledge.formats.documents.reading import read
from knowledge.store import Store
from service import accepting
from service.documents import Documents, Kept
from service.errors import RequestError
from tests.knowledge.formats.documents.manuals import MESSY

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
    return accepting.accept(store, documents, kept, accepting.entries_of(kept, chosen), "li", lambda: NOON)


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
    with pytest.raises(StateError, match=f"entry {done.entry_id} exists with 1 versions"):
        accept(store, documents, kept, (2, PLAIN), (3, Edits(entry_id=done.entry_id)))
    assert set(documents.get(kept.summary.id).decisions) == {1}


def test_the_second_to_accept_hears_of_the_first(store: Store, documents: Documents, kept: Kept) -> None:
    """No proposal becomes two drafts, under another id either."""
    accept(store, documents, kept, (1, PLAIN))
    with pytest.raises(StateError, match="accepted by li already"):
        accept(store, documents, kept, (1, Edits(entry_id="other.id")))


def test_what_could_not_be_saved_is_free_again(
    store: Store, documents: Documents, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim does not outlive the failure."""

    def broken(*_: object) -> int:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "save", broken)
        with pytest.raises(OSError, match="disk full"):
            accept(store, documents, kept, (1, PLAIN), (2, PLAIN))
    assert documents.get(kept.summary.id).decisions == {}
    assert len(accept(store, documents, kept, (1, PLAIN), (2, PLAIN))) == 2


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
