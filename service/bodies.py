"""How large a request may be: refuses a body over its route's limit with 413, before the route can act on it."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import errors

LARGEST_BODY: Final = 512 * 1024
LARGEST_UPLOAD: Final = 32 * 1024 * 1024
# The routes that take files; every other one keeps the small limit.
UPLOADS: Final = frozenset({"/v1/imports", "/import", "/v1/documents", "/documents"})


class LimitBody:
    """Refuses a body over its route's limit with 413, however it arrives."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        largest = LARGEST_UPLOAD if scope["path"] in UPLOADS else LARGEST_BODY
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > largest:
            await self._refuse(scope, receive, send, largest)
            return
        taken, answered = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:  # no end of the body comes any more, so nobody takes its beginning for the whole
                raise errors.TooLarge(_too_large(largest))
            return message

        async def sent(message: Message) -> None:
            nonlocal answered
            if taken <= largest or answered:  # whatever else the app makes of the exception is not sent
                answered = True
                await send(message)

        try:
            await self.app(scope, counted, sent)
        except Exception:
            if taken <= largest or answered:
                raise
        if not answered:
            await self._refuse(scope, receive, send, largest)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, largest: int) -> None:
        await errors.problem(Request(scope), 413, _too_large(largest))(scope, receive, send)


def _too_large(largest: int) -> str:
    remedy = "split the file" if largest == LARGEST_UPLOAD else "send less history, or fewer requests"
    return f"the body is over {largest} bytes: {remedy}"
