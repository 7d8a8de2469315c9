"""Processes of the toy `huashu`, and clients that ask a running one."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 120.0  # seconds; the libraries alone take ten on a small machine


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a toy `huashu` over a home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUASHU_")}
    return kept | {"HUASHU_HOME": str(home), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)} | more


def command(*arguments: object) -> list[str]:
    """The toy `huashu` with arguments."""
    return [sys.executable, "-m", "tests.fault.runner", *map(str, arguments)]


def huashu(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a verb that needs no embedder to its end."""
    plain = [sys.executable, "-m", "service.cli", *map(str, arguments)]
    return subprocess.run(
        plain, env=environment(home), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def killed_while(home: Path, pause: str, *arguments: object) -> None:
    """Run a verb until it pauses there, then kill it without a word."""
    process = subprocess.Popen(
        command(*arguments), env=environment(home, HUASHU_TEST_PAUSE=pause), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert any(line.strip() == "paused" for line in process.stdout), f"it never came to {pause}"
    finally:
        process.kill()
        process.wait(10)
    assert process.returncode == -signal.SIGKILL


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold in that time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@dataclass
class Service:
    """A running service."""

    port: int
    process: subprocess.Popen[bytes]

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and body of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            content = None if body is None else json.dumps(body).encode()
            connection.request(method, path, content, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def ready(self) -> dict[str, Any]:
        """What /readyz says, nothing while nobody listens."""
        try:
            body: dict[str, Any] = self.request("GET", "/readyz")[1]
        except OSError:
            return {}
        return body

    def version(self) -> str | None:
        """The version that answers."""
        found: str | None = self.ready().get("index_version")
        return found


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Service]:
    """A service over a home, in a process of its own, once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(command("serve"), env=environment(home, HUASHU_PORT=str(port), **more), cwd=ROOT)
    service = Service(port, process)
    try:
        assert within(STARTS_WITHIN, lambda: process.poll() is not None or bool(service.ready())), "it did not start"
        yield service
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


@dataclass
class Clients:
    """Clients that ask one query in a loop, each on a connection it keeps."""

    service: Service
    query: str
    count: int = 3
    answers: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __enter__(self) -> Clients:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(self.count)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=10)
        body = json.dumps({"query": self.query})
        while not self._stop.is_set():
            try:
                connection.request("POST", "/v1/suggestions", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                content = response.read()
                if response.status != 200:
                    self.failures.append(f"{response.status} {content!r}")
                self.answers.append(json.loads(content))
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.failures.append(repr(error))
                connection.close()
                time.sleep(0.05)  # whoever is refused at once would else ask on without a pause
        connection.close()
