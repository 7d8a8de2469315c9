"""POST /v1/suggestions over a real index with a toy embedder and a clock that stands still."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from knowledge.errors import NotFound
from service.api.requests import LARGEST_BATCH, SuggestionRequest
from service.api.responses import SuggestionResponse
from service.settings import Settings
from tests.service.asking import ADDRESS, BOTH, NOTHING, REFUND
from tests.service.shop import serving, state_of

BATCH = f"{ADDRESS}/batch"


def test_without_an_index_it_names_the_command(tmp_path: Path) -> None:
    """503 with what to run, and when to try again."""
    with serving(Settings(home=tmp_path)) as client:
        response = client.post(ADDRESS, json={"query": REFUND})
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert "`huashu build`" in response.json()["detail"]
    assert int(response.headers["retry-after"]) > 0


def test_a_batch_is_answered_in_order_as_if_each_had_come_alone(client: TestClient) -> None:
    """The same response row by row, but for ids and times; a row's id is the batch's with its number."""
    asked = [{"query": REFUND}, {"query": NOTHING}, {"query": BOTH, "limit": 1}, {"query": REFUND}]
    response = client.post(BATCH, json={"requests": asked}, headers={"X-Request-ID": "b-1"})
    assert response.status_code == 200
    rows = response.json()["responses"]
    assert [row["decision"] for row in rows] == ["answer", "abstain", "clarify", "answer"]
    assert [row["request_id"] for row in rows] == ["b-1.0", "b-1.1", "b-1.2", "b-1.3"]
    own = {"request_id", "took_ms"}
    for row, body in zip(rows, asked, strict=True):
        alone = client.post(ADDRESS, json=body).json()
        assert {key: row[key] for key in row.keys() - own} == {key: alone[key] for key in alone.keys() - own}


@pytest.mark.parametrize(("size", "status"), [(0, 422), (1, 200), (LARGEST_BATCH, 200), (LARGEST_BATCH + 1, 422)])
def test_a_batch_has_1_to_32_requests(client: TestClient, size: int, status: int) -> None:
    """One more or one less is refused with both numbers."""
    response = client.post(BATCH, json={"requests": [{"query": REFUND}] * size})
    assert response.status_code == status
    if status == 422:
        assert response.json()["errors"][0]["field"] == "requests"
        assert f"has {size} items" in response.json()["detail"]


def test_malformed_rows_are_named_by_their_number(client: TestClient) -> None:
    """The whole batch is refused before any of it is answered, and every wrong field of every row is named."""
    response = client.post(BATCH, json={"requests": [{"query": REFUND}, {"query": ""}, {"query": "x", "limit": 0}]})
    assert response.status_code == 422
    assert [item["field"] for item in response.json()["errors"]] == ["requests.1.query", "requests.2.limit"]


def test_a_row_that_fails_spoils_no_other(home: Path) -> None:
    """A foreseen error and an unforeseen one become problems in their places, under the rows' own ids."""
    with serving(Settings(home=home)) as client:
        suggest = state_of(client).suggest

        def fail(body: SuggestionRequest, request_id: str) -> SuggestionResponse:
            if body.query == NOTHING:
                raise NotFound("target nobody is not one of the policy's")
            if body.query == BOTH:
                raise RuntimeError("the customer said: 李雷")
            answered: SuggestionResponse = suggest(body, request_id)
            return answered

        state_of(client).suggest = fail
        asked = [{"query": query} for query in (REFUND, NOTHING, BOTH, REFUND)]
        with capture_logs() as logs:
            response = client.post(BATCH, json={"requests": asked}, headers={"X-Request-ID": "b-2"})
        counted = client.get("/metrics").text
    rows = response.json()["responses"]
    assert response.status_code == 200
    assert [row.get("status") for row in rows] == [None, 404, 500, None]
    assert (rows[1]["detail"], rows[1]["request_id"]) == ("target nobody is not one of the policy's", "b-2.1")
    assert "李雷" not in response.text
    assert [line["request_id"] for line in logs if line["event"] == "unexpected error"] == ["b-2.2"]
    assert 'huashu_decisions_total{decision="answer"} 2.0' in counted


def test_a_batch_without_an_index_is_one_problem(tmp_path: Path) -> None:
    """503 for all of it."""
    with serving(Settings(home=tmp_path)) as client:
        response = client.post(BATCH, json={"requests": [{"query": REFUND}]})
    assert response.status_code == 503
    assert "`huashu build`" in response.json()["detail"]
