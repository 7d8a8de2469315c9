"""create_app: the only wiring. Nothing is read or loaded at import."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib import metadata
from urllib.parse import urlsplit

import anyio.to_thread
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from index.embedder import Embedder
from index.loading import load_embedder
from index.retriever import Retriever
from index.shelf import Shelf
from service import errors
from service.adapters import wiring
from service.admission import Admission
from service.api import checks, description
from service.bodies import LimitBody
from service.condition import Home
from service.desk import Desk
from service.documents import Documents
from service.editing.packs import Packs
from service.erasures import About, Erasures
from service.hosts import OwnNames
from service.identity.gate import Gate, Identify, recognised
from service.identity.identity import Identity
from service.imports import Plans
from service.inbox import Inbox
from service.live import Live
from service.metrics import Metrics
from service.observing import Observe
from service.pages import frame, refusal
from service.pages.files import CheckedFiles
from service.querylog import QueryLog
from service.remembered import Remembered
from service.repairs import Repairs
from service.reviews import ErrorCounts
from service.routes import routes
from service.settings import Settings
from service.shown import Recent
from service.storage import Storage

SWITCH_SECONDS = 0.001
EXAMPLES = ("快递三天没动静了", "退款多久能到账", "充电宝能带上飞机吗")
# Files that anybody may read, as they say nothing that is not in every copy of this program.
PUBLIC_FILES = ("/static", "/static-offline-docs")

DESCRIPTION = """The approved reply, and the right escalation, for whatever a customer says.

Nothing here is generated: a reply is what somebody approved, byte for byte, with version and approver, or the
decision is `abstain`. Errors are RFC 9457 problem details.
"""


def create_app(
    settings: Settings,
    embedder: Embedder | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    identify: Identify | None = None,
    first: Retriever | None = None,
    loaded: Callable[[], None] = lambda: None,
) -> FastAPI:
    """The whole service. Tests hand in an embedder, a clock, and who is who in the place of keys and sessions; several
    workers share a `first` index; `loaded` is called after every later one.
    """
    # FastAPI's own /docs would load its script from elsewhere, and state no permission: `description` has ours.
    app = FastAPI(
        title="Huashu",
        version=metadata.version("huashu"),
        description=DESCRIPTION,
        lifespan=_lifespan(settings, embedder, first, loaded),
        openapi_url=None,
        routes=routes(settings.adapters),
    )
    _furnish(app, settings, now)
    app.state.identify = identify or recognised
    wiring.install(app, settings.adapters, settings.workers)
    app.mount("/static", CheckedFiles(directory=frame.STATIC), name="static")
    app.mount("/static-offline-docs", StaticFiles(directory=description.FILES), name="static-offline-docs")
    errors.install(app)
    description.install(app)
    refusal.install(app)
    _guard(app, settings, identify)
    return app


def _furnish(app: FastAPI, settings: Settings, now: Callable[[], datetime]) -> None:
    """What is there before the service starts; none of it reads or loads anything."""
    app.state.settings = settings
    app.state.now = now
    app.state.metrics = Metrics()
    # Made here, before workers are forked: what one was shown by one of them has its feedback by another.
    app.state.recent = Recent(alone=settings.workers == 1)
    app.state.admission = Admission(settings.longest_wait, refused=app.state.metrics.refused.labels("busy").inc)
    app.state.home = Home(settings.home)
    app.state.examples = list(EXAMPLES)
    app.state.documents = Documents(settings.home / "documents", now)
    app.state.packs = Packs()
    app.state.error_counts = ErrorCounts()
    app.state.imports = Plans(settings.home / "imports", now)
    app.state.identity = Identity.of(settings, now)
    app.state.frame_ancestors = settings.frame_ancestors


def _guard(app: FastAPI, settings: Settings, identify: Identify | None) -> None:
    """What every request passes on its way to a route; the last that is added comes first."""
    identity: Identity = app.state.identity
    recogniser = identity.recogniser(settings, wiring.KEY_IN_ADDRESS)
    app.add_middleware(Gate, recogniser=recogniser, rates=identity.rates, refuse=refusal.refused, identify=identify)
    app.add_middleware(LimitBody)
    if settings.loopback:
        own = ["localhost", "127.0.0.1", "[::1]", "testserver", settings.host]
        named = urlsplit(settings.public_url).hostname
        app.add_middleware(OwnNames, names=[*own, *([named] if named else [])], address=settings.url)
    app.add_middleware(Observe)


def _lifespan(
    settings: Settings, embedder: Embedder | None, first: Retriever | None, loaded: Callable[[], None]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What runs from the start of the service to its end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # The event loop waits for the interpreter behind every thread that computes: five times as short as it comes.
        sys.setswitchinterval(SWITCH_SECONDS)
        identity: Identity = app.state.identity
        engine = embedder
        if engine is None:
            engine = await anyio.to_thread.run_sync(load_embedder, settings.embedder, settings.tuning)
        live = Live(Shelf(settings.artefacts), engine, settings.poll_seconds, first, loaded)
        await anyio.to_thread.run_sync(live.start)
        _answer(app, settings, live)
        await identity.start()
        try:
            async with wiring.running(app, settings.adapters):
                app.state.forget = _forgetting(app)
                identity.directory.changed = Erasures(identity.storage.run, app.state.forget).look
                yield
        finally:
            await identity.stop()
            for stop in (app.state.inbox.stop, app.state.queries.stop, live.stop, app.state.storage.close):
                await anyio.to_thread.run_sync(stop)

    return lifespan


def _forgetting(app: FastAPI) -> Callable[[About], None]:
    """Everything here that remembers conversations."""

    def forget(erased: About) -> None:
        app.state.recent.forget(erased)
        app.state.conversations.erase(erased)
        app.state.inbox.forget()

    return forget


def _answer(app: FastAPI, settings: Settings, live: Live) -> None:
    """What answers by the live index, and what keeps a record of it."""
    now = app.state.now
    app.state.live = live
    app.state.storage = Storage(settings.database_url, in_use=lambda: Remembered(settings).in_use)
    app.state.queries = _query_log(app, settings)
    app.state.queries.start()
    app.state.inbox = Inbox(lambda: live.retriever, app.state.storage, now)
    app.state.inbox.start()
    app.state.repairs = Repairs(lambda: live.retriever, now)
    answering = Desk(lambda: live.retriever, now, app.state.queries.note)
    app.state.suggest = app.state.recent.remembering(answering.suggest)
    app.state.check = checks.Checker(lambda: live.retriever, now).check


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
