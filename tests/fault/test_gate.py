"""Builds and services that are killed while one builds for the other: what is live stays, and the next build works."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from index.artefact import verify
from index.shelf import Shelf
from knowledge.store import Store
from service import building
from service.builds import Builds
from service.publishing import acts
from service.settings import Settings
from tests.fault.processes import Service, killed_while, serving, within
from tests.service.shop import BETTER, fill, only_shop_golden, release
from tests.service.shop import serving as serving_here

pytestmark = pytest.mark.slow

TOY = (sys.executable, "-m", "tests.fault.runner")
QUERY = {"query": "退款几天能到"}
KILLS = max(3, int(os.environ.get("HUASHU_TEST_KILLS", "40")) // 12)
SEED = 20261127
WITHIN = 90.0  # seconds for a process to load its libraries on a busy machine


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shop live, and golden queries that are only the shop's. Copied by whoever changes it."""
    home = tmp_path_factory.mktemp("gate") / "home"
    only_shop_golden(Settings(home=home))
    fill(Settings(home=home))
    release(Settings(home=home))
    return home


@pytest.fixture
def settings(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """That home, with an edit that is approved and not yet built; builds run the toy."""
    shutil.copytree(built, tmp_path / "home")
    monkeypatch.setattr(building, "COMMAND", TOY)
    found = Settings(home=tmp_path / "home")
    fill(found, BETTER)
    return found


def process_of(build_id: str) -> int:
    """The process that does a build."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if build_id.encode() in Path(f"/proc/{name}/cmdline").read_bytes():
                return int(name)
        except OSError:
            continue
    raise AssertionError(f"nobody does build {build_id}")


@pytest.mark.parametrize("pause", ["embed", "write", "report"])
def test_a_killed_build_is_known_as_killed(settings: Settings, monkeypatch: pytest.MonkeyPatch, pause: str) -> None:
    """By whoever looks; what is live stays live and whole, and the next build sweeps up and can be published."""
    shelf, builds = Shelf(settings.artefacts), Builds(settings.home)
    before = shelf.current()
    monkeypatch.setenv("HUASHU_TEST_PAUSE", pause)
    started = building.start(settings, "李雷")
    log = builds.folder / started.id / "log.txt"
    assert within(WITHIN, lambda: "paused" in log.read_text("utf-8", "replace"))
    os.kill(process_of(started.id), signal.SIGKILL)
    assert within(10, lambda: builds.get(started.id).state == "killed")
    assert shelf.current() == before
    verify(shelf.path(before), "toy")
    assert release(settings) == shelf.current() != before
    assert not list(settings.artefacts.glob(".building-*"))


def test_a_build_killed_at_any_point_harms_nothing(settings: Settings) -> None:
    """At random moments, from its process's beginning to its report: it is known as killed, no build seems to be under
    way, what is live answers as before, whole, what was approved is there, and the next build goes through.
    """
    shelf, builds, rng = Shelf(settings.artefacts), Builds(settings.home), random.Random(SEED)
    before, states = shelf.current(), Counter[str]()
    comes, works = paces(settings, builds)
    with serving_here(settings) as client:
        for number in range(KILLS):
            title = f"退款第 {number} 次改了"
            fill(settings, (BETTER[0].model_copy(update={"title": title}), *BETTER[1:]))
            # Most of a process's life is imports, so every other one is let come to its work.
            states[killed_at_random(settings, builds, rng, works if number % 2 else comes, number % 2 == 1)] += 1
            assert builds.running() is None
            assert shelf.current() == before
            for version in shelf.versions():
                verify(shelf.path(version), "toy")
            answer = client.post("/v1/suggestions", json=QUERY).json()
            assert (answer["decision"], answer["index_version"]) == ("answer", before)
            with Store.open(settings.database_url) as store:
                assert title in {approved.entry.title for approved in store.approved()}
        print(f"{KILLS} kills of a build that comes to work in {comes:.1f} s, and works {works:.1f} s: {dict(states)}")
        assert states["killed"] and set(states) <= {"killed", "ready"}
        assert release(settings) == shelf.current() != before
        assert within(5, lambda: client.get("/readyz").json()["index_version"] == shelf.current())
    assert not list(settings.artefacts.glob(".building-*"))


def killed_at_random(settings: Settings, builds: Builds, rng: random.Random, longest: float, working: bool) -> str:
    """What a build came to that was killed at a moment of its life, or of its work."""
    started = building.start(settings, "李雷")
    if working:
        assert within(WITHIN, lambda: bool(builds.progress(started.id)))
    time.sleep(rng.uniform(0, longest))
    with suppress(AssertionError, ProcessLookupError):  # it may have ended
        os.kill(process_of(started.id), signal.SIGKILL)
    assert within(WITHIN, lambda: builds.get(started.id).state != "running")
    return builds.get(started.id).state


def paces(settings: Settings, builds: Builds) -> tuple[float, float]:
    """Seconds until a build that nobody kills comes to its first step, and from there to its end."""
    begun = time.monotonic()
    whole = building.start(settings, "李雷")
    assert within(WITHIN, lambda: bool(builds.progress(whole.id)))
    working = time.monotonic()
    assert within(WITHIN, lambda: builds.get(whole.id).state == "ready")
    return working - begun, time.monotonic() - working


def test_a_build_outlives_the_service_that_began_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while it follows a build, the service starts again, finds it under way, and sees its end."""
    builds = Builds(settings.home)
    before = Shelf(settings.artefacts).current()
    with serving(settings.home) as first:
        started = building.start(settings, "李雷")
        first.process.kill()
        first.process.wait(10)
    assert builds.get(started.id).state in ("running", "ready")
    with serving(settings.home) as second:
        assert within(WITHIN, lambda: builds.get(started.id).state == "ready")
        assert second.version() == before
        assert answers(second)
        report = builds.report(started.id)
        Shelf(settings.artefacts).publish(report.version, report.made_at, "王敏", instead_of=report.live)
        assert within(5, lambda: second.version() == report.version)
    assert [act.version for act in acts(settings)] == [report.version, before]


def test_a_publish_that_is_killed_is_done_or_not_done(settings: Settings) -> None:
    """The history has it and CURRENT not yet: the old one is live, and the same command does it."""
    shelf = Shelf(settings.artefacts)
    before = shelf.current()
    killed_while(settings.home, "publish", "build")
    assert shelf.current() == before
    with serving(settings.home) as service:
        assert service.version() == before
        assert answers(service)
    assert release(settings) == shelf.current() != before


def answers(service: Service) -> bool:
    """Whether it answers a query."""
    return service.request("POST", "/v1/suggestions", QUERY)[0] == 200
