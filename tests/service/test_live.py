"""The live index: taken over when published, kept when the new one cannot be used."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.constants import DEFAULT_EMBEDDER
from index.errors import ArtefactError, NoArtefact
from index.shelf import CURRENT, Shelf
from service import live as module
from service.live import Live, published
from service.settings import Settings
from tests.service.shop import APPROVED, publish
from tests.toy import ToyEmbedder

NEVER = 3600.0


def live(home: Path, poll_seconds: float = NEVER) -> Live:
    """A live index over a home; unless told otherwise it looks only when asked."""
    return Live(Shelf(home / "artefacts"), ToyEmbedder(), poll_seconds)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold in that time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A home with two artefacts, published one after the other. Copied by whoever changes it."""
    home = tmp_path_factory.mktemp("two")
    return home, publish(home, version=1).version, publish(home, version=2).version


@pytest.fixture
def shop(two: tuple[Path, str, str], tmp_path: Path) -> tuple[Path, str, str]:
    """The two artefacts in a home of the test's own; the second is live."""
    shutil.copytree(two[0], tmp_path / "home")
    return tmp_path / "home", two[1], two[2]


def damage(home: Path, version: str) -> None:
    """Cut a file of an artefact short."""
    path = home / "artefacts" / version / "ranker.npz"
    path.write_bytes(path.read_bytes()[:-100])


def test_before_anything_is_published_it_names_the_command(tmp_path: Path) -> None:
    """It starts, has no version, and says what to run; what is published then is taken without a restart."""
    found = live(tmp_path, 0.01)
    found.start()
    try:
        assert found.version is None
        with pytest.raises(NoArtefact, match="`huashu build`"):
            _ = found.retriever
        version = publish(tmp_path).version
        assert within(3, lambda: found.version == version)
        assert found.problem is None
    finally:
        found.stop()


def test_before_it_starts_it_has_nothing(shop: tuple[Path, str, str]) -> None:
    """Nothing is read when it is made."""
    with pytest.raises(NoArtefact, match="`huashu build`"):
        _ = live(shop[0]).retriever


def test_whoever_wants_to_know_is_told_of_every_index_that_was_loaded(shop: tuple[Path, str, str]) -> None:
    """Once each, when it answers; not of a look that found nothing new, nor of one that is refused."""
    home, _, second = shop
    told: list[str | None] = []
    found = Live(Shelf(home / "artefacts"), ToyEmbedder(), NEVER, loaded=lambda: told.append(found.version))
    found.reload()
    found.reload()
    assert told == [second]
    third = publish(home, version=3).version
    found.reload()
    assert told == [second, third]
    Shelf(home / "artefacts").roll_back(APPROVED, "test")
    damage(home, second)
    found.reload()
    assert (told, found.version) == ([second, third], third)


def test_an_error_that_is_asked_for_often_does_not_grow(tmp_path: Path) -> None:
    """A thousand probes of a service without an index keep no traceback of one another."""
    found = live(tmp_path)
    found.reload()
    lengths = []
    for _ in range(3):
        with pytest.raises(NoArtefact) as raised:
            _ = found.retriever
        lengths.append(len(raised.traceback))
    assert lengths[0] == lengths[1] == lengths[2]


def test_a_swap_keeps_the_retriever_of_a_request_under_way(shop: tuple[Path, str, str]) -> None:
    """Whoever took the old one finishes with it; whoever comes after gets the new one."""
    home, first, second = shop
    found = live(home)
    found.reload()
    taken = found.retriever
    assert taken.version == second
    Shelf(home / "artefacts").roll_back(APPROVED, "test")
    found.reload()
    assert found.version == first
    assert taken.version == second
    assert taken.find("退款几天能到").decision == "answer"


def test_it_knows_when_its_version_was_published(shop: tuple[Path, str, str]) -> None:
    """Also where it was loaded before, by the process that this one was forked from."""
    home, _, second = shop
    found = live(home)
    assert found.published_at is None
    found.reload()
    assert found.published_at == APPROVED
    forked = Live(Shelf(home / "artefacts"), ToyEmbedder(), NEVER, found.retriever)
    forked.reload()
    assert (forked.version, forked.published_at) == (second, APPROVED)


