"""Request ids, and errors nobody foresaw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from service.settings import Settings
from tests.service.shop import serving, state_of

SUGGESTIONS = "/v1/suggestions"


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
