"""The ranker: kernel ridge regression from a query to entries, learnt from the stored variants.

One column an entry, one kernel over all channels,

    k(a, b) = Σ_dense (2/D) · exp(γ (cos(a − μ, b − μ) − 1))  +  Σ_lexical w · cos(a, b)

with μ the mean of the stored vectors (it takes out what all texts share). Beyond `LANDMARKS` variants the
kernel is expanded on a subset (Nyström, "subset of regressors"), so training is linear in their number.
Ridge regression has its leave-one-out predictions in closed form (ŷᵢ − hᵢᵢyᵢ)/(1 − hᵢᵢ), and its
leave-a-group-out ones by a small solve a group; from these the regularisation is chosen and confidence is
calibrated, without fitting anything twice (Rifkin & Lippert, "Notes on regularized least squares", 2007).

Rows come as one matrix a channel; this module does not know how a text becomes one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Matrix = NDArray[np.float32]
Rows = Mapping[str, "Matrix | sparse.csr_matrix"]

LANDMARKS = 3000
GAMMA = 2.0
LEXICAL_WEIGHTS = {"characters": 0.5, "pinyin": 0.2}
REGULARISATIONS = (0.1, 0.3, 1.0, 3.0)
CALIBRATION_ROWS = 20_000
TOP = 5
BLOCK = 2048
JITTER = 1e-6


@dataclass(frozen=True)
class OutOfFold:
    """Each variant's best entries as the ranker would have them had it not seen the variant.

    `rows` (n,) are variant numbers; `entries` and `scores` (n, k) best first. In `absent` the variant's
    whole entry was left out: what a query outside the knowledge base looks like.
    """

    rows: NDArray[np.int64]
    entries: NDArray[np.int64]
    scores: Matrix
    absent_entries: NDArray[np.int64]
    absent_scores: Matrix


@dataclass(frozen=True)
class Ranker:
    """Scores of entries for rows; about 1 for an entry's own variant, about 0 for a stranger's."""

    landmarks: NDArray[np.int64]
    means: dict[str, Matrix]
    weights: Matrix  # (entries, landmarks)
    regularisation: float
    bases: dict[str, Matrix | sparse.csr_matrix]

    @classmethod
    def restore(cls, landmarks: NDArray[np.int64], means: dict[str, Matrix], weights: Matrix, regularisation: float, rows: Rows) -> Ranker:
        """A stored ranker, given all variants' rows again."""
        return cls(landmarks, means, weights, regularisation, _bases(rows, landmarks, means))

    def kernel(self, rows: Rows) -> Matrix:
        """(n, landmarks) kernel values of n rows."""
        return _kernel(rows, self.bases, self.means)

    def scores(self, kernel: Matrix, entries: NDArray[np.int64] | None = None) -> Matrix:
        """(n, entries) scores for kernel values, of all entries or of those given."""
        weights = self.weights if entries is None else self.weights[entries]
        return kernel @ weights.T


def landmark_rows(entry_of: Sequence[int], count: int) -> NDArray[np.int64]:
    """At most `count` row numbers, ascending: every entry's first variant, then every entry's second …"""
    seen: Counter[int] = Counter()
    turn = np.empty(len(entry_of), np.int64)
    for row, entry in enumerate(entry_of):
        turn[row] = seen[entry]
        seen[entry] += 1
    order = np.lexsort((np.arange(len(entry_of)), turn))
    return np.sort(order[:count])


def fit(rows: Rows, entry_of: Sequence[int], entries: int) -> tuple[Ranker, OutOfFold]:
    """Learn from n ≥ 1 variants; `entry_of` (n,) numbers their entries 0..entries−1. Deterministic."""
    owner = np.asarray(entry_of, np.int64)
    means = {name: _mean(matrix) for name, matrix in rows.items() if not sparse.issparse(matrix)}
    marks = landmark_rows(entry_of, LANDMARKS)
    bases = _bases(rows, marks, means)
    lower = np.linalg.cholesky(_gram_of(bases, means) + JITTER * len(marks) * np.eye(len(marks)))
    gram = np.zeros((len(marks), len(marks)))
    target = np.zeros((len(marks), entries))
    for start in range(0, len(owner), BLOCK):
        features = _features(rows, slice(start, start + BLOCK), bases, means, lower)
        gram += features.T @ features
        np.add.at(target.T, owner[start : start + BLOCK], features)
    values, vectors = linalg.eigh(gram, overwrite_a=True, check_finite=False)
    values = np.maximum(values, 0)
    sample = _sample(owner)
    turned = np.concatenate(
        [_features(rows, sample[start : start + BLOCK], bases, means, lower) @ vectors for start in range(0, len(sample), BLOCK)]
    )
    rotated = vectors.T @ target
    chosen = max(REGULARISATIONS, key=lambda strength: _hits(turned, rotated, values, owner[sample], strength))
    solution = vectors @ (rotated / (values + chosen)[:, None])
    weights = linalg.solve_triangular(lower, solution, lower=True, trans="T", check_finite=False).T
    ranker = Ranker(marks, means, np.ascontiguousarray(weights, np.float32), chosen, bases)
    return ranker, _out_of_fold(sample, turned, rotated, values + chosen, owner)


def _mean(matrix: Matrix) -> Matrix:
    # With a handful of texts the mean is mostly the texts themselves; shrink it towards none.
    return np.asarray(matrix.mean(axis=0) * (len(matrix) / (len(matrix) + 20)), np.float32)


