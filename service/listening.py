"""One connection of a client: how large the head of a request may be, and how long a client may take to send one.

Uvicorn waits for as long as it takes, and keeps whatever arrives. A client that sends a byte a minute, or a header
without an end, is cut off here, so that it costs others neither memory nor places.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

LARGEST_HEAD: Final = 64 * 1024  # bytes of a request's first line and headers
HEAD_SECONDS: Final = 10.0  # from a connection, or a request's first byte, to the end of its headers
BODY_SECONDS: Final = 30.0  # within which a body must come to its end, or on by as many bytes as below
SLOWEST: Final = 64 * 1024  # bytes
KEEP_ALIVE: Final = 5  # seconds that a connection may stay without a request
# Connections at once, those that wait for their client counted; over it a request gets 503. Below the 1 024 open files
# that systems give a process by default: at that limit nobody could connect, to be told anything.
CONNECTIONS: Final = 800

# What every server of ours is set up with.
LIMITS: Final[dict[str, Any]] = {
    "timeout_keep_alive": KEEP_ALIVE,
    "limit_concurrency": CONNECTIONS,
    "backlog": 512,
    "ws": "none",
}


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 that waits for no slow client, and keeps no large head."""

    _deadline: TimerHandle | None = None
    _in_head = True
    _head = 0  # bytes of the head so far, as they come
    _body = 0  # bytes of the body since the deadline was set
    _too_large = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._head > LARGEST_HEAD:
            self._too_large = True
            self.send_400_response("")
        elif self._deadline is None and (self.cycle is None or self.cycle.response_complete):
            self._wait(HEAD_SECONDS)  # bytes that begin no request, after one that was answered

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._wait(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        self._in_head, self._head = False, 0
        if size > LARGEST_HEAD:
            self._too_large = True
            raise ValueError("the head of a request is too large")  # which the parser makes a refusal of
        self._body = 0
        self._wait(BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._stop_waiting()
        self._in_head, self._head = True, 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if not self._too_large:
            super().send_400_response(msg)
            return
        told = f"The head of a request is over {LARGEST_HEAD} bytes: send shorter headers.".encode()
        length = f"content-length: {len(told)}\r\n".encode()
        kind = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
        self.transport.write(STATUS_LINE[431] + kind + length + b"\r\n" + told)
        self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(seconds, self._expire)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _expire(self) -> None:
        self._deadline = None
        paused = self.flow is not None and self.flow.read_paused  # we keep the client waiting, not the client us
        if not self._in_head and (paused or self._body >= SLOWEST):
            self._body = 0
            self._wait(BODY_SECONDS)
        else:
            self.transport.close()
