"""The size of a body."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from service.bodies import LARGEST_BODY, LARGEST_UPLOAD, LimitBody
from service.errors import TooLarge
from tests.service.people import EDITOR

SUGGESTIONS = "/v1/suggestions"
JSON = {"Content-Type": "application/json"}
AS_EDITOR = [(name.lower().encode(), value.encode()) for name, value in EDITOR.items()]


def test_a_body_over_the_limit_is_refused_by_its_length(client: TestClient) -> None:
    """413 before a byte of it is read, counted and with an id like any other problem."""
    response = client.post(SUGGESTIONS, content=b"x" * (LARGEST_BODY + 1), headers=JSON)
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    said = f"the body has {LARGEST_BODY + 1} bytes, and at most {LARGEST_BODY} are taken here: send less history"
    assert response.json()["detail"] == said
    assert response.headers["x-request-id"] == response.json()["request_id"]
    assert 'status="413"' in client.get("/metrics").text


@pytest.mark.parametrize(
    ("method", "path", "remedy"),
    [
        ("POST", "/v1/suggestions/batch", "send fewer requests at once, or less history with each"),
        ("PUT", "/v1/drafts/refund.time", "shorten it, or send it in parts"),
        ("POST", "/v1/inbox/variants", "shorten it, or send it in parts"),
        ("POST", "/v1/imports", "split the file"),
    ],
)
def test_the_remedy_fits_what_is_sent(client: TestClient, method: str, path: str, remedy: str) -> None:
    """History is in suggestions alone."""
    length = str(LARGEST_UPLOAD + 1)
    response = client.request(method, path, content=b"", headers={"Content-Length": length})
    assert response.status_code == 413
    assert response.json()["detail"].startswith(f"the body has {length} bytes, ")
    assert response.json()["detail"].endswith(f": {remedy}")


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


def _chunked(
    app: Any, chunks: list[bytes], path: str = SUGGESTIONS, kind: str = "application/json"
) -> list[dict[str, Any]]:
    """What an app sends for a body that arrives in chunks without a length."""
    sent: list[dict[str, Any]] = []
    path, _, query = path.partition("?")
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
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"content-type", kind.encode()), *AS_EDITOR],
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


def acting(done: list[object]) -> FastAPI:
    """Routes that act on a body: as it streams in, as a whole, as JSON, as a form, and whatever reading it raises."""
    app = FastAPI()

    @app.post("/v1/documents")
    async def streamed(request: Request) -> None:
        done.append(sum([len(part) async for part in request.stream()]))

    @app.post("/whole")
    async def whole(request: Request) -> None:
        done.append(len(await request.body()))

    @app.post("/json")
    async def parsed(body: dict[str, str]) -> None:
        done.append(body)

    @app.post("/form")
    async def form(request: Request) -> None:
        done.append(await request.form())

    @app.post("/tolerant")
    async def tolerant(request: Request) -> str:
        with suppress(Exception):
            done.append(await request.body())
        return "kept"

    app.add_middleware(LimitBody)
    return app


FORM = "application/x-www-form-urlencoded"
# A whole request by itself before it grows too large.
ROUTES = [
    ("/v1/documents", "application/octet-stream", b"a file", LARGEST_UPLOAD),
    ("/whole", "text/plain", b"a text", LARGEST_BODY),
    ("/json", "application/json", b'{"act": "now"}', LARGEST_BODY),
    ("/form", FORM, b"act=now", LARGEST_BODY),
    ("/tolerant", "text/plain", b"a text", LARGEST_BODY),
]


@pytest.mark.parametrize(("path", "kind", "first", "largest"), ROUTES, ids=[path for path, *_ in ROUTES])
def test_no_route_acts_on_the_beginning_of_a_body_that_grows_too_large(
    path: str, kind: str, first: bytes, largest: int
) -> None:
    """Nothing is done with what was read, however the route reads; within the limit it acts as ever."""
    done: list[object] = []
    app = acting(done)
    blanks = [b" " * (largest // 8)] * 9
    start, *rest = _chunked(app, [first, *blanks], path, kind)
    assert (start["status"], done) == (413, [])
    assert f"bytes or more, and at most {largest} are" in b"".join(message["body"] for message in rest).decode()
    assert _chunked(app, [first, b" " * 10], path, kind)[0]["status"] == 200
    assert len(done) == 1


def test_a_large_chunked_upload_leaves_nothing_behind(desk: TestClient, home: Path) -> None:
    """A document sent to the service itself: 413, no document is kept, and no file of one."""

    def kept() -> tuple[object, list[Path]]:
        return desk.get("/v1/documents").json(), sorted((home / "documents").rglob("*"))

    before = kept()
    chunks = [b"a line\n", *[b" " * 4_000_000] * 9]
    start, *_ = _chunked(desk.app, chunks, "/v1/documents?name=a.txt", "text/plain")
    assert (start["status"], kept()) == (413, before)


def test_a_body_that_grows_too_large_is_no_fault_of_the_service(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """An adapter's address refuses it too, and no unexpected error is logged."""
    start, *_ = _chunked(client.app, [b'{"queries": []}', *[BLANKS] * 6], "/retrieval")
    assert start["status"] == 413
    assert "unexpected error" not in "".join(capsys.readouterr())


def test_an_answer_that_has_begun_is_not_answered_again() -> None:
    """Where the body grows too large after that, the connection's server is told by the exception."""

    async def eager(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await receive()

    sent: list[Any] = []
    app = LimitBody(eager)
    with pytest.raises(TooLarge):
        sent += _chunked(app, [b" " * 2 * LARGEST_BODY])
    assert sent == []


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
