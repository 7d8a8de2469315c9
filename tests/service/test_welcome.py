"""What is printed once the service listens."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from starlette.testclient import TestClient

from service.settings import Settings
from service.workers import _greeting
from tests.service.shop import serving


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home in which nobody administers anything."""
    return Settings(home=tmp_path)


def test_the_first_link_is_there_while_nobody_administers(settings: Settings) -> None:
    """With workers as without: page, API, and a link that makes its opener the administrator."""
    said = anyio.run(_greeting, settings)
    link = next(word for word in said.split() if "/sign-in/link/" in word)
    assert f"{settings.url}/docs" in said
    with serving(settings) as client:
        assert isinstance(client, TestClient)
        assert client.get(link.removeprefix(settings.url)).status_code == 200


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    """The links that work are there all the same."""
    (tmp_path / "file").write_text("", "utf-8")
    said = anyio.run(_greeting, Settings(home=tmp_path / "file" / "home"))
    assert "cannot be reached" in said and "/docs" in said
