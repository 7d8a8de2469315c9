"""Requests that another site's page sends in a visitor's browser are told apart from those of our own."""

from __future__ import annotations

import pytest
from fastapi import Request

from service.identity.csrf import fits, from_here, token_of


def request(**headers: str) -> Request:
    """A request to huashu.example with these headers."""
    given = {"host": "huashu.example:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Request({"type": "http", "headers": [(name.encode(), value.encode()) for name, value in given.items()]})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"origin": "http://huashu.example:8000"},
        {"origin": "https://HUASHU.example:8000"},
        {"sec_fetch_site": "same-origin", "origin": "https://proxy.example"},
    ],
)
def test_our_own_pages_and_programs_are_let_through(headers: dict[str, str]) -> None:
    """A program says nothing; a browser's own word goes before Origin, which a proxy may not fit."""
    assert from_here(request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "http://huashu.example:8000"},
        {"origin": "http://evil.example"},
        {"origin": "http://huashu.example:9000"},
        {"origin": "http://huashu.example:8000.evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://["},
    ],
)
def test_another_sites_are_not(headers: dict[str, str]) -> None:
    """Another port of the same name is another site too, and a hidden origin is none of ours."""
    assert not from_here(request(**headers))


def test_a_token_is_its_sessions_own() -> None:
    """It says nothing of the secret, and no other session's fits."""
    assert fits("secret-1", token_of("secret-1"))
    assert not fits("secret-1", token_of("secret-2"))
    assert not fits("secret-1", "")
    assert not fits("secret-1", "密")
    assert "secret-1" not in token_of("secret-1")