def _centred(matrix: Matrix, mean: Matrix) -> Matrix:
    moved = matrix - mean
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.where(length > 0, length, 1), np.float32)


def _take(matrix: Matrix | sparse.csr_matrix, which: NDArray[np.int64] | slice) -> Matrix | sparse.csr_matrix:
    return matrix[which]


def _bases(rows: Rows, marks: NDArray[np.int64], means: Mapping[str, Matrix]) -> dict[str, Matrix | sparse.csr_matrix]:
    """Each channel's landmarks, transposed: (dimensions, landmarks)."""
    return {
        name: _take(matrix, marks).T.tocsr() if sparse.issparse(matrix) else np.ascontiguousarray(_centred(_take(matrix, marks), means[name]).T)
        for name, matrix in rows.items()
    }


def _kernel(rows: Rows, bases: Mapping[str, Matrix | sparse.csr_matrix], means: Mapping[str, Matrix]) -> Matrix:
    total: Matrix | None = None
    for name, matrix in rows.items():
        if sparse.issparse(matrix):
            part = np.asarray((matrix @ bases[name]).todense(), np.float32) * np.float32(LEXICAL_WEIGHTS[name])
        else:
            part = _centred(matrix, means[name]) @ bases[name]
            part -= 1
            part *= np.float32(GAMMA)
            np.exp(part, out=part)
            part *= np.float32(2 / len(means))
        total = part if total is None else np.add(total, part, out=total)
    if total is None:
        raise ValueError("a row needs at least one channel")
    return total


def _gram_of(bases: Mapping[str, Matrix | sparse.csr_matrix], means: Mapping[str, Matrix]) -> NDArray[np.float64]:
    total = 0.0
    for name, base in bases.items():
        if sparse.issparse(base):
            total = total + LEXICAL_WEIGHTS[name] * np.asarray((base.T @ base).todense(), np.float64)
        else:
            total = total + 2 / len(means) * np.exp(GAMMA * ((base.T @ base).astype(np.float64) - 1))
    return np.asarray(total, np.float64)


def _features(rows: Rows, which: NDArray[np.int64] | slice, bases: Mapping[str, Matrix | sparse.csr_matrix], means: Mapping[str, Matrix], lower: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, landmarks) features whose inner products are the kernel's Nyström approximation."""
    kernel = _kernel({name: _take(matrix, which) for name, matrix in rows.items()}, bases, means)
    return np.ascontiguousarray(linalg.solve_triangular(lower, kernel.T.astype(np.float64), lower=True, check_finite=False).T)


def _sample(owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows to calibrate on: all, or whole entries drawn evenly until there are `CALIBRATION_ROWS`."""
    if len(owner) <= CALIBRATION_ROWS:
        return np.arange(len(owner))
    names, counts = np.unique(owner, return_counts=True)
    step = len(owner) / CALIBRATION_ROWS
    picked = names[(np.arange(len(names)) % step) < 1]
    del counts
    return np.flatnonzero(np.isin(owner, picked))


def _hits(turned: NDArray[np.float64], rotated: NDArray[np.float64], values: NDArray[np.float64], owner: NDArray[np.int64], strength: float) -> tuple[int, float]:
    """How many rows find their own entry first when left out (ties: the stronger regularisation)."""
    shrunk = turned / (values + strength)
    hits = 0
    for start in range(0, len(owner), BLOCK):
        block = slice(start, start + BLOCK)
        left = _left_out(shrunk[block] @ rotated, np.einsum("ij,ij->i", shrunk[block], turned[block]), owner[block])
        hits += int((left.argmax(axis=1) == owner[block]).sum())
    return hits, strength


def _left_out(fitted: NDArray[np.float64], leverage: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.float64]:
    """Closed-form leave-one-out predictions."""
    leverage = np.minimum(leverage, 1 - 1e-9)[:, None]
    result = fitted / (1 - leverage)
    result[np.arange(len(owner)), owner] -= (leverage / (1 - leverage))[:, 0]
    return result


def _out_of_fold(sample: NDArray[np.int64], turned: NDArray[np.float64], rotated: NDArray[np.float64], damped: NDArray[np.float64], owner: NDArray[np.int64]) -> OutOfFold:
    entries = rotated.shape[1]
    depth = min(TOP, entries)
    mine = owner[sample]
    best = np.zeros((len(sample), depth), np.int64)
    score = np.zeros((len(sample), depth), np.float32)
    absent_best, absent_score = best.copy(), score.copy()
    shrunk = turned / damped
    for start in range(0, len(sample), BLOCK):
        block = slice(start, start + BLOCK)
        left = _left_out(shrunk[block] @ rotated, np.einsum("ij,ij->i", shrunk[block], turned[block]), mine[block])
        best[block], score[block] = _best(left, depth)
    for entry in np.unique(mine):
        group = np.flatnonzero(mine == entry)
        fitted = shrunk[group] @ rotated
        own = np.zeros_like(fitted)
        own[:, entry] = 1
        hat = shrunk[group] @ turned[group].T
        left = own + linalg.solve(np.eye(len(group)) * (1 + 1e-9) - hat, fitted - own, assume_a="sym", check_finite=False)
        left[:, entry] = -np.inf
        absent_best[group], absent_score[group] = _best(left, depth)
    return OutOfFold(sample, best, score, absent_best, absent_score)


def _best(scores: NDArray[np.float64], depth: int) -> tuple[NDArray[np.int64], Matrix]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    return order, np.take_along_axis(scores, order, axis=1).astype(np.float32)
