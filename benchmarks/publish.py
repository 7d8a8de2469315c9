"""Time of one suggestion over HTTP while a build runs beside the service and while it stands still, in turns."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.queries import fresh_texts, golden_texts, show
from benchmarks.serving import ask, require_index, service
from knowledge.store import Store
from service import building
from service.builds import Builds
from service.settings import Settings

TURN_SECONDS = 3.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--seconds", type=float, default=90, help="of the build that embeds")
    parser.add_argument("--most", type=float, default=900, help="seconds of the build that trains and compares")


def run(asked: argparse.Namespace) -> None:
    """In a copy of HUASHU_HOME, whose live index must be built: one phrasing more, and builds of it beside the service.

    Every few seconds the build's process is stopped or goes on again, so that both sides see the same machine. A first
    build embeds everything anew and is cancelled after so long; a second finds its vectors, trains and compares, to its
    end. Ten queries a second from one client; each is one that nobody asked in that service before.
    """
    require_index()
    source = Settings.from_environment()
    texts = fresh_texts()
    took: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home", embedder=source.embedder, tuning=source.tuning)
        shutil.copytree(source.home, settings.home)
        _add_a_phrasing(settings)
        vectors, aside = settings.home / "vectors.npz", settings.home / "vectors.aside"
        with service(HUASHU_HOME=str(settings.home), HUASHU_DATABASE="") as (url, _, _):
            for text in golden_texts()[:20]:
                ask(url, text)
            vectors.rename(aside)
            _in_turns(settings, url, texts, asked.seconds, took)
            aside.rename(vectors)
            _in_turns(settings, url, texts, asked.most, took)
    for step in dict.fromkeys(name.partition(",")[0] for name in took):
        for side in ("alone", "beside"):
            show(
                f"{step}, {side} ({len(took[f'{step}, {side}'])})", [value * 1000 for value in took[f"{step}, {side}"]]
            )
    every = {
        side: [value for name in took if name.endswith(side) for value in took[name]] for side in ("alone", "beside")
    }
    for side, values in every.items():
        show(f"all, {side} ({len(values)})", [value * 1000 for value in values])
    alone, beside = (statistics.quantiles(every[side], n=100) for side in ("alone", "beside"))
    print("beside ÷ alone: " + ", ".join(f"p{cut + 1} {beside[cut] / alone[cut]:.2f}" for cut in (49, 89, 98)))


def _in_turns(settings: Settings, url: str, texts: Iterator[str], seconds: float, took: dict[str, list[float]]) -> None:
    """One build, stopped every other turn, until it ends or its time is over; `took` by the step it was in."""
    builds, build = Builds(settings.home), building.start(settings, "bench")
    process = int(subprocess.check_output(["pgrep", "-f", f"job {build.id}"]).split()[0])
    until, worked, beside = None, 0.0, 0.0
    while builds.get(build.id).state == "running":
        lines = builds.progress(build.id)
        if lines and until is None:
            until = time.monotonic() + seconds
        step = {"embed": "embedding", "train": "training", "compare": "comparing"}.get(
            lines[-1].step if lines else "", "starting"
        )
        for name in ("alone", "beside"):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP if name == "alone" else signal.SIGCONT)
            before, began = _cpu_seconds(process), time.monotonic()
            took.setdefault(f"{step}, {name}", []).extend(_paced(url, texts, TURN_SECONDS))
            if name == "beside":
                worked += max(_cpu_seconds(process) - before, 0.0)
                beside += time.monotonic() - began
        if (
            until is not None
            and time.monotonic() > until
            and not (settings.home / "builds" / build.id / "cancel").exists()
        ):
            builds.cancel(build.id)
    print(f"build {builds.get(build.id).state}, in the end at {builds.progress(build.id)[-1:]}", flush=True)
    print(f"  in its turns it had {worked / max(beside, 1e-9):.0%} of a core")
    for name, values in took.items():
        show(f"  so far: {name} ({len(values)})", [value * 1000 for value in values])


def _cpu_seconds(process: int) -> float:
    """What a process has used so far; nothing once it is gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _add_a_phrasing(settings: Settings) -> None:

    with Store.open(settings.database_url) as store:
        pack = store.pack()
        first = pack.entries[0]
        changed = first.model_copy(update={"variants": (*first.variants, "这是新加的一句问法")})
        pack = pack.model_copy(update={"entries": (changed, *pack.entries[1:])})
        store.import_pack(pack, "bench", "bench", "bench", datetime.now(UTC))


def _paced(url: str, texts: Iterator[str], seconds: float) -> list[float]:
    """Ten queries a second from one client, for so long."""
    took, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        started = time.monotonic()
        took.append(ask(url, next(texts)))
        time.sleep(max(0.0, 0.1 - (time.monotonic() - started)))
    return took
