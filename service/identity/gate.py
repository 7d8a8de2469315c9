"""What every request passes before its route: who asks, whether they ask too often, and whether a page of ours sent it.

The route then decides what its asker may do. A key goes before a session, and one that is shown and not known is
nobody, whatever cookie came with it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.identity import csrf
from service.identity.directory import Directory
from service.identity.people import VISITOR, Person
from service.identity.rates import Counted, Rates
from service.identity.tokens import COOKIE, key_of

# What a proxy adds: whoever comes through one is not on this machine.
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
UNCOUNTED: Final = ("/static/", "/static-offline-docs/", "/healthz", "/readyz")
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")

Refuse = Callable[[Request, int, str, dict[str, str]], Response]
Identify = Callable[[Request], Person | None]


@dataclass(frozen=True)
class Recognition:
    """How a request is told: by whom it comes, by what that was seen, and under which name it is counted."""

    person: Person | None
    by: Counted
    name: str


class Recogniser:
    """Tells who asks: by key, by session, else a visitor where visitors are let in.

    `key_in_address` are the paths of clients that can put a key nowhere but in the address (?token=).
    """

    def __init__(
        self,
        directory: Directory,
        private: bool,
        key_in_address: frozenset[str] = frozenset(),
        adapter_key: str = "",
    ) -> None:
        self._directory, self._private = directory, private
        self._key_in_address, self._adapter_key = key_in_address, adapter_key.encode()

    async def recognise(self, request: Request) -> Recognition:
        """Who it is; a stranger and a visitor are counted by their address."""
        address = request.client.host if request.client is not None else "unknown"
        if secret := self._key(request):
            if self._adapter_key and hmac.compare_digest(secret.encode(), self._adapter_key):
                return Recognition(None, "key", "adapter")  # which opens the adapters, whose own guard knows it, alone
            key = await self._directory.key(secret)
            if key is not None:
                return Recognition(key, "key", key.name)
        elif secret := request.cookies.get(COOKIE, ""):
            person = await self._directory.session(secret)
            if person is not None:
                return Recognition(person, "person", person.name)
        visiting = self._private and not self._directory.keys_made and not set(FORWARDED) & set(request.headers)
        if not visiting and not self._directory.loaded:
            request.state.identity_away = True
        return Recognition(VISITOR if visiting else None, "address", address)

    def _key(self, request: Request) -> str:
        in_address = request.scope["path"] in self._key_in_address
        return key_of(request) or (request.query_params.get("token", "") if in_address else "")


class Gate:
    """The middleware. `identify`, where given, says who asks in the place of keys and sessions."""

    def __init__(
        self, app: ASGIApp, recogniser: Recogniser, rates: Rates, refuse: Refuse, identify: Identify | None = None
    ) -> None:
        self._app, self._recogniser, self._rates, self._refuse = app, recogniser, rates, refuse
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if self._identify is None:
            known = await self._recogniser.recognise(request)
        else:
            person = self._identify(request)
            known = Recognition(person, "key" if person else "address", person.name if person else "-")
        request.state.person = known.person
        body = _Body(receive)
        refused = self._too_often(request, known) or await self._from_elsewhere(request, known, body)
        if refused is not None:
            await refused(scope, receive, send)
            return
        await self._app(scope, body.again, send)

    def _too_often(self, request: Request, known: Recognition) -> Response | None:
        if request.scope["path"].startswith(UNCOUNTED):
            return None
        wait = self._rates.refused(known.by, known.name)
        if wait is None:
            return None
        limit = self._rates.limits[known.by]
        detail = f"more than {limit.amount} requests per {limit.GRANULARITY.name} came by this {known.by}: "
        return self._refuse(request, 429, f"{detail}wait {wait} s and try again", {"Retry-After": str(wait)})

    async def _from_elsewhere(self, request: Request, known: Recognition, body: _Body) -> Response | None:
        if request.method in csrf.SAFE or known.by == "key":
            return None
        if not csrf.from_here(request):
            return self._refuse(request, 403, "another site sent this request: open the page here, and try again", {})
        if known.by != "person":
            return None
        shown = request.headers.get(csrf.HEADER) or await _field(request, body)
        if csrf.fits(request.cookies.get(COOKIE, ""), shown):
            return None
        detail = f"{csrf.HEADER}, or the form's field {csrf.FIELD}, is not this session's: load the page again"
        return self._refuse(request, 403, detail, {})


class _Body:
    """A request's body that may be read before the route reads it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read: list[Message] = []

    async def whole(self) -> bytes:
        """All of it."""
        more = True
        while more:
            message = await self._receive()
            self._read.append(message)
            more = message["type"] == "http.request" and message.get("more_body", False)
        return b"".join(message.get("body", b"") for message in self._read)

    async def again(self) -> Message:
        """What was read, then whatever comes."""
        return self._read.pop(0) if self._read else await self._receive()


async def _field(request: Request, body: _Body) -> str:
    """The token in a form's own field."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        return ""
    content = await body.whole()
    if kind == FORMS[0]:
        return parse_qs(content.decode("latin-1")).get(csrf.FIELD, [""])[0]

    async def replayed() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    try:
        async with Request(request.scope, replayed).form() as form:
            shown = form.get(csrf.FIELD, "")
    except HTTPException:  # which is no form at all
        return ""
    return shown if isinstance(shown, str) else ""


def recognised(request: Request) -> Person | None:
    """Who the gate said it is: `app.state.identify` of a service."""
    found: Person | None = getattr(request.state, "person", None)
    return found
