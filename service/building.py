"""A build from its beginning to its report, and the process it runs in when a service starts it.

That process yields to everything else: the lowest priority there is, one core, one thread. It may be killed at any
moment: what it leaves behind is swept by the next build, and what is live is not touched by it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from index.builder import CACHE, Build, build
from index.cache import VectorCache, sweep
from index.embedder import Embedder
from index.errors import NoArtefact
from index.shelf import Shelf
from service.builds import CANCELLED, BuildRecord, Builds, Job
from service.golden import golden_queries
from service.remembered import opened
from service.reports import Questions, Report, make_report
from service.settings import AS_THEY_COME, Settings

ROOT = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-m", "service.cli")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
KEPT = 10  # published artefacts kept on the disk
LOOK_SECONDS = 0.3  # how often a build looks whether it is to end

Step = Callable[[str, int, int], None]


def run(
    settings: Settings, job: Job, embedder: Embedder, real: Sequence[str] = (), step: Step | None = None
) -> tuple[Build, Report]:
    """Build what is approved and report what publishing it would change; publishes nothing.

    `real` are recent queries of customers, newest first. What goes wrong is written down and raised.
    """

    def say(name: str, done: int, all_: int) -> None:
        job.step(name, done, all_)
        if step is not None:
            step(name, done, all_)

    shelf, now = Shelf(settings.artefacts), datetime.now(UTC)
    with failing(job):
        shelf.sweep()  # only a build leaves such folders and files behind, and no other runs
        sweep(settings.home / CACHE)
        golden = golden_queries(settings.home)
        with opened(settings) as store:
            entries, policy, facts = store.approved(), store.policy(), store.facts()
        say("check", 0, 1)
        done = build(entries, policy, facts, embedder, settings.home, say)
        cache = VectorCache(settings.home / CACHE, embedder)
        report = make_report(job.record.id, done, entries, shelf, Questions(golden, real, embedder, cache), now, say)
        if cache.embedded:
            cache.save()
        with suppress(NoArtefact):
            shelf.prune(KEPT, besides=(done.version,))
        job.ready(report)
    return done, report


@contextmanager
def failing(job: Job) -> Iterator[None]:
    """What goes wrong inside is what the build came to: it is written down, and raised."""
    try:
        yield
    except Exception as error:
        with suppress(OSError):  # a full disk does not even take that
            job.failed(str(error) or repr(error))
        raise


def start(settings: Settings, by: str) -> BuildRecord:
    """Begin a build in a process of its own, which outlives this one; StateError while another runs."""
    job = Builds(settings.home).begin(by)
    try:
        with (job.folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                _command(job),
                env=_environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(job.descriptor,),
                # Ctrl-C in a terminal is meant for the service. No session of its own: there the kernel would weigh
                # its priority against nobody (autogroups).
                process_group=0,
            )
    except OSError as error:
        with suppress(OSError):
            job.failed(f"no process could be started: {error}")
        raise
    finally:
        job.close()
    threading.Thread(target=process.wait, name=f"build-{job.record.id}", daemon=True).start()  # leaves no zombie
    return job.record


def end_when_cancelled(job: Job) -> None:
    """From now on, end this process at once where somebody wishes so, whatever it is doing."""

    def look() -> None:
        while not job.cancelled():
            time.sleep(LOOK_SECONDS)
        os._exit(CANCELLED)

    threading.Thread(target=look, name="cancel", daemon=True).start()


def _command(job: Job) -> list[str]:
    handed = ["--job", job.record.id, "--lock", str(job.descriptor)]
    return [*COMMAND, "build", "--no-publish", "--by", job.record.by, *handed]


def _environment(settings: Settings) -> dict[str, str]:
    """This process's, with the settings as they are in force and one thread for every library."""
    own = {
        "HUASHU_HOME": str(settings.home.resolve()),
        "HUASHU_DATABASE": settings.database,
        "HUASHU_EMBEDDER": settings.embedder,
        "HUASHU_TUNING": str(settings.tuning.resolve()) if settings.tuning is not None else AS_THEY_COME,
    }
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, **ONE_THREAD, **own, "PYTHONPATH": path}
