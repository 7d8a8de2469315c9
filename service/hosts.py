"""By which names the service may be asked: a page of another site must not reach it by pointing its own name here.

Which name a request has, and whether that is one of them, is Starlette's to tell; the refusal is said as every other.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import errors

SHOWN = 100  # characters of a strange name that are repeated


class OwnNames:
    """Refuses a request by any other name (its header Host) with 400."""

    def __init__(self, app: ASGIApp, names: Sequence[str], address: str) -> None:
        """`address` is what a refusal sends people to."""
        self._app, self._names, self._address = app, names, address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        let_in = False

        async def own(scope: Scope, receive: Receive, _: Send) -> None:
            nonlocal let_in
            let_in = True
            await self._app(scope, receive, send)

        async def unsaid(_: Message) -> None:
            """Starlette's refusal is plain text, without a request id or a next step."""

        await TrustedHostMiddleware(own, self._names, www_redirect=False)(scope, receive, unsaid)
        if not let_in:
            request = Request(scope)
            await errors.problem(request, 400, self._refusal(request))(scope, receive, send)

    def _refusal(self, request: Request) -> str:
        given = request.headers.get("host", "")[:SHOWN]
        return (
            f"this service is not called {given!r} (the header Host): use {self._address}, or set "
            "HUASHU_PUBLIC_URL to the address that people open"
        )
