"""Time of a whole build of the shipped pack as a ratio to the time of embedding alone."""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.serving import ROOT
from index.builder import build
from index.loading import load_embedder
from knowledge.formats.yaml import load_pack
from knowledge.model import ApprovedEntry


def run(asked: argparse.Namespace) -> None:
    """Everything anew in an empty home, then again unchanged, then with one changed variant."""
    pack, embedder, now = load_pack(ROOT / "knowledge/content"), load_embedder(), datetime.now(UTC)
    entries = [ApprovedEntry(entry=entry, version=1, approved_by="-", approved_at=now) for entry in pack.entries]
    first = entries[0].entry
    changed = first.model_copy(update={"variants": (*first.variants, "这是新加的一句问法")})
    with tempfile.TemporaryDirectory() as home:
        for name, these in (
            ("anew", entries),
            ("unchanged", entries),
            ("one variant more", [entries[0].model_copy(update={"entry": changed}), *entries[1:]]),
        ):
            started = time.perf_counter()
            done = build(these, pack.policy, pack.facts, embedder, Path(home))
            total = time.perf_counter() - started
            embed = done.seconds.get("embed", 0.0)
            ratio = f", {total / embed:.2f} × embedding" if done.embedded > 1 else ""
            steps = ", ".join(f"{step} {value:.1f}" for step, value in done.seconds.items())
            print(f"{name}: {total:.1f} s ({steps}){ratio}; {done.embedded} texts embedded, {done.reused} reused")
