"""Who asks, and what they may do: the one question every route puts, answered before it runs.

A route says what it needs by `Depends(needs("edit"))`, and is given the Person; one that needs nothing says so by
`Depends(public("why"))`. How somebody is recognised is `app.state.identify`'s: a callable from a request to a Person,
or to None for a stranger.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from fastapi import Request

from knowledge.errors import DatabaseError

Permission = Literal["suggest", "search", "feedback", "read", "edit", "approve", "publish", "insights", "administer"]
Role = Literal["console", "agent", "editor", "approver", "admin"]

_AGENT: Final[frozenset[Permission]] = frozenset({"suggest", "search", "feedback"})
_EDITOR: Final[frozenset[Permission]] = _AGENT | {"read", "edit", "insights"}
_APPROVER: Final[frozenset[Permission]] = _EDITOR | {"approve", "publish"}
# What each role may do. `read` is drafts, history and audit; what is live needs `search` only.
ROLES: Final[dict[Role, frozenset[Permission]]] = {
    "console": _AGENT,
    "agent": _AGENT,
    "editor": _EDITOR,
    "approver": _APPROVER,
    "admin": _APPROVER | {"administer"},
}


PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)
PUBLIC: Final = "public"  # what a route states that anybody may ask
ACCOUNT: Final = "account"  # what a route states that anybody may ask who is signed in, for themselves


@dataclass(frozen=True)
class Person:
    """Who acts: the name kept in the audit log, the roles, and what a key may do besides.

    `account` is the name somebody signs in with; None for a key and a visitor, who have none.
    """

    name: str
    roles: frozenset[Role]
    scopes: frozenset[Permission] = frozenset()
    account: str | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        return self.scopes | {permission for role in self.roles for permission in ROLES[role]}


# Whoever asks on this machine's own address while no key was ever made.
VISITOR: Final = Person("visitor", frozenset({"agent"}))


class NotSignedIn(Exception):
    """Nobody known asks for what only somebody known may do: 401."""


class NotAllowed(Exception):
    """Somebody known asks for what their roles do not allow: 403."""


def person_of(request: Request) -> Person | None:
    """Who asks; None for a stranger."""
    identify: Callable[[Request], Person | None] = request.app.state.identify
    return identify(request)


def permissions_of(request: Request) -> frozenset[Permission]:
    """What whoever asks may do."""
    person = person_of(request)
    return person.permissions if person is not None else frozenset()


def needs(permission: Permission) -> Callable[[Request], Coroutine[Any, Any, Person]]:
    """A dependency that gives the route its Person, or answers 401 or 403."""

    async def person(request: Request) -> Person:
        found = person_of(request)
        if found is None and getattr(request.state, "identity_away", False):
            raise DatabaseError("who asks cannot be told while the knowledge database is away: try again later")
        if found is None or (found is VISITOR and permission not in VISITOR.permissions):
            raise NotSignedIn(f"this needs a sign-in that allows {permission}: sign in, or send an API key")
        if permission not in found.permissions:
            held = ", ".join(sorted((*found.roles, *found.scopes))) or "none"
            raise NotAllowed(f"this needs {permission}, and {found.name} has the roles {held}: ask an administrator")
        return found

    person.permission = permission  # type: ignore[attr-defined]
    return person


async def signed_in(request: Request) -> Person:
    """A dependency of what is somebody's own: the Person that signed in here, which a key and a visitor have not."""
    found = person_of(request)
    if found is None or found.account is None:
        raise NotSignedIn("this is your own account's: sign in first")
    return found


signed_in.permission = ACCOUNT  # type: ignore[attr-defined]


def public(why: str) -> Callable[[], Coroutine[Any, Any, None]]:
    """A dependency of a route that anybody may ask, and the reason."""

    async def anybody() -> None:
        """Lets everybody through."""

    anybody.permission = PUBLIC  # type: ignore[attr-defined]
    anybody.why = why  # type: ignore[attr-defined]
    return anybody
