"""Asking the small shop for suggestions, and the queries that come to each decision there."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

ADDRESS = "/v1/suggestions"
REFUND, SHIP, LEAK, BOTH, NOTHING = "退款几天能到", "包裹卡在半路", "水壶漏电麻手", "多久更换", "🙂"
INJURY = "孩子手被划伤流血了"


def ask(client: TestClient, query: str, **more: Any) -> dict[str, Any]:
    """A response's body, which must be a 200."""
    response = client.post(ADDRESS, json={"query": query} | more)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def ids(body: dict[str, Any]) -> list[str]:
    """The suggested entries, best first."""
    return [item["entry_id"] for item in body["suggestions"]]


def turns(*texts: str, role: str = "customer") -> list[dict[str, str]]:
    """A history of one side."""
    return [{"role": role, "text": text} for text in texts]
