"""Keys of programs: made, used, revoked, and never forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.errors import KnowledgeError, NotFound, StateError
from knowledge.store import Store

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def test_a_key_is_made_used_and_revoked(store: Store) -> None:
    """Each moment is kept with who did it; using it is nobody's act."""
    made = store.keys.add(" 千牛 ", "a" * 64, "hs_abc", ["suggest", "console", "console"], "zhao", AT)
    assert (made.name, made.scopes, made.used_at) == ("千牛", ("console", "suggest"), None)
    turn = store.identity_turn()
    store.keys.used({made.number: LATER})
    store.keys.used({made.number: AT})  # by another service, which saw it last before
    assert store.identity_turn() == turn
    revoked = store.keys.revoke(made.number, "li", LATER)
    assert (revoked.used_at, revoked.revoked_by, revoked.revoked_at) == (LATER, "li", LATER)
    assert store.identity_turn() > turn
    assert [(line.act, line.who) for line in store.audit()] == [("key.add", "zhao"), ("key.revoke", "li")]
    assert "a" * 64 not in str(store.audit())


def test_revoking_again_changes_nothing(store: Store) -> None:
    """The first to revoke it stays named."""
    number = store.keys.add("k", "a" * 64, "hs_", ["console"], "zhao", AT).number
    store.keys.revoke(number, "li", AT)
    assert store.keys.revoke(number, "wang", LATER).revoked_by == "li"
    assert len(store.audit()) == 2


def test_a_name_serves_one_key_at_a_time(store: Store) -> None:
    """Once that is revoked the name is free; both stay in the list."""
    number = store.keys.add("Console", "a" * 64, "hs_", ["console"], "zhao", AT).number
    with pytest.raises(StateError, match="a key named console is in use"):
        store.keys.add("console", "b" * 64, "hs_", ["console"], "zhao", AT)
    store.keys.revoke(number, "zhao", AT)
    store.keys.add("console", "b" * 64, "hs_", ["console"], "zhao", AT)
    assert [key.name for key in store.keys.all()] == ["Console", "console"]


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_key_has_a_name(store: Store, name: str) -> None:
    """Of at most eighty characters."""
    with pytest.raises(KnowledgeError, match="give 1 to 80"):
        store.keys.add(name, "a" * 64, "hs_", ["console"], "zhao", AT)


def test_a_key_that_is_not_there_is_not_found(store: Store) -> None:
    """With the way to see which are."""
    with pytest.raises(NotFound, match="no key 7: `huashu key list`"):
        store.keys.revoke(7, "zhao", AT)
