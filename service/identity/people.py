"""Who asks, and what they may do: the one question every route puts, answered before it runs.

A route says what it needs by `Depends(needs("edit"))`, and is given the Person. How somebody is recognised is
`app.state.identify`'s: a callable from a request to a Person, or to None for a stranger.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import Request

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


@dataclass(frozen=True)
class Person:
    """Who acts: the name kept in the audit log, and the roles."""

    name: str
    roles: frozenset[Role]

    @property
    def permissions(self) -> frozenset[Permission]:
        return frozenset(permission for role in self.roles for permission in ROLES[role])


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
        if found is None:
            raise NotSignedIn(f"this needs a sign-in that allows {permission}: sign in, or send an API key")
        if permission not in found.permissions:
            held = ", ".join(sorted(found.roles)) or "none"
            raise NotAllowed(f"this needs {permission}, and {found.name} has the roles {held}: ask an administrator")
        return found

    person.permission = permission  # type: ignore[attr-defined]
    return person
