"""Runs the app under uvicorn and says where it is."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

import structlog
import uvicorn

from index.embedder import Embedder
from service.app import create_app
from service.listening import LIMITS, Protocol
from service.memory import few_arenas, settle
from service.settings import Settings
from service.welcome import welcome


class _Server(uvicorn.Server):
    """Prints the links once it really listens."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def startup(self, *args: object, **more: object) -> None:
        await super().startup(*args, **more)  # type: ignore[arg-type]
        if self.started:
            app: Any = self.config.app
            print(await welcome(app.state.identity.signing_in, self._settings), flush=True)


class _Lossy:
    """Standard error that loses what it cannot take: no request may fail for a line, in a file on a full disk."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure_logging() -> None:
    """Structured lines on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Lossy(sys.stderr))),
    )


def run(settings: Settings, embedder: Embedder | None = None) -> None:
    """Serve until interrupted; requests under way are finished first."""
    configure_logging()
    few_arenas()
    if settings.workers > 1:
        from service.workers import serve

        serve(settings, embedder)
        return
    config = uvicorn.Config(
        create_app(settings, embedder, loaded=settle),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        http=Protocol,
        **LIMITS,
    )
    with _ending_well():
        _Server(config, settings).run()


@contextmanager
def _ending_well() -> Iterator[None]:
    """Told to stop, and stopped, the process ends with 0: uvicorn raises the signal again when all is answered."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
