"""Queries a second with 32 clients as a share of the embedder's own in batches on the same cores.

Latency at half of that load; with --soak MINUTES also whether memory grows.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.queries import fresh_texts, show
from benchmarks.serving import NO_LIMITS, ask, require_index, service
from index.loading import load_embedder


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--soak", type=float, default=0, help="minutes")


def run(asked: argparse.Namespace) -> None:
    """The same texts to the embedder alone, in batches on all cores, and to the service; every text is new to both."""
    require_index()
    embedder, fresh = load_embedder(), fresh_texts()
    embedder.encode([next(fresh) for _ in range(64)])
    texts = [next(fresh) for _ in range(1200)]
    started = time.perf_counter()
    embedder.encode(texts)
    alone = len(texts) / (time.perf_counter() - started)
    del embedder
    with service(HUASHU_WORKERS=str(asked.workers), HUASHU_LONGEST_WAIT="60", **NO_LIMITS) as (url, process, _):
        for _ in range(64):
            ask(url, next(fresh))
        with ThreadPoolExecutor(32) as clients:
            started = time.perf_counter()
            list(clients.map(lambda text: ask(url, text), texts))
            served = len(texts) / (time.perf_counter() - started)
        print(f"embedder alone in batches {alone:.1f}/s; 32 clients {served:.1f}/s: {served / alone:.2f} of it")
        took = _at_rate(url, fresh, served / 2, 60)
        show("suggestion over HTTP at half that load, ms", took)
        print(f"p99 ÷ p50 {statistics.quantiles(took, n=100)[98] / statistics.median(took):.1f}")
        if asked.soak:
            _soak(url, process, fresh, served / 2, asked.soak)


def _at_rate(url: str, texts: Iterator[str], rate: float, seconds: float) -> list[float]:
    """Milliseconds of each query, asked at even intervals whether or not the one before has been answered."""
    took: list[float] = []
    begun = time.perf_counter()

    def one(due: float, text: str) -> None:
        time.sleep(max(0.0, due - time.perf_counter()))
        started = time.perf_counter()
        ask(url, text)
        took.append((time.perf_counter() - started) * 1000)

    with ThreadPoolExecutor(64) as clients:
        for number in range(int(rate * seconds)):
            clients.submit(one, begun + number / rate, next(texts))
    return took


def _soak(url: str, process: subprocess.Popen[bytes], texts: Iterator[str], rate: float, minutes: float) -> None:
    """Resident memory of the service and its workers after the first minute and at the end."""
    _at_rate(url, texts, rate, 60)
    first = _resident(process.pid)
    _at_rate(url, texts, rate, 60 * (minutes - 1))
    last = _resident(process.pid)
    print(
        f"resident after a minute {first:.0f} MiB, after {minutes:g} {last:.0f} MiB: {100 * (last / first - 1):+.1f} %"
    )


def _resident(pid: int) -> float:
    """MiB of a process and its children, what they share counted once."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    lines = (line for one in [pid, *children] for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
