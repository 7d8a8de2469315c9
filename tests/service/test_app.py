"""The wiring: request ids, the size of a body, who may ask, and errors nobody foresaw."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from index.errors import EmbedderError
from service import app as app_module
from service.app import LARGEST_BODY, LimitBody, create_app
from service.server import configure_logging
from service.settings import Settings
from tests.service.shop import serving, state_of
from tests.toy import ToyEmbedder

SUGGESTIONS = "/v1/suggestions"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("given", ["a", "c-1.2_3", "A" * 64])
def test_a_sane_request_id_is_kept(client: TestClient, given: str) -> None:
    """In the header and in the body, so that a console finds its own id in its logs and ours."""
    response = client.post(SUGGESTIONS, json={"query": "退款"}, headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == response.json()["request_id"] == given


@pytest.mark.parametrize("given", ["", " ", "A" * 65, "a b", "<script>", "a/b", "a\tb", "é", '{"a":1}'])
def test_any_other_request_id_is_replaced(client: TestClient, given: str) -> None:
    """What could break a log line or a page is never echoed."""
    response = client.get("/healthz", headers=[(b"X-Request-ID", given.encode("latin-1"))])
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["x-request-id"])


def test_every_request_has_an_id_of_its_own(client: TestClient) -> None:
    """Problems too carry it, in the header and in the body."""
    found = [client.get("/nowhere") for _ in range(3)]
    assert len({response.headers["x-request-id"] for response in found}) == 3
    assert all(response.json()["request_id"] == response.headers["x-request-id"] for response in found)


def test_what_is_not_there_is_a_problem(client: TestClient) -> None:
    """404 names the path; a wrong method is 405 and says which are right; files of the pages are no way out."""
    missing = client.get("/v1/nothing")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert "/v1/nothing" in missing.json()["detail"]
    wrong = client.get(SUGGESTIONS)
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, "application/problem+json")
    assert (wrong.headers["allow"], wrong.json()["title"]) == ("POST", "Method Not Allowed")
    assert client.get("/static/..%2f..%2fapp.py").status_code == 404


def test_a_response_is_not_sniffed(client: TestClient) -> None:
    """Browsers take the content type as it is said."""
    for address in ("/healthz", "/nowhere", "/static/base.css", "/"):
        assert client.get(address).headers["x-content-type-options"] == "nosniff"


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


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_this_machine_may_ask_by_any_of_its_names(client: TestClient, host: str) -> None:
    """IPv4, IPv6 and the name, with and without a port."""
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "a@localhost"])
def test_another_sites_name_is_refused(client: TestClient, host: str) -> None:
    """A page of another site that points its own name at this machine (DNS rebinding) learns nothing."""
    for method, address in (("GET", "/readyz"), ("POST", SUGGESTIONS), ("GET", "/")):
        response = client.request(method, address, headers={"Host": host}, json={"query": "退款几天能到"})
        assert response.status_code == 400
        assert "refund" not in response.text
        assert "index_version" not in response.text


def test_behind_a_proxy_any_name_may_ask(home: Path) -> None:
    """An address that others reach goes by whatever name the proxy has."""
    with serving(Settings(home=home, host="0.0.0.0")) as client:
        assert client.get("/healthz", headers={"Host": "huashu.example"}).status_code == 200


@pytest.fixture
def broken(home: Path) -> Iterator[TestClient]:
    """A service whose suggestions fail in a way nobody foresaw."""

    def fail(*_: object) -> None:
        raise RuntimeError("the customer said: 李雷")

    with serving(Settings(home=home)) as client:
        state_of(client).suggest = fail
        yield client


def test_an_unforeseen_error_is_a_problem_with_an_id(broken: TestClient) -> None:
    """500 says nothing of what went wrong, gives the id it is logged under, and is counted."""
    with capture_logs() as logs:
        response = broken.post(SUGGESTIONS, json={"query": "退款"}, headers={"X-Request-ID": "r-1"})
    assert [line["request_id"] for line in logs if line["event"] == "unexpected error"] == ["r-1"]
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert response.headers["x-request-id"] == response.json()["request_id"] == "r-1"
    assert "李雷" not in response.text
    assert "RuntimeError" in next(line["trace"] for line in logs if line["event"] == "unexpected error")
    counted = 'huashu_requests_total{method="POST",route="/v1/suggestions",status="500"} 1.0'
    assert counted in broken.get("/metrics").text
    assert broken.get("/healthz").status_code == 200


MARKER = "暗号荔枝"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[Any]]]:
    """The lines that the service has logged since the last look, as it writes them."""
    written = io.StringIO()
    configure_logging()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))

    def since() -> list[Any]:
        found = [json.loads(line) for line in written.getvalue().splitlines()]
        written.seek(0)
        written.truncate()
        return found

    yield since
    structlog.reset_defaults()


def test_a_request_that_fails_is_logged_with_its_id(client: TestClient, lines: Callable[[], list[Any]]) -> None:
    """Method, route, status and time; one that is answered is not logged."""
    lines()
    assert client.post(SUGGESTIONS, json={"query": "退款几天能到"}).status_code == 200
    client.post(SUGGESTIONS, json={"query": ""}, headers={"X-Request-ID": "r-7"})
    client.get("/v1/entries/nowhere", headers={"X-Request-ID": "r-8"})
    client.get("/nowhere", headers={"X-Request-ID": "r-9"})
    found = lines()
    assert [(line["request_id"], line["method"], line["route"], line["status"]) for line in found] == [
        ("r-7", "POST", SUGGESTIONS, 422),
        ("r-8", "GET", "/v1/entries/{entry_id}", 404),
        ("r-9", "GET", "other", 404),
    ]
    assert {(line["event"], line["level"]) for line in found} == {("request refused", "info")}
    assert all(line["took_ms"] >= 0 and line["timestamp"] for line in found)


def test_a_slow_request_is_logged(
    client: TestClient, lines: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a second on, as a warning, whatever came of it."""
    lines()
    monkeypatch.setattr(app_module, "SLOW", 0.0)
    client.post(SUGGESTIONS, json={"query": MARKER}, headers={"X-Request-ID": "r-10"})
    (line,) = lines()
    assert (line["event"], line["level"], line["status"]) == ("request was slow", "warning", 200)
    assert (line["request_id"], line["route"]) == ("r-10", SUGGESTIONS)


