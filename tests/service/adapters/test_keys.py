"""The key an adapter's client shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Request
from starlette.exceptions import HTTPException

from service.adapters import keys
from service.settings import Adapters


def request(key: str, query: str = "", **headers: str) -> Request:
    """A request to a service with that key."""
    scope: dict[str, Any] = {
        "type": "http",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "query_string": query.encode(),
        "app": SimpleNamespace(state=SimpleNamespace(adapters=Adapters(key=key))),
    }
    return Request(scope)


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {"authorization": "Bearer k-1"}),
        ("", {"authorization": "bearer  k-1 "}),
        ("", {"ocp_apim_subscription_key": "k-1"}),
        ("token=k-1", {}),
    ],
)
def test_the_key_may_stand_where_a_system_puts_it(query: str, headers: dict[str, str]) -> None:
    """In any of its three places."""
    keys.require(request("k-1", query, **headers))


@pytest.mark.parametrize(
    ("query", "headers"),
    [("", {}), ("", {"authorization": "k-1"}), ("", {"authorization": "Bearer k-2"}), ("token=", {}), ("key=k-1", {})],
)
def test_without_the_key_nobody_is_let_in(query: str, headers: dict[str, str]) -> None:
    """401 that does not say the key."""
    with pytest.raises(HTTPException) as refused:
        keys.require(request("k-1", query, **headers))
    assert refused.value.status_code == 401
    assert "k-1" not in str(refused.value.detail)


def test_without_a_key_set_everybody_is() -> None:
    """As at every other address."""
    keys.require(request(""))
    keys.require(request("", authorization="Bearer whatever"))
