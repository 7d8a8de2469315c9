"""Builds and services that are killed while one builds for the other: what is live stays, and the next build works."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from index.artefact import Shelf, verify
from service import building
from service.builds import Builds
from service.publishing import acts
from service.settings import Settings
from tests.fault.processes import Service, killed_while, serving, within
from tests.service.shop import BETTER, fill, only_shop_golden, release

pytestmark = pytest.mark.slow

TOY = (sys.executable, "-m", "tests.fault.runner")
QUERY = {"query": "退款几天能到"}
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
