"""Several processes answer at one address: each has an interpreter of its own, and all share what was loaded before.

Gunicorn forks them, starts a new one where one dies, and lets those under way finish when told to stop. Embedder and
index are loaded once, before the fork, so the workers share their memory until another version is published; from then
on each has its own index. `/metrics` of any
worker tells of all where `metrics.SHARED` names a folder before this module is imported.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import anyio
from gunicorn.app.base import BaseApplication
from uvicorn_worker import UvicornWorker

from index.embedder import Embedder
from index.errors import RetrievalError
from index.loading import load_embedder
from index.retriever import Retriever
from service.app import create_app
from service.identity.identity import Identity
from service.listening import KEEP_ALIVE, LIMITS, Protocol
from service.live import published
from service.memory import settle
from service.settings import Settings
from service.welcome import welcome

GRACE = 10  # seconds that requests under way are given


class Worker(UvicornWorker):
    """Uvicorn as the service sets it up alone."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "loop": "auto",
        "http": Protocol,
        **{name: value for name, value in LIMITS.items() if name != "backlog"},
        "server_header": False,
        "log_level": "warning",
    }


class _Service(BaseApplication):
    """Gunicorn over one app, which is made before the fork."""

    def __init__(self, settings: Settings, app: Any, greeting: str) -> None:
        self._settings = settings
        self._app = app
        self._greeting = greeting
        super().__init__()

    def load_config(self) -> None:
        settings = self._settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        for name, value in {
            "bind": f"{host}:{settings.port}",
            "workers": settings.workers,
            "worker_class": f"{Worker.__module__}.{Worker.__qualname__}",
            "preload_app": True,
            "graceful_timeout": GRACE,
            "timeout": 60,
            "keepalive": KEEP_ALIVE,
            "backlog": LIMITS["backlog"],
            "loglevel": "warning",
            "when_ready": lambda _: print(self._greeting, flush=True),
            "child_exit": _forget,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._app


def serve(settings: Settings, embedder: Embedder | None = None) -> None:
    """Serve with `settings.workers` processes until told to stop."""
    engine = embedder if embedder is not None else load_embedder(settings.embedder, settings.tuning)
    app = create_app(settings, engine, first=_first(settings, engine), loaded=settle)
    settle()  # once before the fork: each worker's own collector would write into what all of them share
    _Service(settings, app, anyio.run(_greeting, settings)).run()


async def _greeting(settings: Settings) -> str:
    """Asked once, with a database that is closed before the fork: a connection must not be shared by processes."""
    identity = Identity.of(settings, lambda: datetime.now(UTC))
    try:
        return await welcome(identity.signing_in, settings)
    finally:
        identity.storage.close()


def _first(settings: Settings, embedder: Embedder) -> Retriever | None:
    """The live index, if it can be used; the workers say what is wrong where it cannot."""
    try:
        return published(settings, embedder)
    except RetrievalError:
        return None


def _forget(_: Any, worker: Any) -> None:
    """What a worker that is gone counts no more: gauges of things under way."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
