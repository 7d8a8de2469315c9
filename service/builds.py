"""The builds of a home: which there were, what each came to, how far the one under way is, and its end.

    <home>/builds/LOCK            held by the process that builds; nobody holds it once that is dead
    <home>/builds/<id>/           state.json, progress.jsonl (a line a step), report.json, log.txt, cancel

One build at a time, whoever starts it. A build runs in a process of its own, so a service that dies leaves it running
and one that starts again finds it; a build that died is one that says it runs while nobody holds the lock.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from index.gate import Verdict
from index.locks import acquire, held
from index.shelf import Shelf
from knowledge.errors import NotFound, StateError
from service import reports
from service.reports import Report

Acts = Sequence[Mapping[str, Any]]  # of the artefacts' history
State = Literal["running", "ready", "published", "failed", "cancelled", "killed"]

ID = re.compile(r"^\d{8}-\d{6}-[0-9a-f]{8}$")
STAMP = "%Y%m%d-%H%M%S-%f"
KEPT = 20  # builds remembered
WAIT = 1.0  # seconds for a lock that somebody only looks at
CANCELLED = 3  # exit status
LONGEST_REASON = 4000  # characters


@dataclass(frozen=True)
class BuildRecord:
    """One build: who began it when, and what it came to.

    `state` is `ready` where there is a report to look at, `published` once its version has become live since,
    `killed` where its process died. `verdict` is the gate's; `reason` says why it failed.
    """

    id: str
    by: str
    started_at: datetime
    state: State
    finished_at: datetime | None = None
    version: str | None = None
    verdict: Verdict | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Progress:
    """One step of a build: so many of all are done. `number` counts the lines from 1."""

    number: int
    step: str
    done: int
    all: int


class Job:
    """A build under way, as its own process sees it. Whatever ends it first is what it came to."""

    def __init__(self, folder: Path, record: BuildRecord, descriptor: int) -> None:
        self.folder, self.record = folder, record
        self.descriptor = descriptor
        self._ending = threading.Lock()

    def step(self, name: str, done: int, all_: int) -> None:
        """Add a line of progress."""
        line = json.dumps({"step": name, "done": done, "all": all_})
        with (self.folder / "progress.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def ready(self, report: Report) -> None:
        """It came to a report."""
        reports.write(report, self.folder)
        self._end("ready", version=report.version, verdict=report.gate.verdict)

    def failed(self, reason: str) -> None:
        """It came to nothing."""
        self._end("failed", reason=reason[:LONGEST_REASON])

    def cancelled(self) -> bool:
        """Whether somebody wished it to end, which it then says it did."""
        return (self.folder / "cancel").exists() and self._end("cancelled")

    def close(self) -> None:
        """Let the next build begin."""
        os.close(self.descriptor)

    def _end(self, state: State, **more: Any) -> bool:
        with self._ending:
            if self.record.state != "running":
                return False
            self.record = replace(self.record, state=state, finished_at=datetime.now(UTC), **more)
            _write(self.folder, self.record)
            return True


class Builds:
    """The builds of one home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "builds"
        self._lock = self.folder / "LOCK"
        self._shelf = Shelf(home / "artefacts")

    def begin(self, by: str) -> Job:
        """A new build; StateError while another runs. Whoever gets it does it, or hands its lock to who does."""
        descriptor = acquire(self._lock, WAIT)
        if descriptor is None:
            running = self.running()
            who = f"build {running.id} by {running.by}" if running is not None else "another build"
            raise StateError(f"{who} is under way: wait until it is done, or cancel it")
        try:
            now = datetime.now(UTC)
            record = BuildRecord(self._next_id(now), by, now, "running")
            folder = self.folder / record.id
            folder.mkdir()
            _write(folder, record)
            self._forget()
        except BaseException:
            os.close(descriptor)  # or nobody could build until this process ends
            raise
        return Job(folder, record, descriptor)

    def resume(self, build_id: str, descriptor: int) -> Job:
        """The build that another process began, with the lock it handed on."""
        record = self._read(build_id)
        if record is None:
            raise NotFound(f"build {build_id} does not exist")
        return Job(self.folder / build_id, record, descriptor)

    def records(self) -> tuple[BuildRecord, ...]:
        """Every build that is remembered, newest first."""
        history = cache(self._shelf.history)  # read once for all of them, and only where one asks
        return tuple(record for name in self._ids() if (record := self._now(name, history)) is not None)

    def get(self, build_id: str) -> BuildRecord:
        """One build; NotFound where it is not remembered."""
        found = self._now(build_id, self._shelf.history)
        if found is None:
            raise NotFound(f"build {build_id} is not remembered: GET /v1/builds lists the last {KEPT}")
        return found

    def running(self) -> BuildRecord | None:
        """The build under way."""
        return next((record for record in self.records() if record.state == "running"), None)

    def progress(self, build_id: str, after: int = 0) -> tuple[Progress, ...]:
        """The lines of progress with numbers above `after`."""
        try:
            lines = (self.folder / build_id / "progress.jsonl").read_text("utf-8").split("\n")[:-1]
        except FileNotFoundError:
            return ()
        steps = [json.loads(line) for line in lines[after:]]
        return tuple(Progress(after + place, **step) for place, step in enumerate(steps, start=1))

    def report(self, build_id: str) -> Report:
        """What a build came to; StateError where it has no report."""
        record = self.get(build_id)
        found = reports.read(self.folder / build_id)
        if found is None:
            raise StateError(f"build {build_id} has no report, it is {record.state}: build again")
        return found

    def cancel(self, build_id: str) -> None:
        """Ask the build under way to end, which it does within a second; StateError where it has ended."""
        record = self.get(build_id)
        if record.state != "running":
            raise StateError(f"build {build_id} is {record.state} already: there is nothing to cancel")
        (self.folder / build_id / "cancel").touch()

    def _next_id(self, now: datetime) -> str:
        """An id above all there are: in order of time, within a second too, and where the clock has gone back."""
        newest = next(iter(self._ids()), "")
        wanted = f"{now:{STAMP}}"
        if wanted <= newest[: len(wanted)]:
            wanted = f"{_stamped(newest) + timedelta(microseconds=1):{STAMP}}"
        return wanted + secrets.token_hex(1)

    def _ids(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted((path.name for path in self.folder.iterdir() if ID.match(path.name)), reverse=True)

    def _read(self, build_id: str) -> BuildRecord | None:
        if not ID.match(build_id):
            return None
        try:
            content = json.loads((self.folder / build_id / "state.json").read_bytes())
            for field in ("started_at", "finished_at"):
                content[field] = datetime.fromisoformat(content[field]) if content[field] else None
            return BuildRecord(**content)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _now(self, build_id: str, history: Callable[[], Acts]) -> BuildRecord | None:
        """What has become of a build since it last said something of itself."""
        record = self._read(build_id)
        if record is None:
            return None
        if record.state == "running" and not (held(self._lock) and self._ids()[0] == build_id):
            again = self._read(build_id)  # it may have ended between the two looks
            if again is None or again.state != "running":
                return again
            return replace(record, state="killed", reason=_last_words(self.folder / build_id / "log.txt"))
        if record.state == "ready" and _published(record, history()):
            return replace(record, state="published")
        return record

    def _forget(self) -> None:
        for name in self._ids()[KEPT:]:
            shutil.rmtree(self.folder / name, ignore_errors=True)


def _stamped(build_id: str) -> datetime:
    """The moment in an id; an older program's has fewer digits of a second, and letters in their place."""
    try:
        return datetime.strptime(build_id[:-2], STAMP)
    except ValueError:
        return datetime.strptime(build_id[:15], STAMP[:-3]) + timedelta(seconds=1)


def _write(folder: Path, record: BuildRecord) -> None:
    """Whole or not at all, and on the disk before anything is said of it."""
    content = asdict(record) | {
        "started_at": record.started_at.isoformat(),
        "finished_at": record.finished_at.isoformat() if record.finished_at else None,
    }
    work = folder / f".state-{os.getpid()}"
    with work.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(work, folder / "state.json")


def _published(record: BuildRecord, history: Acts) -> bool:
    """Whether its version became live after its report was there."""
    since = record.finished_at or record.started_at
    acts = [act for act in history if act.get("act") == "publish" and act.get("version") == record.version]
    return any(datetime.fromisoformat(str(act["at"])) >= since for act in acts)


def _last_words(log: Path) -> str | None:
    """The last line that a process which died had written."""
    try:
        lines = log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        return None
    return lines[-1][:LONGEST_REASON] if lines else None
