"""Bytes that changed on the disk: the service starts, says what is wrong, and never answers from what is broken.

HUASHU_TEST_DAMAGE=20 damages as many places of each file as it says; the suite a few.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from index.artefact import MANIFEST
from index.errors import ArtefactError
from index.shelf import CURRENT, HISTORY, Shelf
from service import publishing
from service.live import Live
from service.settings import Settings
from tests.service.people import ADMIN, by_header
from tests.service.shop import APPROVED, BETTER, fill, publish, serving
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.slow

PLACES = int(os.environ.get("HUASHU_TEST_DAMAGE", "3"))
SEED = 20261127
QUERY = {"query": "退款几天能到"}
READS = ("/v1/desk/entries", "/v1/entries/refund.time", "/v1/audit", "/v1/reviews", "/editor", "/audit", "/review")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shop in its database, and two artefacts, the second live."""
    home = tmp_path_factory.mktemp("damage") / "home"
    fill(Settings(home=home))
    publish(home)
    publish(home, BETTER, 2)
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(built, tmp_path / "home"))


def flipped(path: Path, rng: random.Random) -> None:
    """One bit of one byte changed."""
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def cut(path: Path, rng: random.Random) -> None:
    """Everything from some byte on lost."""
    content = path.read_bytes()
    path.write_bytes(content[: rng.randrange(len(content))])


def started(shelf: Shelf) -> Live:
    """What a service that starts now would answer from."""
    live = Live(shelf, ToyEmbedder(), 3600)
    live.start()
    live.stop()
    return live


def answer(client: TestClient) -> Any:
    """What it suggests, less what differs from time to time."""
    found = client.post("/v1/suggestions", json=QUERY).json()
    return {name: value for name, value in found.items() if name not in ("request_id", "took_ms", "index_version")}


def test_no_damaged_artefact_answers(built: Path, home: Path) -> None:
    """Each file of it, a bit changed or the end lost at random places: the version before serves, and the problem names
    the file. A manifest that still reads as one and names every file with its hash may serve, as nothing else of it is
    used to answer.
    """
    shelf, rng = Shelf(home / "artefacts"), random.Random(SEED)
    live, before = shelf.current(), shelf.previous()
    sound = built / "artefacts" / live
    with serving(Settings(home=built)) as client:
        expected = answer(client)
    files = sorted(path.name for path in sound.iterdir())
    assert len(files) >= 10
    found: Counter[str] = Counter()
    for name in files:
        for damage in [flipped, cut] * PLACES:
            damage(shelf.path(live) / name, rng)
            loaded = started(shelf)
            found[f"{damage.__name__}: {'refused' if loaded.problem else 'served'}"] += 1
            if loaded.problem is None:
                assert name == MANIFEST, f"{name} was {damage.__name__} and served"
                with serving(Settings(home=home)) as client:
                    assert answer(client) == expected
            else:
                assert loaded.version == before
                assert name in str(loaded.problem) or live in str(loaded.problem)
            shutil.copy(sound / name, shelf.path(live) / name)
    print(dict(found))
    assert started(shelf).problem is None


@pytest.mark.parametrize("damage", [flipped, cut, lambda path, _: path.unlink()])
def test_with_no_other_version_it_says_so_and_answers_nothing(
    home: Path, damage: Callable[[Path, random.Random], None]
) -> None:
    """503 with the file and the next step, on a service that otherwise runs; mended, it answers without a restart."""
    shelf = Shelf(home / "artefacts")
    live, before = shelf.current(), shelf.previous()
    assert before is not None
    shutil.rmtree(shelf.path(before))
    broken = shelf.path(live) / "entries.json"
    kept = broken.read_bytes()
    damage(broken, random.Random(SEED))
    with serving(Settings(home=home, poll_seconds=0.02)) as client:
        for response in (client.post("/v1/suggestions", json=QUERY), client.get("/readyz")):
            assert response.status_code == 503
            assert "entries.json" in response.json()["detail"]
            assert "huashu build" in response.json()["detail"]
        assert client.get("/healthz").status_code == 200
        assert client.get("/").status_code < 600
        broken.write_bytes(kept)
        for _ in range(200):
            if client.get("/readyz").status_code == 200:
                break
        assert answer(client)["decision"] == "answer"


def test_a_folder_under_another_name_is_not_that_version(home: Path) -> None:
    """An artefact copied over another's name would answer under a version that nobody published."""
    shelf = Shelf(home / "artefacts")
    live, before = shelf.current(), shelf.previous()
    assert before is not None
    shutil.rmtree(shelf.path(live))
    shutil.copytree(shelf.path(before), shelf.path(live))
    loaded = started(shelf)
    assert loaded.version == before
    assert "not its own" in str(loaded.problem)
    with pytest.raises(ArtefactError, match="not its own"):
        shelf.publish(live, APPROVED, "test")


def test_damaged_names_of_versions_are_survived(home: Path) -> None:
    """CURRENT and HISTORY, flipped, cut or of nonsense: it starts and answers from a whole version, the pages open."""
    shelf, rng = Shelf(home / "artefacts"), random.Random(SEED)
    versions = set(shelf.versions())
    nonsense = (b"", b"\0" * 40, b"../../etc\n", "版本\n".encode(), b"1\n[]\n{}\nnull\n", b'{"act":"publish","at":1}\n')
    for name in (CURRENT, HISTORY):
        path = shelf.folder / name
        kept = path.read_bytes()
        damaged = [bytes(noise) for noise in nonsense]
        for damage in [flipped, cut] * PLACES:
            damage(path, rng)
            damaged.append(path.read_bytes())
            path.write_bytes(kept)
        for content in damaged:
            path.write_bytes(content)
            loaded = started(shelf)
            if loaded.version is None:
                assert name == CURRENT and loaded.problem is not None
            else:
                assert loaded.version in versions
            assert all(act.version for act in publishing.acts(Settings(home=home)))
            shelf.previous()
        path.write_bytes(kept)


def test_a_damaged_database_keeps_nobody_from_an_answer(home: Path) -> None:
    """Pages of noise, bits changed, the file cut, or no database at all: queries are answered; what editors ask is
    answered or refused, and never an unexpected error.
    """
    rng = random.Random(SEED)
    path = home / "knowledge.db"
    kept = path.read_bytes()
    pages = len(kept) // 4096
    found: Counter[int] = Counter()

    def noise(content: bytearray) -> None:
        for page in rng.sample(range(1, pages), max(1, pages // 4)):
            content[page * 4096 : (page + 1) * 4096] = rng.randbytes(4096)

    def bits(content: bytearray) -> None:
        for _ in range(40):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)

    def end(content: bytearray) -> None:
        del content[rng.randrange(100, len(content)) :]

    def head(content: bytearray) -> None:
        content[:100] = rng.randbytes(100)

    for damage in [noise, bits, end, head] * PLACES:
        content = bytearray(kept)
        damage(content)
        for leftover in home.glob("knowledge.db*"):
            leftover.unlink()
        path.write_bytes(content)
        with serving(Settings(home=home), identify=by_header, headers=ADMIN) as client:
            for address in READS:
                response = client.get(address)
                found[response.status_code] += 1
                assert response.status_code in (200, 404, 503), f"{damage.__name__} {address}: {response.text[:400]}"
            client.post("/v1/feedback", json={"request_id": "r-1", "act": "used"})
            assert answer(client)["decision"] == "answer"
    print(dict(found))
    assert found[503]
