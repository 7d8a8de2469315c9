"""`huashu` run as its entry point runs it, over a home of its own and with a toy embedder."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

import index.loading
import service.golden
import service.live
import service.measuring
from index.shelf import Shelf
from knowledge.formats.yaml import dump_pack, load_pack
from knowledge.store import Store
from service.cli.main import main
from service.settings import Settings
from tests.service.shop import GOLDEN, pack, release
from tests.toy import ToyEmbedder


class Done(NamedTuple):
    """What a run came to."""

    status: int
    out: str
    err: str


Huashu = Callable[..., Done]


def live(home: Path) -> str:
    """The live version."""
    return Shelf(home / "artefacts").current()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh HUASHU_HOME with no service beside it and the toy embedder in the place of the real one."""
    for name in [name for name in os.environ if name.startswith("HUASHU_")]:
        monkeypatch.delenv(name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HUASHU_PORT", str(free.getsockname()[1]))
    monkeypatch.setenv("HUASHU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USER", "李雷")
    golden = tmp_path / "shipped-golden"
    golden.mkdir()
    (golden / "shop.yaml").write_text(GOLDEN, "utf-8")
    monkeypatch.setattr(service.golden, "SHIPPED", golden)
    for module in (index.loading, service.live, service.measuring):
        monkeypatch.setattr(module, "load_embedder", lambda name, tuning: ToyEmbedder())
    return tmp_path / "home"


@pytest.fixture
def huashu(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Huashu:
    """`huashu` with arguments: its exit status and what it wrote."""

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["huashu", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        captured = capsys.readouterr()
        return Done(int(left.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop as a folder of YAML files. Nobody may write here."""
    folder = tmp_path_factory.mktemp("packs") / "shop"
    dump_pack(pack(), folder)
    return folder


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, shipped: Path) -> Path:
    """A home into which the shop was imported and built. Nobody may write here."""
    home = tmp_path_factory.mktemp("filled") / "home"
    with Store.open(Settings(home=home).database_url) as store:
        store.import_pack(load_pack(shipped), "李雷", "李雷", "import", datetime.now(UTC))
    release(Settings(home=home))
    return home


@pytest.fixture
def stocked(home: Path, filled: Path) -> str:
    """The live version of the test's own home, in which the shop is imported and built."""
    shutil.copytree(filled, home)
    return live(home)
