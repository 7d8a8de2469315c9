"""A build from its beginning to its report, and the process it runs in."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index.errors import GateError
from index.shelf import Shelf
from knowledge.errors import PackError, StateError
from service import building, builds
from service.builds import CANCELLED, BuildRecord, Builds
from service.settings import Settings
from tests.service.shop import APPROVED, BETTER, ENTRIES, REFUND, fill, report_of
from tests.toy import ToyEmbedder

SLEEPS = (sys.executable, "-c", "import time; print('asleep', flush=True); time.sleep(60)")


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold in that time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_build_tells_every_step_and_publishes_nothing(settings: Settings) -> None:
    """Checked, embedded, trained, compared; to the job's file and to whoever listens."""
    live = Shelf(settings.artefacts).current()
    fill(settings, BETTER)
    told: list[tuple[str, int, int]] = []
    job = Builds(settings.home).begin("李雷")
    done, report = building.run(settings, job, ToyEmbedder(), ("快递呢",), lambda *line: told.append(line))
    job.close()
    steps = list(dict.fromkeys(name for name, _, _ in told))
    assert steps == ["check", "embed", "train", "embed-golden", "embed-real", "compare"]
    assert [(line.step, line.done, line.all) for line in Builds(settings.home).progress(job.record.id)] == told
    assert done.version == report.version
    assert Shelf(settings.artefacts).current() == live
    assert report.comparison is not None and report.comparison.real == 1


def test_golden_queries_are_embedded_once_for_all_builds(settings: Settings) -> None:
    """The next build finds their vectors in the home; what customers said it does not."""
    fill(settings, BETTER)
    report_of(settings, real=("快递呢",))
    fill(settings, ENTRIES[:1] + BETTER[1:])
    embedder = ToyEmbedder()
    job = Builds(settings.home).begin("李雷")
    building.run(settings, job, embedder, ("快递呢",))
    job.close()
    assert "月亮有多重" not in embedder.encoded
    assert "快递呢" in embedder.encoded


def test_what_a_killed_build_left_is_swept_by_the_next(settings: Settings) -> None:
    """Temporary folders of nobody; the artefacts that were published stay."""
    left = settings.artefacts / ".building-abc"
    left.mkdir()
    (left / "ranker.npz").write_bytes(b"half")
    fill(settings, BETTER)
    report = report_of(settings)
    assert not left.exists()
    assert set(Shelf(settings.artefacts).versions()) == {report.version, report.live}


def test_a_build_that_is_replaced_before_it_is_published_leaves_no_artefact(settings: Settings) -> None:
    """Only what was published and the newest stay on the disk."""
    fill(settings, BETTER)
    first = report_of(settings)
    fill(settings, (BETTER[0].model_copy(update={"title": "退款到账"}), *ENTRIES[1:]))
    second = report_of(settings)
    assert set(Shelf(settings.artefacts).versions()) == {second.version, first.live}


def test_so_many_published_versions_stay(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The live one among them, and the newest build beside them."""
    monkeypatch.setattr(building, "KEPT", 2)
    shelf, versions = Shelf(settings.artefacts), []
    for number in range(3):
        fill(settings, (REFUND.model_copy(update={"title": f"退款到账 {number}"}), *ENTRIES[1:]))
        versions.append(report_of(settings).version)
        if number < 2:
            shelf.publish(versions[-1], APPROVED, "王敏")
    assert set(shelf.versions()) == set(versions)


def test_what_goes_wrong_is_written_down_and_raised(settings: Settings, few_golden: Path) -> None:
    """Lint's errors, and golden queries that cannot be read; what is live stays."""
    live = Shelf(settings.artefacts).current()
    fill(settings, (ENTRIES[0].model_copy(update={"source": None}), *ENTRIES[1:]))
    with pytest.raises(GateError, match="missing-parts"):
        report_of(settings)
    (few_golden / "broken.yaml").write_text("- 1\n", "utf-8")
    with pytest.raises(PackError):
        report_of(settings)
    second, first = Builds(settings.home).records()[:2]
    assert (first.state, second.state) == ("failed", "failed")
    assert first.reason is not None and "refund.time source" in first.reason
    assert second.reason is not None and "broken.yaml:1" in second.reason
    assert Shelf(settings.artefacts).current() == live


@pytest.fixture
def asleep(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[BuildRecord]:
    """A build whose process was started and does nothing."""
    monkeypatch.setattr(building, "COMMAND", SLEEPS)
    monkeypatch.setattr(builds, "WAIT", 0.0)
    started: list[Any] = []
    popen = building.subprocess.Popen

    def remembered(*given: Any, **more: Any) -> Any:
        started.append(popen(*given, **more))
        return started[-1]

    monkeypatch.setattr(building.subprocess, "Popen", remembered)
    yield building.start(settings, "李雷")
    for process in started:
        process.kill()
        process.wait(10)


def test_a_process_of_its_own_holds_the_build(asleep: BuildRecord, settings: Settings) -> None:
    """Until it dies it is the one under way, for every service of this home; then it was killed."""
    found = Builds(settings.home)
    assert found.running() == asleep
    with pytest.raises(StateError, match=f"build {asleep.id} by 李雷 is under way"):
        building.start(settings, "王敏")
    log = found.folder / asleep.id / "log.txt"
    assert within(10, lambda: log.read_text("utf-8") == "asleep\n")
    process = next(pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _command(pid, asleep.id))
    os.kill(process, 9)
    assert within(10, lambda: found.get(asleep.id).state == "killed")
    assert found.get(asleep.id).reason == "asleep"


def _command(pid: int, word: str) -> bool:
    try:
        return word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_a_process_that_cannot_be_started_is_a_failed_build(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next may begin."""
    monkeypatch.setattr(building, "COMMAND", ("/nowhere/python",))
    with pytest.raises(OSError):
        building.start(settings, "李雷")
    record = Builds(settings.home).records()[0]
    assert record.state == "failed"
    assert record.reason is not None and "no process could be started" in record.reason
    assert Builds(settings.home).running() is None


def test_the_process_has_the_services_settings_and_one_thread(settings: Settings) -> None:
    """Those in force, wherever they came from."""
    environment = building._environment(settings)
    again = Settings.from_environment(environment)
    assert (again.home, again.embedder, again.tuning) == (settings.home, settings.embedder, settings.tuning)
    assert {environment[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")} == {"1"}


def test_a_cancelled_build_ends_in_the_middle(settings: Settings) -> None:
    """Whatever it is doing: its process leaves at once, and the build is cancelled."""
    job = Builds(settings.home).begin("李雷")
    child = os.fork()
    if child == 0:
        building.end_when_cancelled(job)
        time.sleep(30)
        os._exit(1)
    job.close()
    Builds(settings.home).cancel(job.record.id)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == CANCELLED
    assert Builds(settings.home).get(job.record.id).state == "cancelled"
