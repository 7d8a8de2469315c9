"""create_app: the only wiring. Nothing is read or loaded at import."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib import metadata
from urllib.parse import urlsplit

import anyio.to_thread
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.artefact import Shelf
from index.embedder import Embedder, load_embedder
from index.retriever import Retriever
from service import errors
from service.adapters import wiring
from service.admission import Admission
from service.api import (
    audit,
    builds,
    checks,
    description,
    desk,
    documents,
    drafts,
    entries,
    exports,
    feedback,
    imports,
    inbox,
    insights,
    lifecycle,
    operations,
    privacy,
    reviews,
    suggestions,
    traffic,
    writing,
)
from service.api.parameters import given_once
from service.desk import Desk
from service.documents import Documents
from service.editing.packs import Packs
from service.identity.gate import Gate, Identify, recognised
from service.identity.identity import Identity
from service.imports import Plans
from service.inbox import Inbox
from service.live import Live
from service.metrics import Metrics
from service.pages import (
    account,
    administration,
    browse,
    demo,
    editor,
    entry,
    frame,
    importing,
    knowledge,
    publish,
    refusal,
    review,
    sign_in,
    training,
)
from service.pages import audit as audit_page
from service.pages import documents as documents_page
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
SLOW = 1.0  # seconds from which a request is logged
LARGEST_BODY = 512 * 1024
LARGEST_UPLOAD = 32 * 1024 * 1024
# The routes that take files; every other one keeps the small limit.
UPLOADS = frozenset({"/v1/imports", "/import", "/v1/documents", "/documents"})
RESOURCES = (
    suggestions,
    feedback,
    insights,
    traffic,
    inbox,
    privacy,
    checks,
    entries,
    desk,
    drafts,
    writing,
    lifecycle,
    reviews,
    audit,
    builds,
    imports,
    exports,
    documents,
    operations,
    description,
)
PAGES = (
    knowledge,
    browse,
    entry,
    training,
    demo,
    editor,
    review,
    audit_page,
    inbox_page,
    insights_page,
    publish,
    importing,
    documents_page,
    sign_in,
    account,
    administration,
)
# Files that anybody may read, as they say nothing that is not in every copy of this program.
PUBLIC_FILES = ("/static", "/static-offline-docs")

DESCRIPTION = """The approved reply, and the right escalation, for whatever a customer says.

Nothing here is generated: a reply is what somebody approved, byte for byte, with version and approver, or the
decision is `abstain`. Errors are RFC 9457 problem details.
"""


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
            # A body that grows too large ends here; whatever the app makes of what it has read is not sent.
            return message if taken <= largest else {"type": "http.request", "body": b"", "more_body": False}

        async def sent(message: Message) -> None:
            nonlocal answered
            if taken <= largest or answered:
                answered = True
                await send(message)

        await self.app(scope, counted, sent)
        if not answered:
            await self._refuse(scope, receive, send, largest)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, largest: int) -> None:
        request = Request(scope)
        remedy = "split the file" if largest == LARGEST_UPLOAD else "send less history, or fewer requests"
        detail = f"the body is over {largest} bytes: {remedy}"
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
    identify: Identify | None = None,
    first: Retriever | None = None,
) -> FastAPI:
    """The whole service. Tests hand in an embedder, a clock, and who is who in the place of keys and sessions; several
    workers share a `first` index.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = (
            embedder
            if embedder is not None
            else await anyio.to_thread.run_sync(load_embedder, settings.embedder, settings.tuning)
        )
        live = Live(Shelf(settings.artefacts), engine, settings.poll_seconds, first)
        await anyio.to_thread.run_sync(live.start)
        app.state.live = live
        app.state.storage = Storage(settings.database_url)
        app.state.queries = _query_log(app, settings)
        app.state.queries.start()
        app.state.inbox = Inbox(lambda: live.retriever, app.state.storage, now)
        app.state.inbox.start()
        app.state.repairs = Repairs(lambda: live.retriever, now)
        app.state.recent = Recent()
        answering = Desk(lambda: live.retriever, now, app.state.queries.note)
        app.state.suggest = app.state.recent.remembering(answering.suggest)
        app.state.check = checks.Checker(lambda: live.retriever, now).check
        await identity.start()
        try:
            async with wiring.running(app, settings.adapters):
                yield
        finally:
            await identity.stop()
            await anyio.to_thread.run_sync(app.state.inbox.stop)
            await anyio.to_thread.run_sync(app.state.queries.stop)
            await anyio.to_thread.run_sync(live.stop)
            await anyio.to_thread.run_sync(app.state.storage.close)

    # FastAPI's own /docs would load its script from elsewhere, and state no permission: `description` has ours.
    app = FastAPI(
        title="Huashu",
        version=metadata.version("huashu"),
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url=None,
    )
    identity = Identity.of(settings, now)
    app.state.metrics = Metrics()
    app.state.admission = Admission(settings.longest_wait, refused=app.state.metrics.refused.labels("busy").inc)
    app.state.examples = list(EXAMPLES)
    app.state.now = now
    app.state.documents = Documents(settings.home / "documents", now)
    app.state.packs = Packs()
    app.state.imports = Plans(settings.home / "imports", now)
    app.state.identity = identity
    app.state.identify = identify or recognised
    app.state.settings = settings
    app.state.frame_ancestors = settings.frame_ancestors
    for resource in RESOURCES:
        app.include_router(resource.router, dependencies=[Depends(by_browser_or_console), Depends(given_once)])
    for page in PAGES:
        app.include_router(page.router, dependencies=[Depends(by_browser_or_console)])
    wiring.install(app, settings.adapters)
    app.mount("/static", _Static(directory=frame.STATIC), name="static")
    app.mount("/static-offline-docs", StaticFiles(directory=description.FILES), name="static-offline-docs")
    errors.install(app)
    description.install(app)
    refusal.install(app)
    recogniser = identity.recogniser(settings, wiring.KEY_IN_ADDRESS)
    app.add_middleware(Gate, recogniser=recogniser, rates=identity.rates, refuse=refusal.refused, identify=identify)
    app.add_middleware(LimitBody)
    app.middleware("http")(_observe)
    if settings.loopback:
        # A page of another site must not reach a service without sign-in by pointing its own name here.
        own = ["localhost", "127.0.0.1", "[::1]", "testserver", settings.host]
        named = urlsplit(settings.public_url).hostname
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*own, *([named] if named else [])])
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
    """Give the request an id, time it, count it, and log it where it failed or was slow; no text of a customer."""
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
