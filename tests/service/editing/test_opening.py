"""An entry opened for editing, and who else is at it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.errors import NotFound
from knowledge.manuscript import Manuscript
from knowledge.store import Store
from service.editing.opening import opened, references
from service.settings import Settings
from tests.knowledge.sample import facts, policy
from tests.service.shop import fill

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The shop's database."""
    url = f"sqlite:///{tmp_path / 'knowledge.db'}"
    fill(Settings(database=url))
    return Store.open(url)


def test_somebody_is_at_it_for_three_minutes(store: Store) -> None:
    """After that they have an unsaved copy, and are not there any more."""
    store.save_working_copy("refund.time", "wang", 1, Manuscript(), "", AT)
    for minutes, active in ((0, True), (3, True), (4, False)):
        (one,) = opened(store, "refund.time", "li", AT + timedelta(minutes=minutes)).others
        assert (one.person, one.updated_at, one.active) == ("wang", AT, active)
    assert opened(store, "refund.time", "wang", AT).others == ()


def test_a_new_entry_is_opened_by_who_began_it(store: Store) -> None:
    """For anybody else there is none."""
    store.save_working_copy("card.new", "li", 0, Manuscript(title="新"), "", AT)
    found = opened(store, "card.new", "li", AT)
    assert (found.base, found.newest, found.live, found.history) == (None, None, None, ())
    with pytest.raises(NotFound, match=r"entry card\.new does not exist"):
        opened(store, "card.new", "wang", AT)


def test_references_are_slots_then_facts() -> None:
    """A product's facts by its code."""
    assert [(one.name, one.kind) for one in references(policy(), facts())] == [
        ("customer_name", "slot"),
        ("order_no", "slot"),
        ("shop.phone", "fact"),
        ("ship.fee", "fact"),
        ("A3.area", "fact"),
    ]
