"""People: who may sign in, with which roles, and how wrong guesses are counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.errors import KnowledgeError, NotFound, StateError
from knowledge.store import Store
from knowledge.store.auditing import ADMINISTRATIVE_ACTS
from knowledge.store.people import canonical

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
LATER = AT + timedelta(days=1)


def wait(failures: int) -> timedelta | None:
    """A minute after the second wrong guess and each more."""
    return timedelta(minutes=1) if failures >= 2 else None


@pytest.fixture
def store(store: Store) -> Store:
    """A store with an administrator and an editor."""
    store.people.add("zhao", "赵管", ["admin"], "cli", AT, password="hash-1")
    store.people.add("Li", "", ["editor"], "zhao", AT, password="hash-2")
    return store


def acts(store: Store) -> list[str]:
    """What was done, in order."""
    return [line.act for line in store.audit()]


def test_a_name_with_nul_is_nobodys(store: Store) -> None:
    """On every database: nobody is found or taken for who they are not, and nobody can be called that."""
    assert store.people.attempt("li\0", AT, wait) is None
    assert store.people.find("li").failures == 0
    with pytest.raises(NotFound):
        store.people.find("l\0i")
    with pytest.raises(KnowledgeError, match="cannot be used"):
        store.people.add("l\0i", "", [], "zhao", AT)


def test_a_name_is_kept_in_one_form(store: Store) -> None:
    """Case and width make no second person; without a full name it is the name."""
    assert [(one.name, one.display_name) for one in store.people.all()] == [("li", "li"), ("zhao", "赵管")]
    assert canonical(" ＬＩ ") == "li"
    assert store.people.find("LI").name == "li"
    with pytest.raises(StateError, match="the name li is taken"):
        store.people.add("ＬＩ", "", ["agent"], "zhao", AT)


@pytest.mark.parametrize("name", ["", "  ", "a b", "a/b", "a:b", "<script>", "x" * 81, "a\n"])
def test_a_name_that_would_lead_astray_is_refused(store: Store, name: str) -> None:
    """It stands in addresses and in the audit log; a colon is a key's."""
    if name.strip() == "a":
        assert store.people.add(name, "", ["agent"], "zhao", AT).name == "a"
        return
    with pytest.raises(KnowledgeError, match="cannot be used"):
        store.people.add(name, "", ["agent"], "zhao", AT)


def test_every_act_has_its_line_and_moves_the_turn_on(store: Store) -> None:
    """Who did it to whom; that a service sees by one number that something changed."""
    turns = [store.identity_turn()]
    for act in (
        lambda: store.people.set_roles("li", ["approver", "editor", "editor"], "zhao", LATER),
        lambda: store.people.set_password("li", "hash-3", "li", LATER),
        lambda: store.people.disable("li", "zhao", LATER),
        lambda: store.people.enable("li", "zhao", LATER),
    ):
        act()
        turns.append(store.identity_turn())
    assert turns == sorted(set(turns))
    assert acts(store) == [f"person.{act}" for act in ("add", "add", "roles", "password", "disable", "enable")]
    line = store.audit()[2]
    assert (line.who, line.at) == ("zhao", LATER)
    assert line.detail == {"person": "li", "roles": ["approver", "editor"], "before": ["editor"]}
    assert all(act.startswith(ADMINISTRATIVE_ACTS) for act in acts(store))
    assert "hash" not in str(store.audit())


def test_the_last_administrator_stays(store: Store) -> None:
    """Neither disabled nor made something else, until there is another."""
    for act in (
        lambda: store.people.disable("zhao", "zhao", AT),
        lambda: store.people.set_roles("zhao", ["editor"], "zhao", AT),
    ):
        with pytest.raises(StateError, match="zhao is the only administrator"):
            act()
    store.people.set_roles("li", ["admin"], "zhao", AT)
    store.people.disable("zhao", "li", AT)
    with pytest.raises(StateError, match="li is the only administrator"):
        store.people.disable("li", "li", AT)


def test_whom_nobody_knows_is_not_found(store: Store) -> None:
    """The message says how to see who there is."""
    with pytest.raises(NotFound, match="nobody named wu: `huashu user list`"):
        store.people.disable("wu", "zhao", AT)


