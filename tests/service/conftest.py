"""The small shop of `shop.py`, built once and served with its clock standing at a Friday morning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.settings import Settings
from tests.service.editors import editing
from tests.service.shop import publish, serving


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose live index is the shop. Nobody may publish here."""
    folder = tmp_path_factory.mktemp("shop")
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    """The service over the shop, on Friday 20 November 2026 at ten."""
    with serving(Settings(home=home)) as client:
        yield client


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The service as editors use it, with a database of its own."""
    with editing(home, tmp_path) as client:
        yield client
