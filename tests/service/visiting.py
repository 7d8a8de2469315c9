"""Signing in to the small shop as a browser does: by forms, with their token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from knowledge.store import Store
from service.app import create_app
from service.identity.csrf import COOKIE
from service.identity.tokens import digest, new_key
from service.settings import Settings
from tests.service.shop import FRIDAY, state_of
from tests.toy import ToyEmbedder

PASSWORD = "correct horse battery"
HTML = {"Accept": "text/html"}


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = FRIDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(**by)


@contextmanager
def visiting(home: Path, database: Path, clock: Clock | None = None, **more: Any) -> Iterator[TestClient]:
    """A browser before the shop with a database of its own."""
    settings = Settings(home=home, database=f"sqlite:///{database}", **more)
    with TestClient(create_app(settings, ToyEmbedder(), clock or Clock()), follow_redirects=False) as client:
        yield client


def call(client: TestClient, name: str, *arguments: Any) -> Any:
    """An act of signing in, on the service's own loop."""
    assert client.portal is not None
    return client.portal.call(getattr(state_of(client).identity.signing_in, name), *arguments)


def post(client: TestClient, address: str, **fields: Any) -> Response:
    """A form as the page sends it, with its token."""
    return client.post(address, data={"csrf": client.cookies.get(COOKIE, ""), **fields})


def become_admin(client: TestClient, name: str = "zhao") -> None:
    """Open the link of the first start."""
    secret = call(client, "first_link")
    done = post(client, f"/sign-in/link/{secret}", name=name, password=PASSWORD, again=PASSWORD)
    assert done.status_code == 303, done.text


def sign_in(client: TestClient, name: str, password: str = PASSWORD) -> Response:
    """By password."""
    return post(client, "/sign-in", name=name, password=password)


def add_key(database: Path, *scopes: str, name: str = "console") -> str:
    """A key made from outside the service, as by `huashu key add`."""
    secret = new_key()
    with Store.open(f"sqlite:///{database}") as store:
        store.keys.add(name, digest(secret), secret[:11], scopes or ("console",), "test", FRIDAY)
    return secret