def test_the_log_holds_no_text_of_a_customer(
    home: Path, tmp_path: Path, lines: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with a request that has some: refused, not found, broken, slow, unforeseen, database away."""
    monkeypatch.setattr(app_module, "SLOW", 0.0)
    database = tmp_path / "k.db"
    database.write_text("dear diary " * 100)
    with serving(Settings(home=home, database=f"sqlite:///{database}")) as client:
        history = [{"role": "customer", "text": MARKER}]
        client.post(SUGGESTIONS, json={"query": MARKER, "history": history, "slots": {"customer_name": MARKER}})
        client.post(SUGGESTIONS, json={"query": MARKER, MARKER: MARKER})
        client.post(SUGGESTIONS, content=f'{{"query": "{MARKER}'.encode(), headers=JSON)
        client.post(SUGGESTIONS, json={"query": MARKER, "channel": MARKER})
        client.post("/v1/feedback", json={"request_id": "r-1", "act": "edited", "text": MARKER, "entry_id": "a.b"})
        client.post("/v1/checks", json={"text": MARKER, "entry_id": MARKER})
        client.get(f"/v1/entries/{MARKER}")
        client.get("/v1/entries", params={"q": MARKER})
        client.get(f"/{MARKER}")
        client.get("/", params={"q": MARKER})

        def fail(*_: object) -> None:
            raise RuntimeError(MARKER) from ValueError(MARKER)

        state_of(client).suggest = fail
        client.post(SUGGESTIONS, json={"query": MARKER})
        client.post(f"{SUGGESTIONS}/batch", json={"requests": [{"query": MARKER}]})
        client.post("/dify/retrieval", json={"knowledge_id": "huashu", "query": MARKER, "retrieval_setting": {}})
    found = lines()
    assert len(found) > 12
    assert {"request was slow", "request refused", "request failed", "unexpected error"} <= {
        line["event"] for line in found
    }
    assert MARKER not in json.dumps(found, ensure_ascii=False)


def test_nothing_is_loaded_before_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Making the app reads no file and loads no encoder; starting it loads the one that the settings name."""
    asked: list[tuple[str, Path | None]] = []

    def load(name: str, tuning: Path | None) -> ToyEmbedder:
        asked.append((name, tuning))
        return ToyEmbedder()

    monkeypatch.setattr(app_module, "load_embedder", load)
    app = create_app(Settings(home=tmp_path / "absent", embedder="some/model", tuning=tmp_path / "a.npz"))
    assert asked == []
    with TestClient(app):
        assert asked == [("some/model", tmp_path / "a.npz")]
    assert not (tmp_path / "absent").exists()


def test_an_encoder_that_cannot_be_loaded_keeps_it_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better no service than one that can never answer; the reason is the encoder's own."""

    def load(name: str, tuning: Path | None) -> ToyEmbedder:
        raise EmbedderError(f"no {name} here")

    monkeypatch.setattr(app_module, "load_embedder", load)
    with (
        pytest.raises(EmbedderError, match="no some/model here"),
        TestClient(create_app(Settings(home=tmp_path, embedder="some/model"))),
    ):
        pass


def test_the_examples_on_the_page_are_queries(client: TestClient) -> None:
    """Every example that the page offers is a request that the API takes."""
    app = client.app
    assert isinstance(app, FastAPI)
    assert app.state.examples
    for example in app.state.examples:
        assert client.post(SUGGESTIONS, json={"query": example}).status_code == 200
