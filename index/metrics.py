"""The field's measures as pure functions of arrays; no I/O, no model.

Confidences and scores are "higher is better"; `right` is boolean.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

ECE_BINS = 15


def hit_at(ranks: Sequence[int | None], k: int) -> float:
    """Share of queries whose gold entry is among the first k; `ranks` counts from 1, None = not found."""
    return float(np.mean([rank is not None and rank <= k for rank in ranks])) if len(ranks) else float("nan")


def mean_reciprocal_rank(ranks: Sequence[int | None], k: int = 10) -> float:
    """MRR@k: mean of 1/rank, 0 beyond k."""
    return (
        float(np.mean([1 / rank if rank is not None and rank <= k else 0.0 for rank in ranks]))
        if len(ranks)
        else float("nan")
    )


def auroc(scores: ArrayLike, positive: ArrayLike) -> float | None:
    """Chance that a positive scores above a negative; None where one of the two is missing."""
    flags = np.asarray(positive, bool)
    if flags.all() or not flags.any():
        return None
    from sklearn.metrics import roc_auc_score  # takes a second to import, and answering does without

    return float(roc_auc_score(flags, np.asarray(scores, float)))


def calibration_error(
    confidence: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None, bins: int = ECE_BINS
) -> float:
    """Expected calibration error over equal-width bins (Guo et al., 2017), 0..1; every row weighs one if not said."""
    values, truth = np.asarray(confidence, float), np.asarray(right, float)
    if not len(values):
        return float("nan")
    each = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    return float(np.abs(np.bincount(_bins(values, bins), each * (values - truth))).sum() / each.sum())


def calibration_error_by_chance(confidence: ArrayLike, weights: ArrayLike | None = None, bins: int = ECE_BINS) -> float:
    """What `calibration_error` of so many rows is on average where every confidence is true, 0..1.

    By the normal approximation: a bin's gap is then Σ w(c − r) with variance Σ w²c(1 − c), and the mean size of a
    normal variable is √(2/π) of its deviation. The fewer the rows, the larger.
    """
    values = np.asarray(confidence, float)
    if not len(values):
        return float("nan")
    each = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    variance = np.bincount(_bins(values, bins), each**2 * values * (1 - values))
    return float(np.sqrt(2 / np.pi * variance).sum() / each.sum())


def _bins(confidence: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    """The equal-width bin of each confidence, from 0."""
    return np.asarray(np.minimum((confidence * bins).astype(np.int64), bins - 1), np.int64)


def coverage_and_precision(
    confidence: ArrayLike, right: ArrayLike, threshold: float, weights: ArrayLike | None = None
) -> tuple[float, float | None]:
    """Share of queries at or above the threshold, and how many of those are right (None where there is none)."""
    values, truth = np.asarray(confidence, float), np.asarray(right, bool)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    over = values >= threshold
    taken = float(weight[over].sum())
    return taken / float(weight.sum()), float(weight[over & truth].sum()) / taken if taken else None


def precision_curve(
    confidence: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """(thresholds descending, precision, coverage) at every distinct confidence."""
    values, truth = np.asarray(confidence, float), np.asarray(right, float)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    order = np.argsort(-values, kind="stable")
    values, truth, weight = values[order], truth[order], weight[order]
    last = np.flatnonzero(np.r_[np.diff(values) != 0, True]) if len(values) else np.zeros(0, int)
    taken = np.cumsum(weight)
    return values[last], np.cumsum(weight * truth)[last] / taken[last], taken[last] / weight.sum()


def macro_f1(gold: Sequence[str], chosen: Sequence[str]) -> float:
    """Unweighted mean over the gold entries of F1."""
    scores = []
    for entry in sorted(set(gold)):
        both = sum(g == c == entry for g, c in zip(gold, chosen, strict=True))
        total = sum(g == entry for g in gold) + sum(c == entry for c in chosen)
        scores.append(2 * both / total if total else 0.0)
    return float(np.mean(scores)) if scores else float("nan")
