"""The service at a real address, in a thread of this process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from index.embedder import Embedder
from service.app import create_app
from service.settings import Settings
from tests.service.shop import FRIDAY
from tests.toy import ToyEmbedder


@contextmanager
def listening(settings: Settings, embedder: Embedder | None = None) -> Iterator[str]:
    """The address of the service, which believes that it is Friday."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        app = create_app(settings, embedder or ToyEmbedder(), lambda: FRIDAY)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive() and time.monotonic() < until, "the service did not start"
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
