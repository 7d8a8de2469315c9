"""Who is who in tests: a request says it in a header, `X-Person: wang editor,approver`."""

from __future__ import annotations

from typing import cast

from fastapi import Request

from service.identity.people import Person, Role

EDITOR = {"X-Person": "li editor"}
APPROVER = {"X-Person": "wang approver"}
ADMIN = {"X-Person": "zhao admin"}
AGENT = {"X-Person": "han agent"}


def by_header(request: Request) -> Person | None:
    """The person a request says it comes from; a stranger where it says none."""
    name, _, roles = request.headers.get("x-person", "").partition(" ")
    return Person(name, cast(frozenset[Role], frozenset(roles.split(",")))) if name else None
