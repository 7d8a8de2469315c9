"""Slow clients and large heads, against a server that really listens: they are cut off, and nobody else notices."""

from __future__ import annotations

import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import uvicorn

from service import listening, server, workers
from service.listening import LARGEST_HEAD, LIMITS, Protocol
from service.settings import Settings
from tests.service.test_live import within
from tests.service.test_server import free_port
from tests.toy import ToyEmbedder

SLOW = 0.4  # seconds that these tests give a client


@pytest.fixture(scope="module")
def settings(home: Path) -> Iterator[Settings]:
    """A service that listens, and waits for clients as long as these tests do."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(listening, "HEAD_SECONDS", SLOW)
        patched.setattr(listening, "BODY_SECONDS", SLOW)
        patched.setattr(listening, "SLOWEST", 1000)
        found = Settings(home=home, port=free_port())
        made: list[uvicorn.Server] = []
        original = server._Server.__init__

        def noted(self: server._Server, config: uvicorn.Config, given: Settings) -> None:
            original(self, config, given)
            made.append(self)

        patched.setattr(server._Server, "__init__", noted)
        thread = threading.Thread(target=server.run, args=(found, ToyEmbedder()))
        thread.start()
        assert within(30, lambda: bool(made) and made[0].started)
        yield found
        made[0].should_exit = True
        thread.join(20)
    structlog.reset_defaults()


def connected(settings: Settings) -> socket.socket:
    """A connection of a client's own."""
    return socket.create_connection((settings.host, settings.port), timeout=10)


def answered(settings: Settings) -> bool:
    """Whether somebody else is answered, at once."""
    begun = time.monotonic()
    with urllib.request.urlopen(f"{settings.url}/healthz", timeout=10) as response:
        return response.status == 200 and time.monotonic() - begun < 2


def rest(connection: socket.socket) -> bytes:
    """All that still comes until the other side closes."""
    found = b""
    try:
        while chunk := connection.recv(65536):
            found += chunk
    except ConnectionResetError:
        pass
    return found


POST = b"POST /v1/suggestions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
BODY = '{"query": "退款几天能到"}'.encode()


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: loc",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HT",
        POST + b"Content-Length: 100000\r\n\r\n{",
        POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
    ids=[
        "nothing",
        "half a head",
        "line ends after a request",
        "half a second head",
        "a byte of a body",
        "half a chunk",
    ],
)
def test_who_does_not_go_on_is_cut_off(settings: Settings, begun: bytes) -> None:
    """A connection that sends nothing more, whatever it began, is closed; somebody else is answered meanwhile."""
    with connected(settings) as slow:
        slow.sendall(begun)
        since = time.monotonic()
        assert answered(settings)
        rest(slow)
        assert time.monotonic() - since < SLOW + 6  # an idle one after an answer is let be for five


def test_a_byte_now_and_then_is_not_enough(settings: Settings) -> None:
    """Slowloris: many connections that each send a header's byte at a time are all closed, and nobody else waits."""
    slow = [connected(settings) for _ in range(40)]
    for connection in slow:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ")
    ended = time.monotonic() + 4 * SLOW
    while time.monotonic() < ended:
        for connection in slow:
            try:
                connection.sendall(b"a")
            except OSError:
                continue
        assert answered(settings)
        time.sleep(SLOW / 5)
    for connection in slow:
        assert b"200" not in rest(connection)
        connection.close()


def test_who_goes_on_may_take_longer(settings: Settings) -> None:
    """A body that comes on is read to its end, however often the time for one has passed."""
    filling = b" " * 6000
    with connected(settings) as client:
        client.sendall(POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % (len(filling) + len(BODY)))
        for place in range(0, len(filling), 1000):
            client.sendall(filling[place : place + 1000])
            time.sleep(SLOW / 2.5)
        client.sendall(BODY)
        assert rest(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("whole", [True, False], ids=["at once", "without an end"])
@pytest.mark.parametrize("part", ["address", "value", "many"])
def test_a_large_head_is_refused(settings: Settings, part: str, whole: bool) -> None:
    """431 as soon as it is over the limit, whichever part of it is large, ended or not; others are answered."""
    large = b"a" * (LARGEST_HEAD + 10)
    head = {
        "address": b"GET /?q=" + large + b" HTTP/1.1\r\nHost: localhost\r\n",
        "value": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: " + large + b"\r\n",
        "many": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Many: 1234567890\r\n" * (LARGEST_HEAD // 20),
    }[part]
    with connected(settings) as client:
        client.sendall(head + b"\r\n" if whole else head)
        assert rest(client).startswith(b"HTTP/1.1 431")
    assert answered(settings)


def test_what_is_no_http_is_refused_as_before(settings: Settings) -> None:
    """400, and the connection is closed."""
    with connected(settings) as client:
        client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert rest(client).startswith(b"HTTP/1.1 400")


def test_a_header_of_an_ordinary_size_is_let_through(settings: Settings) -> None:
    """Half the limit."""
    with connected(settings) as client:
        client.sendall(
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: " + b"a" * (LARGEST_HEAD // 2)
        )
        client.sendall(b"\r\n\r\n")
        assert rest(client).startswith(b"HTTP/1.1 200")


def test_workers_keep_to_the_same_limits() -> None:
    """One worker or several: the same protocol, connections and seconds."""
    assert workers.Worker.CONFIG_KWARGS["http"] is Protocol
    assert workers.Worker.CONFIG_KWARGS["limit_concurrency"] == LIMITS["limit_concurrency"]
