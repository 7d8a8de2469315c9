"""What is seen of every request: its id, how long it took and what it came to. Logs hold no text of a customer."""

from __future__ import annotations

import re
import time
import uuid
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import errors
from service.identity.transport import ONLY_TLS, promised
from service.metrics import Metrics

SLOW = 1.0  # seconds from which a request is logged
GIVEN_ID: Final = re.compile(r"^[A-Za-z0-9._-]{1,64}$")

log = structlog.get_logger(__name__)


class Observe:
    """Gives each request an id, times it to the head of its answer, counts it, and logs it where it failed or was slow.

    A middleware of the protocol's own kind: Starlette's convenient one makes two tasks and a queue for every request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        given = request.headers.get("x-request-id", "")
        request.state.request_id = given if GIVEN_ID.match(given) else uuid.uuid4().hex
        started, answering = time.perf_counter(), False

        async def seen(message: Message) -> None:
            nonlocal answering
            if message["type"] == "http.response.start":
                answering = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request.state.request_id
                headers.setdefault("X-Content-Type-Options", "nosniff")
                if promised(request):
                    headers["Strict-Transport-Security"] = ONLY_TLS
                _note(request, message["status"], time.perf_counter() - started)
            await send(message)

        try:
            await self._app(scope, receive, seen)
        except Exception as error:
            if answering:  # too late for another answer: the connection is closed instead
                raise
            # Rendered here and not by the outermost handler, so that it has its id and is counted like any other.
            response = await errors.respond(request, error)
            await response(scope, receive, seen)


def _note(request: Request, status: int, took: float) -> None:
    """Count a request, and log it where that is worth a line."""
    route = errors.route_of(request)
    metrics: Metrics = request.app.state.metrics
    metrics.requests.labels(request.method, route, str(status)).inc()
    metrics.seconds.labels(route).observe(took)
    if status == 429:
        metrics.refused.labels("rate").inc()
    if status >= 400 or took > SLOW:
        _log(request, route, status, took)


def _log(request: Request, route: str, status: int, seconds: float) -> None:
    note = log.warning if status >= 500 or seconds > SLOW else log.info
    what = "request failed" if status >= 500 else "request refused" if status >= 400 else "request was slow"
    note(
        what,
        method=request.method,
        route=route,
        status=status,
        took_ms=round(seconds * 1000),
        request_id=request.state.request_id,
    )
