"""`huashu user` and `huashu key`: what they print, what they do, and what they refuse."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from knowledge.store import Store
from service.identity.passwords import Passwords
from service.identity.tokens import digest
from service.remembered import Remembered
from service.settings import Settings
from tests.service.cli.conftest import Huashu


def test_somebody_is_let_in_with_a_link(huashu: Huashu, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Printed once, for the address people open; what they may do is an agent's where nothing is said."""
    monkeypatch.setenv("HUASHU_PUBLIC_URL", "https://desk.example/")
    done = huashu("user", "add", "Wang", "--role", "approver", "--role", "admin", "--display-name", "王敏")
    assert done.status == 0
    first, link = done.out.splitlines()
    assert first == "wang may sign in as admin, approver"
    secret = link.removeprefix("https://desk.example/sign-in/link/")
    with Store.open(Settings(home=home).database_url) as store:
        assert len(store.audit()) == 2 and {line.who for line in store.audit()} == {"李雷"}
        assert store.people.find("wang").display_name == "王敏"
        at = store.audit()[-1].at
        assert store.sessions.link(digest(secret), at).person == "wang"
        assert secret not in str(store.audit())
    assert huashu("user", "add", "han").out.startswith("han may sign in as agent\n")


def test_people_are_listed_changed_and_shut_out(huashu: Huashu) -> None:
    """Each verb says what holds now; the last administrator stays."""
    huashu("user", "add", "wang", "--role", "admin")
    huashu("user", "add", "li")
    assert huashu("user", "roles", "li", "editor", "approver").out == "li is approver, editor\n"
    assert huashu("user", "disable", "li", "--by", "王敏").status == 0
    lines = huashu("user", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["li", "wang"]
    assert "approver,editor" in lines[0] and lines[0].endswith("disabled")
    assert lines[1].endswith("never signed in  no password yet")
    assert huashu("user", "enable", "li").status == 0
    assert not huashu("user", "list").out.splitlines()[0].endswith("disabled")
    refused = huashu("user", "disable", "wang")
    assert refused.status == 1 and "the only administrator" in refused.err


def test_that_a_key_was_made_is_remembered_in_the_home(huashu: Huashu, home: Path) -> None:
    """So a service that starts while its database is away lets nobody in unknown; people alone close nothing."""
    huashu("user", "add", "li")
    assert not Remembered(Settings(home=home)).keys_made
    huashu("key", "add", "console")
    assert Remembered(Settings(home=home)).keys_made


def test_a_password_comes_from_standard_input(huashu: Huashu, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never from the command line, where others see it; a weak one is refused."""
    huashu("user", "add", "li")
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    done = huashu("user", "password", "li")
    assert done.status == 0 and "horse" not in done.out + done.err
    with Store.open(Settings(home=home).database_url) as store:
        assert Passwords().verify(store.people.find("li").password, "correct horse battery")
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    refused = huashu("user", "password", "li")
    assert refused.status == 1 and "give 10 to 200" in refused.err


def test_a_link_takes_the_place_of_the_one_before(huashu: Huashu) -> None:
    """For somebody who is there."""
    huashu("user", "add", "li")
    one, two = huashu("user", "link", "li").out, huashu("user", "link", "li").out
    assert one.startswith("http://127.0.0.1:") and "/sign-in/link/" in one and one != two
    assert "nobody named wu" in huashu("user", "link", "wu").err


def test_a_key_is_printed_alone(huashu: Huashu, home: Path) -> None:
    """So that a script can take it; with the first one a warning says what it changes."""
    first = huashu("key", "add", "chat console", "--scope", "suggest", "--scope", "feedback")
    secret = first.out.strip()
    assert secret.startswith("hs_") and len(first.out.splitlines()) == 1
    assert "everything needs a key or a sign-in" in first.err
    assert "everything needs" not in huashu("key", "add", "second").err
    with Store.open(Settings(home=home).database_url) as store:
        keys = store.keys.all()
    assert [(key.name, key.scopes) for key in keys] == [
        ("chat console", ("feedback", "suggest")),
        ("second", ("console",)),
    ]
    assert keys[0].secret == digest(secret)
    listed = huashu("key", "list").out
    assert secret not in listed and secret[:11] in listed and "never used" in listed


@pytest.mark.parametrize("which", ["1", "Console"])
def test_a_key_is_revoked_by_number_or_name(huashu: Huashu, which: str) -> None:
    """And stays in the list as such."""
    huashu("key", "add", "console")
    assert huashu("key", "revoke", which).out == "key 1, console, is revoked\n"
    assert "revoked by 李雷" in huashu("key", "list").out
    refused = huashu("key", "revoke", "console")
    assert refused.status == 1 and "`huashu key list`" in refused.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("user", "add", "li", "--role", "emperor"), "emperor cannot be given: choose from console, agent"),
        (("user", "add", "a b"), "name 'a b' cannot be used"),
        (("user", "roles", "nobody", "agent"), "there is nobody named nobody"),
        (("key", "add", "k", "--scope", "everything"), "everything cannot be given: choose from console"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(huashu: Huashu, arguments: tuple[str, ...], told: str) -> None:
    """With the next step, and nothing is done."""
    refused = huashu(*arguments)
    assert refused.status == 1 and refused.out == ""
    assert told in refused.err
