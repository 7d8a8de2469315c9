"""What is seen of every request: its id, how long it took and what it came to. Logs hold no text of a customer."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response

from service import errors
from service.metrics import Metrics

SLOW = 1.0  # seconds from which a request is logged
GIVEN_ID: Final = re.compile(r"^[A-Za-z0-9._-]{1,64}$")

log = structlog.get_logger(__name__)


async def observe(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give the request an id, time it, count it, and log it where it failed or was slow."""
    given = request.headers.get("x-request-id", "")
    request.state.request_id = given if GIVEN_ID.match(given) else uuid.uuid4().hex
    started = time.perf_counter()
    try:
        response = await call_next(request)
    except Exception as error:
        # Rendered here and not by the outermost handler, so that it has its id and is counted like any other.
        response = await errors.unexpected(request, error)
    took = time.perf_counter() - started
    route = errors.route_of(request)
    metrics: Metrics = request.app.state.metrics
    metrics.requests.labels(request.method, route, str(response.status_code)).inc()
    metrics.seconds.labels(route).observe(took)
    response.headers["X-Request-ID"] = request.state.request_id
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.status_code == 429:
        metrics.refused.labels("rate").inc()
    if response.status_code >= 400 or took > SLOW:
        _log(request, route, response.status_code, took)
    return response


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
