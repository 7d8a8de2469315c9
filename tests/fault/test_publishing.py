"""A service in a process of its own while artefacts are published, rolled back and broken beside it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.builder import build
from index.shelf import CURRENT, Shelf
from knowledge.model import ApprovedEntry, Entry, Reply
from tests.fault.processes import Clients, Service, serving, within
from tests.service.shop import APPROVED, ENTRIES, FACTS, REFUND, policy, publish
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.slow

QUERY = "退款几天能到"
TAKEN_OVER_WITHIN = 3.0  # seconds


def edition(number: int) -> tuple[Entry, ...]:
    """The shop with its number in every part of what an answer shows of the refund entry."""
    replies = (Reply(text=f"退款说明，第 {number} 版。"), Reply(language="en", text=f"Refunds, edition {number}."))
    refund = REFUND.model_copy(update={"title": f"退款到账第 {number} 版", "replies": replies})
    return (refund, *ENTRIES[1:])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A home with three editions, the first of them live; the edition of each version."""
    home = tmp_path_factory.mktemp("publishing")
    editions = {publish(home, edition(number), number, live=number == 1).version: number for number in (1, 2, 3)}
    return home, editions


@pytest.fixture(scope="module")
def service(shop: tuple[Path, dict[str, int]]) -> Iterator[Service]:
    """The service over that home, looking once a second as it does by default."""
    with serving(shop[0]) as service:
        yield service


def test_no_request_fails_and_no_answer_mixes_versions(service: Service, shop: tuple[Path, dict[str, int]]) -> None:
    """Under load every publish and rollback is taken over within three seconds; each answer is of one edition."""
    home, editions = shop
    shelf = Shelf(home / "artefacts")
    first, second, third = editions
    with Clients(service, QUERY) as clients:
        assert within(10, lambda: len(clients.answers) > 20)
        for version in (second, third):
            shelf.publish(version, APPROVED, "test")
            assert within(TAKEN_OVER_WITHIN, lambda wanted=version: service.version() == wanted)  # type: ignore[misc]
        for version in (second, first):
            assert shelf.roll_back(APPROVED, "test") == version
            assert within(TAKEN_OVER_WITHIN, lambda wanted=version: service.version() == wanted)  # type: ignore[misc]
        asked = len(clients.answers)
        assert within(10, lambda: len(clients.answers) > asked + 20)
    assert clients.failures == []
    seen: Counter[int] = Counter()
    for answer in clients.answers:
        number = editions[answer["index_version"]]
        suggestion = answer["suggestions"][0]
        shown = (suggestion["version"], suggestion["title"], suggestion["reply"]["text"])
        assert shown == (number, f"退款到账第 {number} 版", f"退款说明，第 {number} 版。")
        seen[number] += 1
    assert set(seen) == {1, 2, 3}


def foreign(home: Path) -> str:
    """An artefact that another embedder made, with the same content."""

    class Other(ToyEmbedder):
        name = "somebody-elses"

    approved = [ApprovedEntry(entry=entry, version=1, approved_by="王敏", approved_at=APPROVED) for entry in ENTRIES]
    return build(approved, policy(), FACTS, Other(), home).version


def truncated(home: Path) -> str:
    """An artefact of which a file was cut short after it was made."""
    version = publish(home, edition(4), 4, live=False).version
    path = home / "artefacts" / version / "dense-one.faiss"
    path.write_bytes(path.read_bytes()[:1000])
    return version


def without_manifest(home: Path) -> str:
    """A folder that was copied by half."""
    version = publish(home, edition(5), 5, live=False).version
    (home / "artefacts" / version / "manifest.json").unlink()
    return version


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (truncated, ("dense-one.faiss", "has hash")),
        (foreign, ("somebody-elses", "this service runs toy")),
        (without_manifest, ("manifest.json",)),
    ],
)
def test_what_cannot_be_used_is_refused_and_the_old_one_serves(
    service: Service, shop: tuple[Path, dict[str, int]], make: object, words: tuple[str, ...]
) -> None:
    """/readyz names the problem while not one request fails; a good version ends it."""
    home, _ = shop
    assert callable(make)
    shelf = Shelf(home / "artefacts")
    before = service.version()
    assert before is not None
    bad = make(home)
    with Clients(service, QUERY) as clients:
        (shelf.folder / CURRENT).write_text(bad + "\n")
        assert within(TAKEN_OVER_WITHIN, lambda: bool(service.ready()["problem"]))
        problem = service.ready()
        asked = len(clients.answers)
        assert within(10, lambda: len(clients.answers) > asked + 20)
    assert clients.failures == []
    assert {answer["index_version"] for answer in clients.answers} == {before}
    assert problem["index_version"] == before
    for word in words:
        assert word in problem["problem"]
    shelf.publish(before, APPROVED, "test")
    assert within(TAKEN_OVER_WITHIN, lambda: service.ready()["problem"] is None)
    shutil.rmtree(shelf.path(bad))


def test_a_deleted_index_goes_on_answering(service: Service, shop: tuple[Path, dict[str, int]]) -> None:
    """Serving needs nothing from the disk: with the whole shelf gone for a while no request fails."""
    home, _ = shop
    before = service.version()
    away = home / "away"
    with Clients(service, QUERY) as clients:
        (home / "artefacts").rename(away)
        assert within(TAKEN_OVER_WITHIN, lambda: bool(service.ready()["problem"]))
        away.rename(home / "artefacts")
        assert within(TAKEN_OVER_WITHIN, lambda: service.ready()["problem"] is None)
    assert clients.failures == []
    assert {answer["index_version"] for answer in clients.answers} == {before}


def test_a_request_under_way_is_answered_before_it_stops(shop: tuple[Path, dict[str, int]]) -> None:
    """Told to stop, it finishes what it has begun: no answer is cut short, later ones are refused."""
    with serving(shop[0]) as stopping, Clients(stopping, QUERY) as clients:
        assert within(10, lambda: len(clients.answers) > 20)
        stopping.process.terminate()
        stopping.process.wait(30)  # ten for what is under way, five for the query log, the rest for a busy machine
    assert not [failure for failure in clients.failures if "IncompleteRead" in failure or failure.startswith("5")]
