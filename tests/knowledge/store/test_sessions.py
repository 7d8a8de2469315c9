"""Sessions and one-time links: opened, seen, ended, and used once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.errors import NotFound, StateError
from knowledge.store import Store

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def store(store: Store) -> Store:
    """A store with an administrator and an agent."""
    store.people.add("zhao", "", ["admin"], "cli", AT, password="hash-1")
    store.people.add("han", "", ["agent"], "zhao", AT)
    return store


def secrets(store: Store, name: str = "han") -> list[str]:
    """Somebody's sessions."""
    return [session.secret for session in store.sessions.of(name)]


def test_a_session_is_opened_and_ended_by_its_own_secret(store: Store) -> None:
    """The person is said to have signed in; ending it twice is no error."""
    opened = store.sessions.open("Han", A, AT, AT + HOUR, "Firefox", "password")
    assert (opened.person, opened.seen_at, opened.ends_at) == ("han", AT, AT + HOUR)
    assert store.people.find("han").signed_in_at == AT
    store.sessions.end(A, AT)
    store.sessions.end(A, AT)
    assert secrets(store) == []
    assert [line.act for line in store.audit()][2:] == ["session.open", "session.end"]
    assert A not in str(store.audit())


def test_only_ones_own_session_is_ended_by_its_number(store: Store) -> None:
    """A number of somebody else's is as if it were not there."""
    number = store.sessions.open("zhao", A, AT, AT + HOUR, "", "password").number
    with pytest.raises(NotFound, match=f"han has no session {number}"):
        store.sessions.end_number("han", number, "han", AT)
    store.sessions.end_number("zhao", number, "zhao", AT)
    assert secrets(store, "zhao") == []


def test_the_disabled_open_none(store: Store) -> None:
    """Whatever they could show."""
    store.people.disable("han", "zhao", AT)
    with pytest.raises(StateError, match="han is disabled"):
        store.sessions.open("han", A, AT, AT + HOUR, "", "password")
    with pytest.raises(StateError, match="han is disabled"):
        store.sessions.make_link("han", A, "zhao", AT, AT + HOUR)


def test_a_password_that_was_changed_meanwhile_opens_none(store: Store) -> None:
    """Whoever showed the old one while another was being chosen would stay in with it."""
    store.people.set_password("zhao", "hash-2", "zhao", AT)
    with pytest.raises(StateError, match="zhao has another password by now"):
        store.sessions.open("zhao", A, AT, AT + HOUR, "", "password", "hash-1")
    store.sessions.open("zhao", A, AT, AT + HOUR, "", "password", "hash-2")
    assert secrets(store, "zhao") == [A]


def test_what_is_over_is_forgotten_when_others_are_seen(store: Store) -> None:
    """By its end, or because nobody used it; a moment never goes back; nothing of it is anybody's act."""
    ended = store.sessions.open("han", A, AT, AT + HOUR, "", "password").number
    idle = store.sessions.open("han", B, AT, AT + 9 * HOUR, "", "password").number
    used = store.sessions.open("han", C, AT, AT + 9 * HOUR, "", "password").number
    lines, turn = len(store.audit()), store.identity_turn()
    store.sessions.seen({used: AT + HOUR, ended: AT + HOUR}, AT + HOUR / 2, AT + HOUR)
    assert secrets(store) == [C]
    store.sessions.seen({used: AT}, AT, AT + HOUR)
    assert store.sessions.of("han")[0].seen_at == AT + HOUR
    assert (len(store.audit()), store.identity_turn()) == (lines, turn)
    assert idle


def test_a_link_sets_a_password_once(store: Store) -> None:
    """Looking at it does not use it up; using it ends the person's sessions."""
    store.sessions.open("han", B, AT, AT + HOUR, "", "password")
    store.sessions.make_link("han", A, "zhao", AT, AT + HOUR)
    assert store.sessions.link(A, AT).person == "han"
    assert store.sessions.use_link(A, "somebody else", "hash-9", AT).name == "han"
    assert store.people.find("han").password == "hash-9"
    assert secrets(store) == []
    for use in (lambda: store.sessions.link(A, AT), lambda: store.sessions.use_link(A, "", "x", AT)):
        with pytest.raises(NotFound, match="used before, or is too old"):
            use()
    assert [line.act for line in store.audit()][-3:] == ["link.make", "person.password", "link.use"]


def test_a_link_ends_and_gives_way_to_the_next(store: Store) -> None:
    """Only the newest of a person works, and not for ever."""
    store.sessions.make_link("han", A, "zhao", AT, AT + HOUR)
    store.sessions.make_link("han", B, "zhao", AT, AT + HOUR)
    with pytest.raises(NotFound):
        store.sessions.link(A, AT)
    with pytest.raises(NotFound):
        store.sessions.link(B, AT + HOUR)
    assert store.sessions.link(B, AT).person == "han"


def test_the_first_link_makes_the_administrator_and_only_the_first(url: str) -> None:
    """Whoever opens an empty service; once somebody administers it, none is made and none works."""
    with Store.open(url) as store:
        store.sessions.make_link(None, A, "first start", AT, AT + HOUR)
        assert store.sessions.link(A, AT).person is None
        first = store.sessions.use_link(A, "Zhao", "hash-1", AT)
        assert (first.name, first.roles, first.password) == ("zhao", ("admin",), "hash-1")
        with pytest.raises(StateError, match="there is an administrator already"):
            store.sessions.make_link(None, B, "first start", AT, AT + HOUR)


def test_a_first_link_is_worth_nothing_once_somebody_administers(url: str) -> None:
    """Made by `huashu user add` meanwhile."""
    with Store.open(url) as store:
        store.sessions.make_link(None, A, "first start", AT, AT + HOUR)
        store.people.add("wang", "", ["admin"], "cli", AT)
        with pytest.raises(NotFound, match="used before"):
            store.sessions.use_link(A, "zhao", "hash-1", AT)
        assert [one.name for one in store.people.all()] == ["wang"]


def test_everything_that_tells_who_asks_is_of_one_moment(store: Store) -> None:
    """People, keys and sessions with the turn they stood at; no secret is printed."""
    store.keys.add("k", B, "hs_", ["console"], "zhao", AT)
    store.sessions.open("han", A, AT, AT + HOUR, "", "password")
    found = store.identity()
    assert found.turn == store.identity_turn()
    assert ([one.name for one in found.people], len(found.keys), len(found.sessions)) == (["han", "zhao"], 1, 1)
    assert not {A, B, "hash-1"} & set(repr(found).replace("'", " ").split())
