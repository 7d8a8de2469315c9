"""Seconds until /readyz answers, and resident memory, of a service whose index is built."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.queries import golden_texts
from benchmarks.serving import ask, service


def run(asked: argparse.Namespace) -> None:
    """The first start may build; the second is measured."""
    with service("--setup"):
        pass
    with service("--setup") as (url, process, seconds):
        for text in golden_texts()[:50]:
            ask(url, text)
        status = Path(f"/proc/{process.pid}/status").read_text()
        memory = {
            line.split(":")[0]: int(line.split()[1]) / 1024
            for line in status.splitlines()
            if line.startswith(("VmRSS", "VmHWM"))
        }
        print(f"ready after {seconds:.1f} s; resident {memory['VmRSS']:.0f} MiB, at most {memory['VmHWM']:.0f} MiB")
