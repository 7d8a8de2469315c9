"""Whether people come over TLS."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.requests import Request

from service.identity.transport import encrypted, promised
from service.settings import Settings


@pytest.mark.parametrize(
    ("scheme", "public_url", "secure", "always"),
    [
        ("http", "", False, False),
        ("https", "", True, False),
        ("http", "http://desk.example", False, False),
        ("http", "https://desk.example", True, True),
        ("https", "https://desk.example", True, True),
    ],
)
def test_the_address_that_people_open_says_it_or_the_request_itself(
    scheme: str, public_url: str, secure: bool, always: bool
) -> None:
    """Only the address promises it for the next time: a request over TLS may have come by another way than others."""
    app = FastAPI()
    app.state.settings = Settings(public_url=public_url)
    request = Request(
        {"type": "http", "app": app, "scheme": scheme, "server": ("testserver", 80), "path": "/", "headers": []}
    )
    assert (encrypted(request), promised(request)) == (secure, always)
