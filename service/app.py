"""create_app: the only wiring. Nothing is read or loaded at import."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib import metadata

import anyio.to_thread
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.artefact import Shelf
from index.embedder import Embedder, load_embedder
from service import errors
from service.adapters import wiring
from service.api import checks, entries, feedback, inbox, insights, operations, privacy, suggestions, traffic
from service.desk import Desk
from service.identity.people import Person
from service.inbox import Inbox
from service.live import Live
from service.metrics import Metrics
from service.pages import frame, knowledge
from service.pages import inbox as inbox_page
from service.pages import insights as insights_page
from service.querylog import QueryLog, by_browser_or_console
from service.repairs import Repairs
from service.settings import Settings
from service.shown import Recent
from service.storage import Storage

log = structlog.get_logger(__name__)

EXAMPLES = ("快递三天没动静了", "退款多久能到账", "充电宝能带上飞机吗")
GIVEN_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
LARGEST_BODY = 512 * 1024
VISITOR = Person("visitor", frozenset({"agent"}))
WORKERS = 8  # queries under way at once; more wait their turn

DESCRIPTION = """The approved reply, and the right escalation, for whatever a customer says.

Nothing here is generated: a reply is what somebody approved, byte for byte, with version and approver, or the
decision is `abstain`. Errors are RFC 9457 problem details.
"""


class LimitBody:
    """Refuses a body over `LARGEST_BODY` bytes with 413, however it arrives."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > LARGEST_BODY:
            await self._refuse(scope, receive, send)
            return
        taken, answered = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            # A body that grows too large ends here; whatever the app makes of what it has read is not sent.
            return message if taken <= LARGEST_BODY else {"type": "http.request", "body": b"", "more_body": False}

        async def sent(message: Message) -> None:
            nonlocal answered
            if taken <= LARGEST_BODY or answered:
                answered = True
                await send(message)

        await self.app(scope, counted, sent)
        if not answered:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        detail = f"the body is over {LARGEST_BODY} bytes: send less history, or fewer requests"
        await errors.problem(request, 413, detail)(scope, receive, send)


class _Static(StaticFiles):
    """Asks to be checked for changes each time, so modules of two releases never mix; unchanged ones cost a 304."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def create_app(
    settings: Settings,
    embedder: Embedder | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    identify: Callable[[Request], Person | None] = lambda request: VISITOR,
) -> FastAPI:
    """The whole service. Tests hand in an embedder, a clock, and who is who."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = WORKERS
        engine = (
            embedder
            if embedder is not None
            else await anyio.to_thread.run_sync(load_embedder, settings.embedder, settings.tuning)
        )
        live = Live(Shelf(settings.artefacts), engine, settings.poll_seconds)
        await anyio.to_thread.run_sync(live.start)
        app.state.live = live
        app.state.storage = Storage(settings.database_url)
        app.state.queries = _query_log(app, settings)
        app.state.queries.start()
        app.state.inbox = Inbox(lambda: live.retriever, app.state.storage, now)
        app.state.inbox.start()
        app.state.repairs = Repairs(lambda: live.retriever, now)
        app.state.recent = Recent()
        desk = Desk(lambda: live.retriever, now, app.state.queries.note)
        app.state.suggest = app.state.recent.remembering(desk.suggest)
        app.state.check = checks.Checker(lambda: live.retriever).check
        try:
            async with wiring.running(app, settings.adapters):
                yield
        finally:
            await anyio.to_thread.run_sync(live.stop)
            await anyio.to_thread.run_sync(app.state.inbox.stop)
            await anyio.to_thread.run_sync(app.state.queries.stop)
            await anyio.to_thread.run_sync(app.state.storage.close)

    # FastAPI's own /docs would load its script from elsewhere; this one serves it.
    app: FastAPI = FastAPIOffline(
        title="Huashu",
        version=metadata.version("huashu"),
        description=DESCRIPTION,
        lifespan=lifespan,
        redoc_url=None,
    )
    app.state.metrics = Metrics()
    app.state.examples = list(EXAMPLES)
    app.state.now = now
    app.state.identify = identify
    for resource in (suggestions, feedback, insights, checks, entries, operations, knowledge):
        app.include_router(resource.router, dependencies=[Depends(by_browser_or_console)])
    for resource in (inbox, traffic, privacy, inbox_page, insights_page):
        app.include_router(resource.router)
    wiring.install(app, settings.adapters)
    app.mount("/static", _Static(directory=frame.STATIC), name="static")
    errors.install(app)
    app.add_middleware(LimitBody)
    app.middleware("http")(_observe)
    if settings.loopback:
        # A page of another site must not reach a service without sign-in by pointing its own name here.
        app.add_middleware(
            TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]", "testserver", settings.host]
        )
    return app


def _query_log(app: FastAPI, settings: Settings) -> QueryLog:
    """The log of answered queries, whose days are those of the live policy."""
    return QueryLog(
        app.state.storage,
        app.state.metrics,
        app.state.now,
        timedelta(days=settings.retention_days),
        lambda: app.state.live.retriever.contents.policy.business_hours.timezone,
        settings.query_log,
    )


async def _observe(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give the request an id, time it, count it. Logs hold no text of a customer."""
    given = request.headers.get("x-request-id", "")
    request.state.request_id = given if GIVEN_ID.match(given) else uuid.uuid4().hex
    started = time.perf_counter()
    try:
        response = await call_next(request)
    except Exception as error:
        # Rendered here and not by the outermost handler, so that it has its id and is counted like any other.
        response = await errors.unexpected(request, error)
    took = time.perf_counter() - started
    route = getattr(request.scope.get("route"), "path", "other")
    metrics: Metrics = request.app.state.metrics
    metrics.requests.labels(request.method, route, str(response.status_code)).inc()
    metrics.seconds.labels(route).observe(took)
    response.headers["X-Request-ID"] = request.state.request_id
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.status_code >= 500:
        log.warning("request failed", route=route, status=response.status_code, request_id=request.state.request_id)
    return response
