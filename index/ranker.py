"""The ranker: from a query's kernel values to entries' scores, learnt from the stored variants.

Kernel ridge regression with one column an entry: 1 for its own variants, 0 for all others. Up to
`EXACT_ROWS` variants all are landmarks; beyond, `LANDMARKS` of them, so that training is linear in their number.
The closed-form leave-out predictions are what confidence is calibrated on. Where they show that many variants
are filed under the wrong entry, such variants count for the entry that the others point to as well. Why this and
not another: docs/decisions/ranker.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from index.kernel import Kernel, Matrix, Rows, take
from index.residuals import Neighbours, residuals
from index.ridge import BLOCK, STRENGTH, Exact, Nystrom, Ridge

EXACT_ROWS = 16_384
LANDMARKS = 6144
CALIBRATION_ROWS = 20_000
COPY_COSTS = 3  # times what the product of as many columns takes
TOP = 5
PROBED_ROWS = 3000
MISFILED_LEAD = 0.2  # by which another entry's score leads before a variant counts as misfiled
NOISY = 0.15  # share of misfiled variants from which a base is a log rather than edited knowledge
TELLING_ROWS = 100  # variants below which that share is chance: one pair of like entries would make a base noisy
NOISY_STRENGTH = 1.0
KEPT = 0.3  # of its target that a misfiled variant of a noisy base leaves with its own entry
USUAL_MISFILED = 0.03  # share that looks misfiled in edited knowledge, being merely hard


@dataclass(frozen=True)
class OutOfFold:
    """Each variant's best entries as the ranker would have them had it not seen the variant.

    `rows` (n,) are variant numbers; `entries` and `scores` (n, k) best first. In `absent` the variant's
    whole entry was left out: what a near query outside the knowledge base looks like. `far` are the strangers, (m, k).
    `trust` (n,) is less than 1 for variants of a noisy base whose own entry cannot be taken for the truth.
    """

    rows: NDArray[np.int64]
    entries: NDArray[np.int64]
    scores: Matrix
    absent_entries: NDArray[np.int64]
    absent_scores: Matrix
    far_entries: NDArray[np.int64]
    far_scores: Matrix
    trust: Matrix


@dataclass(frozen=True)
class Ranker:
    """Scores of entries for rows: about 1 for an entry's own variant, about 0 for a stranger's."""

    landmarks: NDArray[np.int64]
    weights: Matrix  # (entries, landmarks)
    kernel: Kernel
    left: Matrix  # (variants,) residuals where landmarks are fewer, else none: see `index.residuals`

    @classmethod
    def restore(
        cls, landmarks: NDArray[np.int64], means: dict[str, Matrix], weights: Matrix, left: Matrix, rows: Rows
    ) -> Ranker:
        """A stored ranker, given all variants' rows again."""
        return cls(landmarks, weights, Kernel.against(rows, landmarks, means), left)

    def scores(self, values: Matrix, entries: NDArray[np.int64] | None = None) -> Matrix:
        """(n, entries) scores from `kernel.values` of n rows, for all entries or for those given."""
        if entries is None:
            return np.asarray(values @ self.weights.T, np.float32)
        if len(entries) * COPY_COSTS < len(self.weights):
            return np.asarray(values @ self.weights[entries].T, np.float32)
        return np.asarray((values @ self.weights.T)[:, entries], np.float32)


def fit(rows: Rows, entry_of: Sequence[int], entries: int, strangers: Rows | None = None) -> tuple[Ranker, OutOfFold]:
    """Learn from n ≥ 1 variants; `entry_of` (n,) numbers their entries 0..entries−1. Deterministic.

    `strangers` are not learnt from, only ranked: taught as belonging to no entry they cost a knowledge base of few
    phrasings two points of hit@1.
    """
    owner = np.asarray(entry_of, np.int64)
    targets = _targets(owner, entries)
    noisy = _misfiled_share(rows, owner, entries) >= NOISY
    strength = NOISY_STRENGTH if noisy else STRENGTH
    ridge: Ridge
    if len(owner) <= EXACT_ROWS:
        marks = np.arange(len(owner))
        kernel = Kernel.against(rows, marks)
        ridge = Exact(_square(kernel, rows, len(owner)), targets, strength)
    else:
        marks = landmark_rows(entry_of, LANDMARKS)
        kernel = Kernel.against(rows, marks)
        ridge = Nystrom(lambda places: kernel.values(take(rows, places)), marks, targets, strength)
    misfiled = _correct(ridge, owner, targets) if noisy else np.zeros(len(owner), bool)
    weights = np.ascontiguousarray(ridge.weights().T)
    every = len(marks) == len(owner)
    left = np.zeros(0, np.float32) if every else residuals(kernel, weights, rows, owner)
    neighbours = None if every else Neighbours(rows, owner, kernel.means, left, entries)
    ranker = Ranker(marks, weights, kernel, left)
    far = ranker.scores(kernel.values(strangers)) if strangers is not None else np.zeros((0, entries), np.float32)
    if neighbours is not None and strangers is not None:
        far += neighbours.of(strangers)
    found = _out_of_fold(ridge, owner, entries, neighbours)
    doubt = min(1.0, USUAL_MISFILED / max(float(misfiled.mean()), USUAL_MISFILED))
    trust = np.where(misfiled[found[0]], doubt, 1).astype(np.float32)
    return ranker, OutOfFold(*found, *_best(far, min(TOP, entries)), trust)


