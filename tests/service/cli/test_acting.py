"""Who acts at a terminal: a name that somebody signs in with needs that person's role, in every verb that writes."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.store import Store
from service.cli.main import GROUPS
from service.identity.people import Permission
from service.settings import Settings
from tests.service.cli.conftest import Huashu
from tests.service.cli.test_entries import written
from tests.service.shop import REFUND

# Every verb that somebody may be named for, and what the same act needs over HTTP.
ACTS: tuple[tuple[Permission, tuple[str, ...]], ...] = (
    ("edit", ("entry", "save", "FILE")),
    ("edit", ("entry", "submit", "refund.time")),
    ("edit", ("entry", "restore", "refund.time", "1")),
    ("approve", ("entry", "retire", "refund.time", "--comment", "x")),
    ("approve", ("review", "approve", "refund.time@1")),
    ("approve", ("review", "return", "refund.time@1", "--comment", "x")),
    ("edit", ("review", "withdraw", "refund.time@1")),
    ("approve", ("import", "FILE")),
    ("edit", ("import", "FILE", "--as-drafts")),
    ("approve", ("import", "FILE", "--as-drafts", "--retire-missing")),
    ("edit", ("read", "TEXT", "--save", "--no-index")),
    ("publish", ("build",)),
    ("publish", ("publish", "LIVE")),
    ("publish", ("rollback",)),
    ("administer", ("privacy", "export", "c-1")),
    ("administer", ("privacy", "erase", "c-1")),
    ("administer", ("user", "add", "zhou")),
    ("administer", ("user", "roles", "han", "admin")),
    ("administer", ("user", "disable", "han")),
    ("administer", ("user", "enable", "han")),
    ("administer", ("user", "password", "han")),
    ("administer", ("user", "link", "han")),
    ("administer", ("key", "add", "console")),
    ("administer", ("key", "revoke", "1")),
)
LOOKS = {"review show"}  # which says what somebody may do, and does nothing
NOW = datetime.now(UTC)


@pytest.fixture
def store(stocked: str, home: Path) -> Store:
    """The shop, an agent, an editor, somebody who left, and a key."""
    store = Store.open(Settings(home=home).database_url)
    for name, role in (("han", "agent"), ("lin", "editor"), ("gone", "admin"), ("zhao", "admin")):
        store.people.add(name, "", [role], "test", NOW)
    store.people.disable("gone", "test", NOW)
    store.keys.add("old", "0" * 64, "hs_0", ["console"], "test", NOW)
    return store


def test_a_named_person_needs_the_role(huashu: Huashu, store: Store, stocked: str, tmp_path: Path) -> None:
    """Every verb refuses an agent, in a sentence that says what it needs, and writes nothing."""
    (tmp_path / "text.txt").write_text("客户：几点关门？\n客服：您好，十点。\n", "utf-8")
    files = {"FILE": written(tmp_path, title="新的"), "TEXT": tmp_path / "text.txt", "LIVE": stocked}
    before = store.audit()
    for needed, arguments in ACTS:
        done = huashu(*(files.get(one, one) for one in arguments), "--by", "Han")
        assert done.status == 1, arguments
        assert f"this needs {needed}, and han has the roles agent" in done.err, (arguments, done.err)
    assert store.audit() == before


def test_every_verb_with_a_name_is_held_to_it() -> None:
    """A verb that takes --by stands in the list above, or only looks."""
    taking = set()
    for group in GROUPS:
        for typer_app, prefix in ((one, name) for name, one in vars(group).items() if type(one).__name__ == "Typer"):
            for command in typer_app.registered_commands:
                verb = command.callback
                if (
                    verb is not None
                    and verb.__module__ == group.__name__
                    and "by" in inspect.signature(verb).parameters
                ):
                    name = command.name or verb.__name__
                    taking.add(name if prefix == "app" else f"{prefix} {name}")
    assert taking - LOOKS == {" ".join(arguments[: 2 if arguments[0] in GROUPED else 1]) for _, arguments in ACTS}


GROUPED = {"entry", "review", "privacy", "user", "key"}


def test_roles_and_names_that_nobody_has_let_act(huashu: Huashu, store: Store, tmp_path: Path) -> None:
    """Whoever has the role acts by the name as it is kept; a machine's user is written down; who left is refused."""
    assert huashu("entry", "save", written(tmp_path, title="第二版"), "--by", "LIN").status == 0
    assert store.history(REFUND.id)[-1].author == "lin"
    assert huashu("entry", "submit", REFUND.id, "--by", "cron").status == 0
    refused = huashu("review", "approve", REFUND.id, "--by", "gone")
    assert (refused.status, "gone is disabled" in refused.err) == (1, True)
    assert huashu("review", "approve", REFUND.id, "--by", "zhao").status == 0


def test_the_machines_user_is_held_to_a_role_too(huashu: Huashu, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is named nowhere acts by the machine's name for them, which may be somebody's here."""
    monkeypatch.setenv("USER", "han")
    assert "han has the roles agent" in huashu("entry", "retire", REFUND.id, "--comment", "x").err
    assert huashu("entry", "retire", REFUND.id, "--comment", "x", "--by", "zhao").status == 0


def test_a_database_that_is_away_keeps_nobody_from_going_back(
    huashu: Huashu, store: Store, stocked: str, home: Path
) -> None:
    """What is live may be changed in need: it is said that roles were not looked at."""
    store.retire("emotion.calm", "zhao", "x", NOW)
    store.close()
    assert huashu("build", "--accept-worse", "x").status == 0
    for part in ("", "-wal", "-shm"):
        Path(f"{home / 'knowledge.db'}{part}").unlink(missing_ok=True)
    (home / "knowledge.db").write_bytes(b"noise" * 1000)
    done = huashu("rollback", "--by", "han")
    assert "roles were not looked at" in done.err
    assert (done.status, done.out) == (0, f"{stocked} is live again\n"), done.err
