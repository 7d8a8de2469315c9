"""Seconds and memory of a sheet of 10 000 rows: read, compared, applied, written out."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime

from benchmarks.serving import ROOT
from knowledge.formats import csv, xlsx
from knowledge.formats.reading import read
from knowledge.formats.writing import as_csv, as_xlsx
from knowledge.formats.yaml import load_pack
from knowledge.store import Store


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--format", choices=("csv", "xlsx"), help="only this one, in this process")


def run(asked: argparse.Namespace) -> None:
    """Bring 10 000 rows in, as each format in a process of its own, on a fresh SQLite database."""
    if asked.format is None:
        for name in ("csv", "xlsx"):
            subprocess.run([sys.executable, str(ROOT / "scripts" / "bench"), "imports", "--format", name], check=True)
        return
    pack = load_pack(ROOT / "knowledge" / "content")
    header = ["标准问", "相似问", "回复（在线）", "回复（电话）", "分类", "标签", "生效日期", "升级", "升级对象"]
    rows = [header]
    for number in range(10_000):
        entry = pack.entries[number % len(pack.entries)]
        variants = "\n".join(f"{variant}{number}" for variant in entry.variants[:6])
        reply, (target, *_) = entry.replies[0].text, sorted(pack.policy.targets)
        cells = [f"{entry.title}（第 {number} 条）", variants, reply, reply, "售后/退款", "退款；到账", "2026-11-01"]
        rows.append([*cells, "建议", target])
    data = csv.write(rows) if asked.format == "csv" else xlsx.write(header, rows, "话术")
    with tempfile.TemporaryDirectory() as home, Store.open(f"sqlite:///{home}/knowledge.db") as store:
        store.import_pack(pack, "bench", "bench", "bench", datetime.now(UTC))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        times = [(time.perf_counter(), time.process_time())]
        reading = read(data, f"bench.{asked.format}")
        times.append((time.perf_counter(), time.process_time()))
        plan = store.plan_import(reading, "bench", "approved")
        times.append((time.perf_counter(), time.process_time()))
        added = len(store.apply_plan(plan, "bench", "bench", datetime.now(UTC)).added)
        times.append((time.perf_counter(), time.process_time()))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        entries = [record.entry for record in store.approved()]
        (as_csv if asked.format == "csv" else as_xlsx)(entries)
        times.append((time.perf_counter(), time.process_time()))
    steps = ", ".join(
        f"{name} {after[0] - earlier[0]:.1f} s ({after[1] - earlier[1]:.1f} s of a core)"
        for name, earlier, after in zip(("read", "compare", "apply", "export"), times, times[1:], strict=False)
    )
    memory = f"peak {peak // 1024} MiB, {(peak - before) // 1024} MiB more than before"
    print(f"{asked.format}: {len(data) / 2**20:.1f} MiB, {added} entries added; {steps}; {memory}")
