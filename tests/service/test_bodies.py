"""The size of a body."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.bodies import LARGEST_BODY, LimitBody

SUGGESTIONS = "/v1/suggestions"
JSON = {"Content-Type": "application/json"}


def test_a_body_over_the_limit_is_refused_by_its_length(client: TestClient) -> None:
    """413 before a byte of it is read, counted and with an id like any other problem."""
    response = client.post(SUGGESTIONS, content=b"x" * (LARGEST_BODY + 1), headers=JSON)
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert str(LARGEST_BODY) in response.json()["detail"]
    assert response.headers["x-request-id"] == response.json()["request_id"]
    assert 'status="413"' in client.get("/metrics").text


def test_a_body_that_says_it_is_too_long_is_not_read() -> None:
    """Neither by the limit nor by the app behind it."""
    sent: list[Any] = []

    async def never(*_: Any) -> Any:
        raise AssertionError("it was read")

    async def send(message: Any) -> None:
        sent.append(message)

    length = str(LARGEST_BODY + 1).encode()
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", length)], "state": {}}
    asyncio.run(LimitBody(never)(scope, never, send))
    assert sent[0]["status"] == 413


def test_the_limit_is_far_above_what_the_fields_allow(client: TestClient) -> None:
    """The largest request the fields allow (50 turns and 50 slots at their limits, in Chinese) is no large body."""
    history = [{"role": "customer", "text": "退" * 2000}] * 50
    slots = {f"{number:03}" + "槽" * 197: "值" * 500 for number in range(50)}
    body = json.dumps({"query": "退" * 2000, "history": history, "slots": slots}, ensure_ascii=False).encode()
    assert client.post(SUGGESTIONS, content=body, headers=JSON).status_code == 200


def _chunked(app: Any, chunks: list[bytes]) -> list[dict[str, Any]]:
    """What an app sends for a body that arrives in chunks without a length."""
    sent: list[dict[str, Any]] = []
    body = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting = iter([*body, {"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        message = next(waiting, None)
        if message is None:
            await asyncio.Event().wait()  # as a server does once all has come and nobody has hung up
        return message or {}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": SUGGESTIONS,
        "raw_path": SUGGESTIONS.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    asyncio.run(app(scope, receive, send))
    return sent


BLANKS = b" " * 100_000


@pytest.mark.parametrize(
    "chunks",
    [[b'{"query": "x"', *[BLANKS] * 6, b"}"], [b'{"query": "x"}', *[BLANKS] * 6], [b" " * 2 * LARGEST_BODY]],
    ids=["cut", "whole before it grows", "one chunk"],
)
def test_a_body_over_the_limit_is_refused_however_it_arrives(client: TestClient, chunks: list[bytes]) -> None:
    """Without a length it is counted: 413, also where what came before the limit is a request by itself."""
    start, *rest = _chunked(client.app, chunks)
    assert start["status"] == 413
    problem = json.loads(b"".join(message["body"] for message in rest))
    assert (problem["status"], problem["title"]) == (413, "Request Entity Too Large")
    assert (b"x-request-id", problem["request_id"].encode()) in start["headers"]


def test_a_chunked_body_within_the_limit_is_answered(client: TestClient) -> None:
    """Chunks as such are no reason to refuse."""
    start, *_ = _chunked(client.app, [b'{"que', b'ry": "x', b'"}'])
    assert start["status"] == 200


def test_only_http_is_limited() -> None:
    """Other connections, such as the lifespan, pass untouched."""
    seen: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(LimitBody(inner)({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
