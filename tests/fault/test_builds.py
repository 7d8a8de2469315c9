"""Builds and imports that are killed or broken in the middle leave everything as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from index.artefact import Shelf, verify
from index.contents import load
from index.retriever import Retriever
from knowledge.formats.yaml import dump_pack
from knowledge.store import Store
from service.settings import Settings
from tests.fault.processes import huashu, killed_while
from tests.service.shop import APPROVED, ENTRIES, REFUND, fill, only_shop_golden, pack, release
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.slow

CHANGED = (REFUND.model_copy(update={"title": "退款什么时候到"}), *ENTRIES[1:])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shop live in it. Copied by whoever changes it."""
    home = tmp_path_factory.mktemp("built") / "home"
    only_shop_golden(Settings(home=home))
    fill(Settings(home=home))
    release(Settings(home=home))
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """That home, with an edit that is approved and not yet built."""
    shutil.copytree(built, tmp_path / "home")
    fill(Settings(home=tmp_path / "home"), CHANGED)
    return tmp_path / "home"


def titles(shelf: Shelf) -> set[str]:
    """The titles of the live index, read back and checked as the service would."""
    _, contents = load(shelf.path(shelf.current()), "toy")
    assert Retriever(contents, ToyEmbedder(), "x").find("退款几天能到").decision == "answer"
    return {approved.entry.title for approved in contents.entries}


@pytest.mark.parametrize("pause", ["embed", "write", "publish"])
def test_a_killed_build_leaves_the_live_index_and_the_next_one_works(home: Path, pause: str) -> None:
    """Whether it dies while embedding, writing or publishing: the old version is live and whole, then the new one."""
    shelf = Shelf(home / "artefacts")
    before = shelf.current()
    files = {path.name: path.read_bytes() for path in shelf.path(before).iterdir()}
    killed_while(home, pause, "build")
    assert shelf.current() == before
    assert {path.name: path.read_bytes() for path in shelf.path(before).iterdir()} == files
    assert REFUND.title in titles(shelf)
    for version in shelf.versions():
        verify(shelf.path(version), "toy")
    assert release(Settings(home=home)) == shelf.current() != before
    assert "退款什么时候到" in titles(shelf)
    assert shelf.roll_back(APPROVED, "test") == before


def test_a_broken_pack_changes_nothing(built: Path, tmp_path: Path) -> None:
    """One bad line in one file: not an entry, not a version, not a line of audit is written, and it says where."""
    home = tmp_path / "home"
    shutil.copytree(built, home)
    dump_pack(pack(CHANGED), tmp_path / "pack")
    broken = next((tmp_path / "pack" / "entries").iterdir())
    broken.write_text(broken.read_text("utf-8").replace("kind: faq", "kind: [faq", 1), "utf-8")

    def state() -> tuple[object, object]:
        with Store.open(Settings(home=home).database_url) as store:
            return store.pack(), store.audit()

    before = state()
    done = huashu(home, "import", tmp_path / "pack")
    assert done.returncode == 1
    assert f"{broken.name}:" in done.stderr
    assert "Traceback" not in done.stderr
    assert state() == before
