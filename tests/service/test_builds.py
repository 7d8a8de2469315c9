"""The builds of a home as files: what each came to, whatever became of its process."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.shelf import Shelf
from knowledge.errors import NotFound, StateError
from service import builds as module
from service.builds import Builds, Progress
from service.settings import Settings
from tests.service.shop import APPROVED, BETTER, fill, report_of
from tests.service.threads import watched


@pytest.fixture
def builds(tmp_path: Path) -> Builds:
    """Those of an empty home."""
    return Builds(tmp_path)


def test_an_empty_home_has_none(builds: Builds) -> None:
    """And none is running."""
    assert (builds.records(), builds.running()) == ((), None)
    for build_id in ("20261127-091500-3fa94c01", "../../etc", "\0", ""):
        with pytest.raises(NotFound, match="is not remembered"):
            builds.get(build_id)


def test_one_build_at_a_time(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second is told whose build is under way; once that has ended, it may begin."""
    monkeypatch.setattr(module, "WAIT", 0.0)
    job = builds.begin("李雷")
    assert builds.running() == job.record
    with pytest.raises(
        StateError, match=rf"build {job.record.id} by 李雷 is under way: wait until it is done, or cancel"
    ):
        builds.begin("王敏")
    job.failed("没有电了")
    job.close()
    assert builds.running() is None
    builds.begin("王敏").close()


def test_what_died_is_known_by_its_lock(builds: Builds) -> None:
    """It says that it runs, and nobody holds the lock: it was killed; the last line of its log is what it left."""
    job = builds.begin("李雷")
    (job.folder / "log.txt").write_text("embedding texts: 32 of 99\nSegmentation fault\n", "utf-8")
    assert builds.get(job.record.id).state == "running"
    job.close()
    record = builds.get(job.record.id)
    assert (record.state, record.reason) == ("killed", "Segmentation fault")
    with pytest.raises(StateError, match="is killed already: there is nothing to cancel"):
        builds.cancel(job.record.id)
    with pytest.raises(StateError, match="has no report, it is killed: build again"):
        builds.report(job.record.id)


def test_a_dead_build_does_not_come_alive_with_the_next(builds: Builds) -> None:
    """The lock is the newest build's."""
    dead = builds.begin("李雷")
    dead.close()
    # Ids are in order of time to the second.
    os.rename(dead.folder, dead.folder.with_name("20200101-000000-00000000"))
    next_ = builds.begin("王敏")
    assert {record.state for record in builds.records()} == {"running", "killed"}
    assert builds.running() == next_.record
    next_.close()


def test_progress_is_read_from_where_one_was(builds: Builds) -> None:
    """Lines have numbers; one that is half written is not read yet."""
    job = builds.begin("李雷")
    for done in (1, 2, 3):
        job.step("embed", done, 3)
    with (job.folder / "progress.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"step": "tra')
    assert builds.progress(job.record.id, 1) == (Progress(2, "embed", 2, 3), Progress(3, "embed", 3, 3))
    assert builds.progress(job.record.id, 3) == ()
    job.close()


def test_whatever_ends_it_first_is_what_it_came_to(builds: Builds) -> None:
    """A wish to cancel is seen once, and nothing that comes after an end changes it."""
    job = builds.begin("李雷")
    assert not job.cancelled()
    builds.cancel(job.record.id)
    assert job.cancelled()
    job.failed("太晚了")
    record = builds.get(job.record.id)
    assert (record.state, record.reason) == ("cancelled", None)
    assert record.finished_at is not None
    job.close()
    late = builds.begin("李雷")
    late.failed("没有电了")
    (late.folder / "cancel").touch()
    assert not late.cancelled()
    late.close()


def test_only_the_last_builds_are_remembered(builds: Builds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older ones go when a new one begins."""
    monkeypatch.setattr(module, "KEPT", 2)
    for _ in range(4):
        builds.begin("李雷").close()
    assert len(builds.records()) == 2


def test_a_damaged_record_is_as_if_it_were_not_there(builds: Builds) -> None:
    """The others are shown."""
    first = builds.begin("李雷")
    first.close()
    second = builds.begin("王敏")
    second.close()
    (first.folder / "state.json").write_text("{", "utf-8")
    assert [record.id for record in builds.records()] == [second.record.id]


def test_a_report_makes_it_ready_and_a_publish_published(settings: Settings) -> None:
    """Also a publish by hand; an earlier build of another version stays as it was."""
    builds = Builds(settings.home)
    fill(settings, BETTER)
    report = report_of(settings)
    assert builds.get(report.build).state == "ready"
    assert builds.get(report.build).verdict == "pass"
    assert builds.report(report.build) == report
    Shelf(settings.artefacts).publish(report.version, APPROVED, "test")
    assert builds.get(report.build).state == "ready", "an act before the report is no publish of it"
    Shelf(settings.artefacts).publish(report.version, datetime.now(UTC), "test")
    assert builds.get(report.build).state == "published"


def test_the_history_is_read_once_for_all_builds(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many of them have a report; not at all where none has."""
    builds = Builds(settings.home)
    fill(settings, BETTER)
    first, second = report_of(settings), report_of(settings)
    Shelf(settings.artefacts).publish(second.version, datetime.now(UTC), "test")
    read = watched(monkeypatch, Shelf, "history")
    states = {record.id: record.state for record in builds.records()}
    assert (states[first.build], states[second.build], len(read)) == ("published", "published", 1)
    builds.begin("李雷").failed("没有电了")
    read.clear()
    assert builds.get(builds.records()[0].id).state == "failed"
    assert len(read) == 1, "for the others, and not for the one that failed"


def test_a_build_that_was_begun_elsewhere_goes_on_with_its_lock(builds: Builds) -> None:
    """The process that does it has the same job; one that nobody began is refused."""
    begun = builds.begin("李雷")
    assert builds.resume(begun.record.id, begun.descriptor).record == begun.record
    with pytest.raises(NotFound, match="does not exist"):
        builds.resume("20200101-000000-00000000", begun.descriptor)
    begun.close()
