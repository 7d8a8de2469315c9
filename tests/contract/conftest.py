"""The small shop, served to the clients of other systems: in this process, and at an address of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.settings import Settings
from tests.contract.listening import listening
from tests.service.shop import publish, serving


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose live index is the shop. Nobody may publish here."""
    home = tmp_path_factory.mktemp("adapters")
    publish(home)
    return home


@pytest.fixture(scope="module")
def desk(shop: Path) -> Iterator[TestClient]:
    """The service over the shop, every adapter switched on, no key."""
    with serving(Settings(home=shop)) as client:
        yield client


@pytest.fixture(scope="module")
def address(shop: Path) -> Iterator[str]:
    """The same service at a real address, for clients that open a connection themselves."""
    with listening(Settings(home=shop)) as address:
        yield address
