"""The service under measurement: a process of its own on a free port, and a client that keeps its connection."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from index.errors import RetrievalError
from index.shelf import Shelf
from service.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
# A bench asks oftener than any address should.
NO_LIMITS = {f"HUASHU_RATE_{kind}": "99999999/second" for kind in ("ADDRESS", "KEY", "PERSON")}
CLIENT = threading.local()
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def require_index() -> None:
    """Leave at once, rather than wait for a service that would never be ready."""
    settings = Settings.from_environment()
    try:
        Shelf(settings.artefacts).current()
    except RetrievalError as error:
        raise SystemExit(_no_index(settings.home, str(error))) from None


def _no_index(home: object, why: str) -> str:
    here = f"HUASHU_HOME={home} .venv/bin/huashu"
    return (
        f"HUASHU_HOME={home} has no index that can be served ({why}): make one with `{here} serve --setup`, which also "
        f"imports the shipped pack, or from what that home has approved with `{here} build`"
    )


def _refusal(url: str) -> str | None:
    """Why the service cannot answer; None where it can. Raises OSError while there is nobody there."""
    try:
        urllib.request.urlopen(f"{url}/readyz", timeout=1).read()
    except urllib.error.HTTPError as error:
        return str(json.load(error).get("detail", error))
    return None


@contextmanager
def service(*options: str, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """A service on a free port: its address, its process, and the seconds until it was ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, **ONE_THREAD, "HUASHU_PORT": str(port), **settings}
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "service.cli", "serve", *options], cwd=ROOT, env=environment)
    try:
        while True:
            with suppress(OSError):
                if (refusal := _refusal(url)) is None:
                    break
                if "--setup" not in options:  # it looked for an index before it listened: none comes by waiting
                    raise SystemExit(_no_index(environment.get("HUASHU_HOME", "data"), refusal))
            if process.poll() is not None or time.perf_counter() - started > 900:
                raise SystemExit("the service did not become ready")
            time.sleep(0.05)
        yield url, process, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(20)


def ask(url: str, text: str) -> float:
    """Seconds of one suggestion, over a connection that each client keeps, as consoles do."""
    line = getattr(CLIENT, "line", None)
    if line is None or CLIENT.url != url:
        CLIENT.url, CLIENT.line = url, http.client.HTTPConnection(urlsplit(url).netloc)
        line = CLIENT.line
        line.connect()
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    started = time.perf_counter()
    line.request("POST", "/v1/suggestions", json.dumps({"query": text}).encode(), {"Content-Type": "application/json"})
    answer = line.getresponse()
    body = answer.read()
    took = time.perf_counter() - started
    if answer.status != 200:
        raise SystemExit(f"{text!r} came to {answer.status}: {body.decode()}")
    return took
