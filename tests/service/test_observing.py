"""Request ids, errors nobody foresaw, and what is logged of a request."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from service import observing
from service.server import configure_logging
from service.settings import Settings
from tests.service.shop import serving, state_of

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


@pytest.mark.parametrize(
    ("public_url", "told"),
    [("https://desk.example", "max-age=31536000"), ("http://desk.example", None), ("", None)],
)
def test_browsers_are_told_to_come_over_tls_alone(home: Path, public_url: str, told: str | None) -> None:
    """Where the address that people open says https; what anybody else is served is not bound by it."""
    with serving(Settings(home=home, public_url=public_url)) as client:
        for address in ("/healthz", "/static/base.css", "/nowhere"):
            assert client.get(address).headers.get("strict-transport-security") == told


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
    monkeypatch.setattr(observing, "SLOW", 0.0)
    client.post(SUGGESTIONS, json={"query": MARKER}, headers={"X-Request-ID": "r-10"})
    (line,) = lines()
    assert (line["event"], line["level"], line["status"]) == ("request was slow", "warning", 200)
    assert (line["request_id"], line["route"]) == ("r-10", SUGGESTIONS)


def test_the_log_holds_no_text_of_a_customer(
    home: Path, tmp_path: Path, lines: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with a request that has some: refused, not found, broken, slow, unforeseen, database away."""
    monkeypatch.setattr(observing, "SLOW", 0.0)
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
