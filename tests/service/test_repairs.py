"""Variants to repair: listed from the live index, moved and removed as drafts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from index.retriever import Retriever
from knowledge.errors import DatabaseError, NotFound, StateError
from knowledge.store import rows
from service import repairs as module
from service.repairs import Repairs
from service.storage import Storage
from tests.service.shop import FRIDAY, REFUND, SHIP, pack, state_of
from tests.service.together import failing_at, meeting, outcomes

VARIANT = SHIP.variants[0]
SUSPECT = {"entry_id": SHIP.id, "variant": VARIANT, "nearer_to": REFUND.id, "score": 0.9, "own_score": 0.2}


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A database that holds the shop."""
    storage = Storage(f"sqlite:///{tmp_path / 'knowledge.db'}")
    storage.call(lambda store: store.import_pack(pack(), "li", "wang", "", FRIDAY))
    yield storage
    storage.close()


@pytest.fixture
def repairs(client: TestClient) -> Repairs:
    """The shop's index, whose build found one variant suspicious."""
    live: Retriever = state_of(client).live.retriever
    title = SUSPECT | {"variant": SHIP.title}
    contents = replace(live.contents, report=live.contents.report | {"suspicious": [SUSPECT, title]})
    return Repairs(lambda: cast(Retriever, SimpleNamespace(contents=contents, version="v")), lambda: FRIDAY)


def suspicious(repairs: Repairs, storage: Storage) -> list[Any]:
    """Those on the list."""
    return [one for one in storage.call(repairs.listed) if one.kind == "suspicious"]


def variants(storage: Storage, entry_id: str) -> tuple[str, ...]:
    """Of the newest version."""
    return storage.call(lambda store: store.history(entry_id))[-1].entry.variants


def test_the_builds_suspects_are_listed_with_both_entries(repairs: Repairs, storage: Storage) -> None:
    """A title is none: it is reworded, not moved."""
    (one,) = suspicious(repairs, storage)
    assert (one.entry_id, one.title, one.variant) == (SHIP.id, SHIP.title, VARIANT)
    assert (one.other_id, one.other_title, one.score, one.own_score) == (REFUND.id, REFUND.title, 0.9, 0.2)


def test_a_variant_is_moved_in_two_drafts(repairs: Repairs, storage: Storage) -> None:
    """It is the other's and no longer its own's; what is live is not touched; it leaves the list."""
    drafts = storage.call(lambda store: repairs.move(store, SHIP.id, VARIANT, REFUND.id, "li"))
    assert [(draft.entry_id, draft.version, draft.added) for draft in drafts] == [(REFUND.id, 2, 1), (SHIP.id, 2, -1)]
    assert VARIANT in variants(storage, REFUND.id) and VARIANT not in variants(storage, SHIP.id)
    live = {found.entry.id: found.version for found in storage.call(lambda store: store.approved())}
    assert live[SHIP.id] == live[REFUND.id] == 1
    assert suspicious(repairs, storage) == []


def test_what_the_other_has_already_is_only_taken_away(repairs: Repairs, storage: Storage) -> None:
    """The other entry gets no draft that changes nothing."""
    grown = REFUND.model_copy(update={"variants": (*REFUND.variants, VARIANT)})
    storage.call(lambda store: store.save(grown, "han", "", FRIDAY))
    drafts = storage.call(lambda store: repairs.move(store, SHIP.id, VARIANT, REFUND.id, "li"))
    assert [draft.entry_id for draft in drafts] == [SHIP.id]


def test_a_variant_is_removed_in_a_draft(repairs: Repairs, storage: Storage) -> None:
    """All others stay, in their order."""
    storage.call(lambda store: repairs.remove(store, SHIP.id, VARIANT, "li"))
    assert variants(storage, SHIP.id) == SHIP.variants[1:]


def test_a_doubt_that_was_dismissed_does_not_come_back(repairs: Repairs, storage: Storage) -> None:
    """No draft is made."""
    assert storage.call(lambda store: repairs.dismiss(store, SHIP.id, VARIANT, "li")) == ()
    assert suspicious(repairs, storage) == []
    assert variants(storage, SHIP.id) == SHIP.variants


def test_a_variant_that_somebody_changed_is_refused(repairs: Repairs, storage: Storage) -> None:
    """Neither entry gets a draft."""
    storage.call(lambda store: repairs.remove(store, SHIP.id, VARIANT, "li"))
    with pytest.raises(StateError, match="in its newest version: somebody has changed it"):
        storage.call(lambda store: repairs.move(store, SHIP.id, VARIANT, REFUND.id, "li"))
    with pytest.raises(StateError, match="holds the variant already"):
        storage.call(lambda store: repairs.move(store, SHIP.id, VARIANT, SHIP.id, "li"))
    assert variants(storage, REFUND.id) == REFUND.variants


def test_of_two_who_repair_one_entry_nobody_undoes_the_other(
    repairs: Repairs, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each begins from what the other has made, also where both come in the same moment."""
    first, second = SHIP.variants[:2]
    monkeypatch.setattr(module, "_without", meeting(module._without))
    found = outcomes(
        lambda: storage.call(lambda store: repairs.remove(store, SHIP.id, first, "li")),
        lambda: storage.call(lambda store: repairs.move(store, SHIP.id, second, REFUND.id, "wang")),
    )
    assert not [one for one in found if isinstance(one, Exception)]
    assert variants(storage, SHIP.id) == SHIP.variants[2:]
    assert variants(storage, REFUND.id) == (*REFUND.variants, second)


def test_of_two_drafts_none_stands_without_the_other(
    repairs: Repairs, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the second cannot be saved, the variant is where it was, and on the list; trying again moves it."""
    with monkeypatch.context() as patch:
        patch.setattr(rows, "add_versions", failing_at(rows.add_versions, 2))
        with pytest.raises(DatabaseError):
            storage.call(lambda store: repairs.move(store, SHIP.id, VARIANT, REFUND.id, "li"))
    assert variants(storage, SHIP.id) == SHIP.variants
    assert variants(storage, REFUND.id) == REFUND.variants
    assert len(suspicious(repairs, storage)) == 1
    assert len(storage.call(lambda store: repairs.move(store, SHIP.id, VARIANT, REFUND.id, "li"))) == 2


@pytest.mark.parametrize(
    ("entry_id", "variant"), [("no.such", VARIANT), (SHIP.id, "没有这句"), (SHIP.id, SHIP.variants[1])]
)
def test_what_nothing_doubts_cannot_be_dismissed(
    repairs: Repairs, storage: Storage, entry_id: str, variant: str
) -> None:
    """No such entry, no such variant, or one that is not on the list; nothing is kept of it."""
    with pytest.raises(NotFound, match=f'entry {entry_id} has no variant "{variant}" to repair'):
        storage.call(lambda store: repairs.dismiss(store, entry_id, variant, "li"))
    assert storage.call(lambda store: store.queries.inbox_marks("variant")) == {}


def test_a_doubt_is_decided_on_once(repairs: Repairs, storage: Storage) -> None:
    """Whoever comes second is told."""
    storage.call(lambda store: repairs.remove(store, SHIP.id, VARIANT, "han"))
    with pytest.raises(StateError, match="was decided on already"):
        storage.call(lambda store: repairs.dismiss(store, SHIP.id, VARIANT, "li"))
