"""Verbs on who may ask: `huashu user` for people, `huashu key` for programs. A running service sees it in a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge.errors import NotFound
from service.cli.acting import acting
from service.cli.terminal import Author, app, err, out
from service.environment import SettingsError
from service.settings import ROLES, Settings

if TYPE_CHECKING:
    from knowledge.store import KeyRecord, Store

user = typer.Typer(help="People who sign in: add, list, roles, disable, enable, password, link.", no_args_is_help=True)
key = typer.Typer(help="Keys of programs: add, list, revoke.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(key, name="key")

Name = Annotated[str, typer.Argument(help="The name to sign in with.")]


@contextmanager
def _store() -> Iterator[Store]:
    from service.remembered import opened

    with opened(Settings.from_environment()) as store:
        yield store


@user.command("add")
def add_user(
    name: Name,
    role: Annotated[list[str], typer.Option(help="agent, editor, approver or admin; may be given several times.")] = [],  # noqa: B006
    display_name: Annotated[str, typer.Option(help="The full name.")] = "",
    by: Author = "",
) -> None:
    """Let somebody in, and print a one-time link by which they choose their password."""
    roles = _known(role or ["agent"], ROLES)
    with _store() as store:
        who = acting(store, by, "administer")
        added = store.people.add(name, display_name, roles, who, _now())
        out.print(f"{added.name} may sign in as {', '.join(added.roles)}", markup=False, highlight=False)
        _print_link(store, added.name, who)


@user.command("list")
def list_users() -> None:
    """Everybody, with roles and when they last signed in."""
    with _store() as store:
        for one in store.people.all():
            state = "disabled" if one.disabled else "" if one.password or one.subject else "no password yet"
            last = f"{one.signed_in_at:%Y-%m-%d %H:%M} UTC" if one.signed_in_at else "never signed in"
            parts = [f"{one.name:<20}", f"{','.join(one.roles):<20}", last, state]
            out.print("  ".join(part for part in parts if part), markup=False, highlight=False)


@user.command("roles")
def set_roles(
    name: Name,
    roles: Annotated[list[str], typer.Argument(help="What they may do from now on: agent, editor, approver, admin.")],
    by: Author = "",
) -> None:
    """Give somebody these roles in the place of those they have."""
    with _store() as store:
        store.people.set_roles(name, _known(roles, ROLES), acting(store, by, "administer"), _now())
        out.print(f"{store.people.find(name).name} is {', '.join(sorted(set(roles)))}", markup=False, highlight=False)


@user.command("disable")
def disable_user(name: Name, by: Author = "") -> None:
    """Let somebody in no more; their sessions end."""
    with _store() as store:
        store.people.disable(name, acting(store, by, "administer"), _now())
    out.print(f"{name} is disabled", markup=False, highlight=False)


@user.command("enable")
def enable_user(name: Name, by: Author = "") -> None:
    """Let somebody in again, and forget wrong guesses of their password."""
    with _store() as store:
        store.people.enable(name, acting(store, by, "administer"), _now())
    out.print(f"{name} is enabled", markup=False, highlight=False)


@user.command("password")
def set_password(name: Name, by: Author = "") -> None:
    """Set somebody's password: asked for on a terminal, else the first line of standard input."""
    from service.identity.passwords import Passwords, check

    with _store() as store:
        who = acting(store, by, "administer")
        owner = store.people.find(name)
        if sys.stdin.isatty():
            password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
        else:
            password = sys.stdin.readline().rstrip("\n")
        check(password, owner.name)
        store.people.set_password(owner.name, Passwords().hash(password), who, _now())
    out.print(f"{owner.name} has a new password, and is signed out everywhere", markup=False, highlight=False)


@user.command("link")
def make_link(name: Name, by: Author = "") -> None:
    """Print a one-time link by which somebody chooses a new password, valid for a day."""
    with _store() as store:
        _print_link(store, name, acting(store, by, "administer"))


@key.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="What uses it, such as: chat console.")],
    scope: Annotated[
        list[str], typer.Option(help="A role or a single permission such as suggest; may be given several times.")
    ] = [],  # noqa: B006
    by: Author = "",
) -> None:
    """Make a key and print it: this once, on standard output and alone."""
    from service.identity.people import PERMISSIONS
    from service.identity.tokens import HINT, KEY_PREFIX, digest, new_key
    from service.remembered import Remembered

    scopes = _known(scope or ["console"], (*ROLES, *PERMISSIONS))
    secret = new_key()
    with _store() as store:
        who = acting(store, by, "administer")
        first = not store.keys.all()
        store.keys.add(name, digest(secret), secret[: len(KEY_PREFIX) + HINT], scopes, who, _now())
    Remembered(Settings.from_environment()).note_keys(True)
    if first:
        err.print("with this first key, everything needs a key or a sign-in, on this machine too", style="yellow")
    out.print(secret, markup=False, highlight=False)


@key.command("list")
def list_keys() -> None:
    """Every key ever made: number, name, how it begins, what it may do, and when it was last used."""
    with _store() as store:
        for one in store.keys.all():
            used = f"used {one.used_at:%Y-%m-%d %H:%M} UTC" if one.used_at else "never used"
            state = f"revoked by {one.revoked_by}" if one.revoked_at else used
            parts = (f"{one.number:>3}", f"{one.name:<20}", f"{one.hint}…", ",".join(one.scopes), state)
            out.print("  ".join(parts), markup=False, highlight=False)


@key.command("revoke")
def revoke_key(
    which: Annotated[str, typer.Argument(help="The number or the name that `huashu key list` shows.")],
    by: Author = "",
) -> None:
    """End a key for good; a running service refuses it within a second."""
    with _store() as store:
        who = acting(store, by, "administer")
        found = _find(store.keys.all(), which)
        store.keys.revoke(found.number, who, _now())
    out.print(f"key {found.number}, {found.name}, is revoked", markup=False, highlight=False)


def _find(keys: Sequence[KeyRecord], which: str) -> KeyRecord:
    """The key of that number, else the one of that name that still works."""
    matches: tuple[Callable[[KeyRecord], bool], ...] = (
        lambda one: str(one.number) == which,
        lambda one: one.name.casefold() == which.casefold() and one.revoked_at is None,
    )
    for fits in matches:
        for one in keys:
            if fits(one):
                return one
    raise NotFound(f"no key is called {which}: `huashu key list` shows which there are")


def _print_link(store: Store, name: str, by: str) -> None:
    from service.identity.tokens import digest, new_secret

    secret, now = new_secret(), _now()
    store.sessions.make_link(name, digest(secret), by, now, now + timedelta(hours=24))
    out.print(f"{Settings.from_environment().url}/sign-in/link/{secret}", markup=False, highlight=False)
    err.print("the link works once, within 24 hours", highlight=False)


def _known(given: Sequence[str], allowed: Sequence[str]) -> list[str]:
    if unknown := [word for word in given if word not in allowed]:
        raise SettingsError(f"{', '.join(unknown)} cannot be given: choose from {', '.join(allowed)}")
    return list(given)


def _now() -> datetime:
    return datetime.now(UTC)
