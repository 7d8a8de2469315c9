"""Who may ask an adapter: whoever shows HUASHU_ADAPTER_KEY, an API key that may suggest, or a sign-in.

A key stands wherever its system puts one: a bearer, Azure's header, or Rasa's token. On this machine's own address,
while neither kind of key was made, nothing is asked for.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from service.identity.people import VISITOR, Permission, permissions_of, person_of
from service.identity.tokens import key_of

PERMISSION: Final[Permission] = "suggest"


def require(request: Request) -> None:
    """401 where the request may not: other systems know no finer answer."""
    if not allowed(request):
        raise HTTPException(
            401, f"this adapter needs a key: send an API key that may {PERMISSION}, or the value of HUASHU_ADAPTER_KEY"
        )


def route_class(guard: Callable[[Request], None] = require) -> type[APIRoute]:
    """A kind of route that lets in whom `guard` does, before anything of the request is read."""

    class Guarded(APIRoute):
        permission = PERMISSION  # what `guard` asks for

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                guard(request)
                return await handle(request)

            return guarded

    return Guarded


async def required(request: Request) -> None:
    """`require` as a dependency."""
    require(request)


required.permission = PERMISSION  # type: ignore[attr-defined]


def allowed(request: Request) -> bool:
    """Whether the request shows the adapters' own key, or comes from somebody who may suggest."""
    wanted: str = request.app.state.adapters.key
    if wanted and hmac.compare_digest(shown(request).encode(), wanted.encode()):
        return True
    # With a key of their own, adapters are no longer open to whoever passes by.
    return not (wanted and person_of(request) is VISITOR) and PERMISSION in permissions_of(request)


def shown(request: Request) -> str:
    """The key of a request, empty where it has none."""
    return key_of(request) or request.query_params.get("token", "")
