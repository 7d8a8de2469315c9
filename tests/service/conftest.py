"""The small shop of `shop.py`, built once and served with its clock standing at a Friday morning."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import service.golden
from service.settings import Settings
from tests.service.editors import editing
from tests.service.shop import GOLDEN, fill, publish, release, serving


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose live index is the shop. Nobody may publish here."""
    folder = tmp_path_factory.mktemp("shop")
    publish(folder)
    return folder


@pytest.fixture
def few_golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A handful of golden queries about the shop in the place of the shipped ones; their folder."""
    folder = tmp_path / "shipped-golden"
    folder.mkdir()
    (folder / "shop.yaml").write_text(GOLDEN, "utf-8")
    monkeypatch.setattr(service.golden, "SHIPPED", folder)
    return folder


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the shop is approved, built and live, database and all. Copied by whoever changes it."""
    home = tmp_path_factory.mktemp("released") / "home"
    fill(Settings(home=home))
    release(Settings(home=home))
    return home


@pytest.fixture
def settings(released: Path, tmp_path: Path, few_golden: Path) -> Settings:
    """That home in a copy of the test's own, with few golden queries."""
    shutil.copytree(released, tmp_path / "home")
    return Settings(home=tmp_path / "home", poll_seconds=0.05)


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
