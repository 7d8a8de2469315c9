"""The key an adapter's client shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Request
from starlette.exceptions import HTTPException

from service.adapters import keys
from service.identity.people import VISITOR, Person
from service.settings import Adapters

READER = Person("key:reader", frozenset(), frozenset({"search"}))
CONSOLE = Person("key:console", frozenset({"console"}))


def request(key: str, query: str = "", who: Person | None = None, **headers: str) -> Request:
    """A request by somebody to a service whose adapters have that key of their own."""
    state = SimpleNamespace(adapters=Adapters(key=key), identify=lambda request: who)
    scope: dict[str, Any] = {
        "type": "http",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "query_string": query.encode(),
        "app": SimpleNamespace(state=state),
    }
    return Request(scope)


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {"authorization": "Bearer k-1"}),
        ("", {"authorization": "bearer  k-1 "}),
        ("", {"x_api_key": "k-1"}),
        ("", {"ocp_apim_subscription_key": "k-1"}),
        ("token=k-1", {}),
    ],
)
def test_the_key_may_stand_where_a_system_puts_it(query: str, headers: dict[str, str]) -> None:
    """In any of its places, whoever asks besides."""
    keys.require(request("k-1", query, **headers))


@pytest.mark.parametrize("who", [None, VISITOR, READER])
@pytest.mark.parametrize(
    ("query", "headers"),
    [("", {}), ("", {"authorization": "k-1"}), ("", {"authorization": "Bearer k-2"}), ("token=", {}), ("key=k-1", {})],
)
def test_without_the_key_nobody_is_let_in(query: str, headers: dict[str, str], who: Person | None) -> None:
    """401 that does not say the key; a visitor, and a key that may not suggest, are nobody here."""
    with pytest.raises(HTTPException) as refused:
        keys.require(request("k-1", query, who, **headers))
    assert refused.value.status_code == 401
    assert "k-1" not in str(refused.value.detail)


@pytest.mark.parametrize("key", ["", "k-1"])
def test_whoever_may_suggest_is_let_in(key: str) -> None:
    """With and without a key of the adapters' own."""
    keys.require(request(key, who=CONSOLE))


def test_without_a_key_of_its_own_visitors_are_let_in() -> None:
    """As at every other address; strangers are not."""
    keys.require(request("", who=VISITOR, authorization="Bearer whatever"))
    with pytest.raises(HTTPException):
        keys.require(request(""))
