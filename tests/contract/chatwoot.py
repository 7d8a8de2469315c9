"""A Chatwoot of our own: keeps what it is sent, signs what it sends."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.service.shop import FRIDAY

SECRET, TOKEN = "shared-secret", "bot-token"
NOW = str(int(FRIDAY.timestamp()))


@dataclass
class Chatwoot:
    """What arrived, in order, and the statuses it answers with: the first ones given, then 200."""

    url: str = ""
    taken: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def wait(self, count: int, seconds: float = 10) -> list[tuple[str, dict[str, Any]]]:
        """The first `count` requests, once they are there; and no more come for a moment."""
        until = time.monotonic() + seconds
        while len(self.taken) < count and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.15)
        assert len(self.taken) == count, self.taken
        return [(path, body) for path, body, _ in self.taken]

    def clear(self) -> None:
        self.taken.clear()
        self.statuses.clear()


@contextmanager
def chatwoot() -> Iterator[Chatwoot]:
    """A Chatwoot that listens on this machine."""
    found = Chatwoot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.taken.append((self.path, body, self.headers.get("api_access_token", "")))
            self.send_response(found.statuses.pop(0) if found.statuses else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def event(content: str | None, message: int, number: int, **more: Any) -> dict[str, Any]:
    """What Chatwoot sends a bot for a customer's message in the conversation of that number."""
    return {
        "event": "message_created",
        "id": message,
        "content": content,
        "created_at": "2026-11-20T02:00:00.000Z",
        "message_type": "incoming",
        "content_type": "text",
        "content_attributes": {},
        "source_id": None,
        "private": False,
        "sender": {"id": 5, "name": "withered-sun-12", "type": "contact"},
        "inbox": {"id": 1, "name": "网站"},
        "conversation": {
            "id": number,
            "status": "pending",
            "inbox_id": 1,
            "channel": "Channel::WebWidget",
            "can_reply": True,
            "contact_inbox": {"id": 9, "contact_id": 5},
            "messages": [{"id": message, "content": content, "message_type": 0}],
            "meta": {"sender": {"id": 5}, "assignee": None},
        },
        "account": {"id": 3, "name": "Desk"},
    } | more


def signed(body: bytes, stamp: str = NOW, secret: str = SECRET) -> dict[str, str]:
    """The headers Chatwoot signs a body with."""
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Chatwoot-Signature": f"sha256={digest}",
        "X-Chatwoot-Timestamp": stamp,
        "X-Chatwoot-Delivery": "d-1",
    }
