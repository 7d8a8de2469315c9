"""Secrets that are shown, and where a request shows a key."""

from __future__ import annotations

import pytest
from fastapi import Request

from service.identity.tokens import bearer, digest, key_of, new_key, new_secret


def request(**headers: str) -> Request:
    """A request with these headers."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": given})


def test_secrets_are_long_and_never_the_same() -> None:
    """256 bits each; a key is known for one by how it begins."""
    assert len({new_secret() for _ in range(100)} | {new_key() for _ in range(100)}) == 200
    assert all(len(new_secret()) >= 43 for _ in range(10))
    assert new_key().startswith("hs_")


def test_what_is_kept_does_not_lead_back() -> None:
    """A SHA-256, whatever was shown."""
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(digest("\ud800 密")) == 64


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer k"},
        {"authorization": "bearer  k "},
        {"x_api_key": "k"},
        {"ocp_apim_subscription_key": "k"},
    ],
)
def test_a_key_stands_in_one_of_three_headers(headers: dict[str, str]) -> None:
    """A bearer, X-API-Key, or Azure's own."""
    assert key_of(request(**headers)) == "k"


@pytest.mark.parametrize("header", ["", "Basic k", "k", "Bearer"])
def test_what_is_no_bearer_is_none(header: str) -> None:
    """Another scheme, or nothing behind it."""
    assert bearer(request(authorization=header)) == ""