def _misfiled_share(rows: Rows, owner: NDArray[np.int64], entries: int) -> float:
    """The share of variants that look misfiled, 0..1, from at most `PROBED_ROWS` of them; 0 where too few can tell."""
    probe = np.unique(np.linspace(0, len(owner) - 1, min(len(owner), PROBED_ROWS)).astype(np.int64))
    mine = owner[probe]
    several = np.bincount(mine, minlength=entries)[mine] > 1
    if several.sum() < TELLING_ROWS:
        return 0.0
    taken = take(rows, probe)
    ridge = Exact(Kernel.against(taken, slice(None)).values(taken), _targets(mine, entries), NOISY_STRENGTH)
    return float((_lead_of_others(ridge.left_out(np.arange(len(probe))), mine)[0][several] > MISFILED_LEAD).mean())


def _lead_of_others(scores: Matrix, owner: NDArray[np.int64]) -> tuple[Matrix, NDArray[np.int64]]:
    """(n,) by how much the best other entry leads a row's own, and which it is."""
    places = np.arange(len(owner))
    others = scores.copy()
    others[places, owner] = -np.inf
    return others.max(axis=1) - scores[places, owner], others.argmax(axis=1)


def _correct(ridge: Ridge, owner: NDArray[np.int64], targets: sparse.csr_matrix) -> NDArray[np.bool_]:
    """Let variants that look misfiled count for the entry the others point to; (n,) which did."""
    misfiled = np.zeros(len(owner), bool)
    better = owner.copy()
    for start in range(0, len(owner), BLOCK):
        places = np.arange(start, min(start + BLOCK, len(owner)))
        lead, better[places] = _lead_of_others(ridge.left_out(places), owner[places])
        misfiled[places] = lead > MISFILED_LEAD
    which = np.flatnonzero(misfiled)
    moved = sparse.csr_matrix((np.full(len(which), 1 - KEPT, np.float32), (which, better[which])), shape=targets.shape)
    kept = sparse.diags(np.where(misfiled, KEPT, 1).astype(np.float32)) @ targets
    ridge.retarget((kept + moved).tocsr())
    return misfiled


def _targets(owner: NDArray[np.int64], entries: int) -> sparse.csr_matrix:
    ones = np.ones(len(owner), np.float32)
    return sparse.csr_matrix((ones, (np.arange(len(owner)), owner)), shape=(len(owner), entries))


def _square(kernel: Kernel, rows: Rows, size: int) -> Matrix:
    """All rows' kernel values, block by block: whole temporaries would triple the memory."""
    square = np.empty((size, size), np.float32)
    for start in range(0, size, BLOCK):
        block = slice(start, start + BLOCK)
        square[block] = kernel.values(take(rows, block))
    return square


def landmark_rows(entry_of: Sequence[int], count: int) -> NDArray[np.int64]:
    """At most `count` row numbers, ascending: every entry's first variant, then every entry's second …"""
    seen: Counter[int] = Counter()
    turn = np.empty(len(entry_of), np.int64)
    for row, entry in enumerate(entry_of):
        turn[row] = seen[entry]
        seen[entry] += 1
    return np.sort(np.lexsort((np.arange(len(entry_of)), turn))[:count])


def _sample(owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows to calibrate on: all, or those of entries drawn evenly until there are about `CALIBRATION_ROWS`."""
    if len(owner) <= CALIBRATION_ROWS:
        return np.arange(len(owner))
    names = np.unique(owner)
    every = len(owner) / CALIBRATION_ROWS
    return np.flatnonzero(np.isin(owner, names[(np.arange(len(names)) % every) < 1]))


def _out_of_fold(
    ridge: Ridge, owner: NDArray[np.int64], entries: int, neighbours: Neighbours | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], Matrix, NDArray[np.int64], Matrix]:
    sample = _sample(owner)
    depth = min(TOP, entries)
    best = np.zeros((len(sample), depth), np.int64)
    score = np.zeros((len(sample), depth), np.float32)
    absent_best, absent_score = best.copy(), score.copy()
    mine = owner[sample]
    order = np.argsort(mine, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(mine[order])) + 1):
        alone, absent = ridge.left_out(sample[group]), ridge.group_left_out(sample[group])
        if neighbours is not None:
            alone_too, absent_too = neighbours.left_out(sample[group])
            alone, absent = alone + alone_too, absent + absent_too
        absent[:, mine[group[0]]] = -np.inf
        best[group], score[group] = _best(alone, depth)
        absent_best[group], absent_score[group] = _best(absent, depth)
    return sample, best, score, absent_best, absent_score


def _best(scores: Matrix, depth: int) -> tuple[NDArray[np.int64], Matrix]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    return order, np.take_along_axis(scores, order, axis=1)
