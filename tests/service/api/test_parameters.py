"""Parameters of an address."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_a_parameter_given_twice_is_named(client: TestClient) -> None:
    """Which of the two was meant nobody could tell; once is as before."""
    twice = client.get("/v1/entries?limit=1&limit=2")
    assert twice.status_code == 422
    assert twice.json()["errors"] == [{"field": "limit", "message": "is given 2 times: give it once"}]
    assert client.get("/v1/entries?limit=1&offset=0").status_code == 200
