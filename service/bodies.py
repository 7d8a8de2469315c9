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
# What to do about a body that is too large, where one knows what is in it.
REMEDIES: Final = {
    "/v1/suggestions": "send less history",
    "/v1/suggestions/batch": "send fewer requests at once, or less history with each",
    **dict.fromkeys(UPLOADS, "split the file"),
}


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
            await _refuse(scope, receive, send, f"{int(length)} bytes", largest)
            return
        taken, answered = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:  # no end of the body comes any more, so nobody takes its beginning for the whole
                raise errors.TooLarge
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
            await _refuse(scope, receive, send, f"{taken} bytes or more", largest)


async def _refuse(scope: Scope, receive: Receive, send: Send, size: str, largest: int) -> None:
    remedy = REMEDIES.get(scope["path"], "shorten it, or send it in parts")
    said = f"the body has {size}, and at most {largest} are taken here: {remedy}"
    await errors.problem(Request(scope), 413, said)(scope, receive, send)