def test_what_is_published_is_loaded_once(shop: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """By the settings' embedder, which nobody waits for where nothing is published, or by one that is there already."""
    home, _, second = shop
    loaded: list[str] = []

    def load(name: str, tuning: Path | None) -> ToyEmbedder:
        loaded.append(name)
        return ToyEmbedder()

    monkeypatch.setattr(module, "load_embedder", load)
    with pytest.raises(NoArtefact, match="`huashu build`"):
        published(Settings(home=home / "empty"))
    assert published(Settings(home=home), ToyEmbedder()).version == second
    assert loaded == []
    found = published(Settings(home=home))
    assert (found.version, found.embedder_name, loaded) == (second, "toy", [DEFAULT_EMBEDDER])
    damage(home, second)
    with pytest.raises(ArtefactError, match=r"ranker\.npz"):
        published(Settings(home=home))


def test_an_unchanged_index_is_not_loaded_again(shop: tuple[Path, str, str]) -> None:
    """Looking costs nothing as long as the name stays."""
    found = live(shop[0])
    found.reload()
    retriever = found.retriever
    found.reload()
    assert found.retriever is retriever


def test_a_broken_artefact_is_refused_and_the_old_one_serves(shop: tuple[Path, str, str]) -> None:
    """The problem names the file; going back to the old one clears it."""
    home, first, second = shop
    shelf = Shelf(home / "artefacts")
    shelf.roll_back(APPROVED, "test")
    found = live(home)
    found.reload()
    damage(home, second)
    (shelf.folder / CURRENT).write_text(second)
    found.reload()
    assert found.version == first
    assert "ranker.npz" in str(found.problem)
    shelf.publish(first, APPROVED, "test")
    found.reload()
    assert found.version == first
    assert found.problem is None


def test_a_refused_artefact_is_looked_at_once(shop: tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hashes are not computed again every second, until it is another or has been mended."""
    home, first, _ = shop
    found = live(home)
    found.reload()
    damage(home, first)
    (home / "artefacts" / CURRENT).write_text(first)
    tries: list[str] = []
    swap = found._swap

    def counted(version: str) -> None:
        tries.append(version)
        swap(version)

    monkeypatch.setattr(found, "_swap", counted)
    for _ in range(3):
        found.reload()
    assert tries == [first]
    assert found.problem is not None
    publish(home, version=1)  # what the problem says to do: build it again
    found.reload()
    assert found.version == first
    assert found.problem is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"../../etc", b"zzzzzzzzzzzz", b"0123456789ab"])
def test_a_name_that_leads_nowhere_changes_nothing(shop: tuple[Path, str, str], content: bytes) -> None:
    """Whatever stands in CURRENT, the old one serves and the problem is there to be read."""
    home, _, second = shop
    found = live(home)
    found.reload()
    (home / "artefacts" / CURRENT).write_bytes(content)
    found.reload()
    assert found.version == second
    assert isinstance(found.problem, ArtefactError)


def test_an_artefact_of_another_embedder_is_refused(shop: tuple[Path, str, str]) -> None:
    """Its vectors would mean nothing; the problem names both."""

    class Other(ToyEmbedder):
        name = "other"

    found = Live(Shelf(shop[0] / "artefacts"), Other(), NEVER)
    found.start()
    try:
        with pytest.raises(ArtefactError, match=r"built with embedder toy, this service runs other"):
            _ = found.retriever
    finally:
        found.stop()


def test_it_starts_with_the_one_before_where_the_live_one_is_broken(shop: tuple[Path, str, str]) -> None:
    """A restart must not take the service down: what was live before serves, and the problem stays to be read."""
    home, first, second = shop
    damage(home, second)
    found = live(home)
    found.start()
    try:
        assert found.version == first
        assert second in str(found.problem)
        found.reload()
        assert second in str(found.problem)
    finally:
        found.stop()


def test_with_both_broken_it_starts_and_says_so(shop: tuple[Path, str, str]) -> None:
    """It answers that it cannot answer, and takes over as soon as there is something whole."""
    home, first, second = shop
    damage(home, first)
    damage(home, second)
    found = live(home)
    found.start()
    try:
        with pytest.raises(ArtefactError, match=second):
            _ = found.retriever
        version = publish(home, version=3).version
        found.reload()
        assert found.version == version
    finally:
        found.stop()


def test_the_watcher_survives_what_nobody_foresaw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of any kind costs one look, not all that would follow."""
    found = live(tmp_path, 0.01)
    reload, failed = found.reload, 0

    def fails_twice() -> None:
        nonlocal failed
        if failed < 2:
            failed += 1
            raise RuntimeError("a disk went away")
        reload()

    found.start()
    monkeypatch.setattr(found, "reload", fails_twice)
    try:
        version = publish(tmp_path).version
        assert within(3, lambda: found.version == version)
        assert failed == 2
    finally:
        found.stop()


def test_it_can_be_stopped_at_once(tmp_path: Path) -> None:
    """Stopping does not wait for the next look, and stopping what never started is no error."""
    found = live(tmp_path)
    live(tmp_path).stop()
    found.start()
    started = time.monotonic()
    found.stop()
    assert time.monotonic() - started < 2
