"""Builds and imports that are killed or broken in the middle leave everything as it was."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.artefact import verify
from index.contents import load
from index.retriever import Retriever
from index.shelf import Shelf
from knowledge.formats.yaml import dump_pack
from knowledge.store import Store
from service.builds import Builds
from service.settings import Settings
from tests.fault.forks import Forks, forking
from tests.fault.processes import huashu
from tests.service.shop import APPROVED, ENTRIES, REFUND, fill, only_shop_golden, pack, release
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.slow

KILLS = max(6, int(os.environ.get("HUASHU_TEST_KILLS", "40")) // 5)
SEED = 20261127
MOST_LEFT = 2  # what one killed build leaves is swept by the next
CHANGED = (REFUND.model_copy(update={"title": "退款什么时候到"}), *ENTRIES[1:])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shop live in it. Copied by whoever changes it."""
    home = tmp_path_factory.mktemp("built") / "home"
    only_shop_golden(Settings(home=home))
    fill(Settings(home=home))
    release(Settings(home=home))
    return home


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Builds that begin at once."""
    with forking() as forks:
        yield forks


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
def test_a_killed_build_leaves_the_live_index_and_the_next_one_works(forks: Forks, home: Path, pause: str) -> None:
    """Whether it dies while embedding, writing or publishing: the old version is live and whole, then the new one."""
    shelf = Shelf(home / "artefacts")
    before = shelf.current()
    files = {path.name: path.read_bytes() for path in shelf.path(before).iterdir()}
    forks.killed_while(home, pause, "build")
    assert shelf.current() == before
    assert {path.name: path.read_bytes() for path in shelf.path(before).iterdir()} == files
    assert REFUND.title in titles(shelf)
    for version in shelf.versions():
        verify(shelf.path(version), "toy")
    assert release(Settings(home=home)) == shelf.current() != before
    assert "退款什么时候到" in titles(shelf)
    assert shelf.roll_back(APPROVED, "test") == before


def test_a_build_killed_at_any_point_harms_nothing(forks: Forks, home: Path) -> None:
    """At random moments, from its beginning to its publish: what was live answers or, where it came so far, what was
    built; nothing piles up, no build seems to be under way, and the next one goes through.
    """
    settings, shelf, rng = Settings(home=home), Shelf(home / "artefacts"), random.Random(SEED)
    takes = forks.run(home, "build")
    assert titles(shelf) == {entry.title for entry in CHANGED}
    stages: Counter[str] = Counter()
    for number in range(KILLS):
        title, live = f"退款第 {number} 次改了", shelf.current()
        before = titles(shelf)
        fill(settings, (REFUND.model_copy(update={"title": title}), *ENTRIES[1:]))
        forks.killed_after(home, rng.uniform(0, takes), "build")
        builds = Builds(home)
        assert builds.running() is None
        newest = builds.records()[0] if builds.records() else None
        steps = builds.progress(newest.id) if newest else ()
        stages[f"{newest.state} at {steps[-1].step}" if newest and steps else "before its first step"] += 1
        assert titles(shelf) == (before if shelf.current() == live else before - {titled(before)} | {title})
        for version in shelf.versions():
            verify(shelf.path(version), "toy")
        assert len(leftovers(home)) <= MOST_LEFT
    print(f"{KILLS} kills of a build of {1000 * takes:.0f} ms: {dict(stages)}")
    assert any(name.startswith("killed") for name in stages)
    fill(settings)
    assert release(settings) == shelf.current()
    assert titles(shelf) == {entry.title for entry in ENTRIES}
    assert leftovers(home) == []


def titled(found: set[str]) -> str:
    """The title of the refund entry among those of an index."""
    (other,) = found - {entry.title for entry in ENTRIES[1:]}
    return other


def leftovers(home: Path) -> list[Path]:
    """What is still being written, by its name. Folders of builds are forgotten whole, beyond the last twenty."""
    names = [path for path in home.rglob("*") if path.name.startswith(".") or ".tmp" in path.name]
    return [path for path in names if home / "builds" not in path.parents]


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
