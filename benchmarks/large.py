"""Seconds and memory of training on copies of the live index's phrasings, and what landmarks cost in hit@1.

The copies are turned so that none resembles another.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.serving import ROOT, require_index
from benchmarks.vectors import turn
from index import ranker
from index.contents import load
from index.kernel import Rows, take
from index.residuals import Neighbours
from index.shelf import Shelf
from service.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--copies", type=int, nargs="*", default=[1, 2, 4, 12])
    parser.add_argument("--one", type=int, help="only so many, in this process")


def run(asked: argparse.Namespace) -> None:
    """Train on so many copies at once, each number in a process of its own, and ask a tenth of the first, held out."""
    require_index()
    if asked.one is None:
        for copies in asked.copies:
            subprocess.run([sys.executable, str(ROOT / "scripts" / "bench"), "large", "--one", str(copies)], check=True)
        return
    mine, own, entries = _live()
    held = np.arange(0, len(own), 10)
    kept = np.setdiff1d(np.arange(len(own)), held)
    rows = _copied(mine, kept, asked.one)
    owner = [*own[kept].tolist(), *(number + copy * entries for copy in range(1, asked.one) for number in own.tolist())]
    queries = take(mine, held)
    for channel, matrix in queries.items():
        if isinstance(matrix, sparse.csr_matrix):  # what the copies have, these have not
            shape = len(held), rows[channel].shape[1]
            queries[channel] = sparse.csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started, worked = time.perf_counter(), time.process_time()
    learnt, _ = ranker.fit(rows, owner, entries * asked.one)
    took, busy = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    scores = learnt.scores(learnt.kernel.values(queries))
    smooth, found = np.mean(scores.argmax(axis=1) == own[held]), scores
    if len(learnt.left):
        neighbours = Neighbours(rows, np.array(owner), learnt.kernel.terms, learnt.left, entries * asked.one)
        found = scores + neighbours.of(queries)
    print(
        f"{len(owner)} phrasings, {entries * asked.one} entries, {len(learnt.landmarks)} landmarks: "
        f"{took:.0f} s ({busy:.0f} s of a core), peak {peak:.0f} MiB ({before:.0f} before), "
        f"hit@1 of the {len(held)} held out {np.mean(found.argmax(axis=1) == own[held]):.3f} "
        f"(by landmarks alone {smooth:.3f})",
        flush=True,
    )


def _live() -> tuple[Rows, NDArray[np.int64], int]:
    """The live index's rows, the numbers of their entries, and how many entries it has."""
    shelf = Shelf(Settings.from_environment().artefacts)
    folder = shelf.path(shelf.current())
    _, contents = load(folder, json.loads((folder / "manifest.json").read_text())["embedder"])
    dense = {part: index.rows() for part, index in contents.dense.items()}
    return {**dense, **contents.lexical_rows}, contents.owner, len(contents.entries)


def _copied(mine: Rows, kept: NDArray[np.int64], times: int) -> Rows:
    """The kept rows and, but for them, so many copies of all: dense ones turned, sparse ones with words of theirs."""
    rows: dict[str, Any] = {}
    for channel, matrix in mine.items():
        if sparse.issparse(matrix):
            rows[channel] = sparse.block_diag([matrix[kept], *[matrix] * (times - 1)], "csr", np.float32)
            continue
        turned = (matrix @ turn(matrix.shape[1], copy) for copy in range(1, times))
        rows[channel] = np.concatenate([matrix[kept], *turned])
    return rows