def test_wrong_guesses_are_counted_before_they_are_looked_at(store: Store) -> None:
    """After the second the person must wait, however right the next one is; the wait is written down."""
    assert store.people.attempt("li", AT, wait) is not None
    second = store.people.attempt("LI", AT, wait)
    assert second is not None and second.password == "hash-2"
    assert store.people.attempt("li", AT, wait) is None
    assert store.people.attempt("li", AT + timedelta(seconds=59), wait) is None
    assert store.people.find("li").failures == 2
    assert store.people.attempt("li", AT + timedelta(seconds=60), wait) is not None
    assert acts(store)[-2:] == ["person.lock", "person.lock"]


def test_signing_in_and_a_new_password_forget_them(store: Store) -> None:
    """So does enabling somebody again."""
    for forget in (
        lambda: store.sessions.open("li", "s" * 64, AT, LATER, "", "password"),
        lambda: store.people.set_password("li", "hash-4", "zhao", AT),
        lambda: store.people.enable("li", "zhao", AT),
    ):
        store.people.attempt("li", AT, wait)
        store.people.attempt("li", AT, wait)
        assert store.people.attempt("li", AT, wait) is None
        forget()
        assert store.people.find("li").failures == 0
        assert store.people.attempt("li", AT, wait) is not None
        store.people.enable("li", "zhao", AT)


def test_nobody_and_the_disabled_are_not_to_be_guessed(store: Store) -> None:
    """None, as for whoever must wait."""
    store.people.disable("li", "zhao", AT)
    assert store.people.attempt("li", AT, wait) is None
    assert store.people.attempt("nobody", AT, wait) is None


def test_disabling_and_a_new_password_end_sessions_and_links(store: Store) -> None:
    """But for the session in which somebody changed their own."""
    store.sessions.open("li", "a" * 64, AT, LATER, "", "password")
    store.sessions.open("li", "b" * 64, AT, LATER, "", "password")
    store.sessions.make_link("li", "c" * 64, "zhao", AT, LATER)
    store.people.set_password("li", "hash-3", "li", AT, keep="a" * 64)
    assert [session.secret for session in store.sessions.of("li")] == ["a" * 64]
    with pytest.raises(NotFound):
        store.sessions.link("c" * 64, AT)
    store.people.disable("li", "zhao", AT)
    assert store.sessions.of("li") == ()


def test_a_rehash_is_nobodys_act(store: Store) -> None:
    """The same password, kept anew."""
    before, turn = acts(store), store.identity_turn()
    kept = str(store.people.find("li").password)
    store.people.rehash("li", kept, "hash-2-stronger")
    assert store.people.find("li").password == "hash-2-stronger"
    store.people.rehash("li", kept, "the old one again")  # of a sign-in that took longer than a change of password
    assert store.people.find("li").password == "hash-2-stronger"
    assert (acts(store), store.identity_turn()) == (before, turn)


def test_a_providers_subject_becomes_a_person_once(store: Store) -> None:
    """Found again by the subject, whatever it is called by then; roles follow the provider where it names some."""
    first = store.people.of_subject("https://idp 17", "Han@shop.cn", "韩梅", ["agent"], AT)
    assert (first.name, first.roles, first.password) == ("han@shop.cn", ("agent",), None)
    again = store.people.of_subject("https://idp 17", "renamed", "", ["editor"], LATER)
    assert (again.name, again.roles) == ("han@shop.cn", ("editor",))
    assert store.people.of_subject("https://idp 17", "x", "", None, LATER).roles == ("editor",)
    store.people.disable("han@shop.cn", "zhao", AT)
    with pytest.raises(StateError, match="disabled"):
        store.people.of_subject("https://idp 17", "x", "", None, AT)


def test_a_provider_takes_nobodys_account_over(store: Store) -> None:
    """A name that somebody with a password has is not given away to another subject."""
    with pytest.raises(StateError, match="the name zhao is taken"):
        store.people.of_subject("https://idp 18", "zhao", "", ["admin"], AT)
