"""Triggers: what must escalate whatever entry ranks first (safety, injury, fraud, legal …).

One linear detector a trigger over the dense channels (logistic regression, centred vectors), learnt from
the trigger's own variants against its look-alikes and the knowledge's other variants; its threshold comes
from out-of-fold scores and favours recall. A detector names the stored phrase nearest to the query, so that a
person can see why. This module knows vectors, not texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

Matrix = NDArray[np.float32]

RECALL = 0.97  # of its own variants, out of fold
FALSE_ALARMS = 0.05  # among its look-alikes, out of fold
FOLDS = 5
STRENGTH = 20.0  # inverse regularisation
LOOK_ALIKE_WEIGHT = 3.0


@dataclass(frozen=True)
class Triggers:
    """`weights` (t, d) and `intercepts` (t,) of t detectors, alarm above `thresholds` (t,) in log odds.

    `examples` (m, d) are the triggers' own variants, centred, and `example_of` (m,) whose they are.
    """

    mean: Matrix
    weights: Matrix
    intercepts: Matrix
    thresholds: Matrix
    examples: Matrix
    example_of: NDArray[np.int64]

    def detect(self, rows: Mapping[str, Matrix]) -> list[list[tuple[int, float, int]]]:
        """For each of n rows, (trigger, log odds above its threshold, nearest own variant), strongest first."""
        vectors = join(rows) - self.mean
        over = vectors @ self.weights.T + self.intercepts - self.thresholds
        found = []
        for vector, excess in zip(vectors, over, strict=True):
            hits = [int(trigger) for trigger in np.argsort(-excess, kind="stable") if excess[trigger] >= 0]
            near = self.examples @ vector
            found.append([(trigger, float(excess[trigger]), int(np.where(self.example_of == trigger, near, -np.inf).argmax())) for trigger in hits])
        return found


def join(rows: Mapping[str, Matrix]) -> Matrix:
    """All dense channels side by side, (n, Σd)."""
    return np.hstack([rows[name] for name in sorted(rows)])


def fit(own: Sequence[Mapping[str, Matrix]], alike: Sequence[Mapping[str, Matrix]], others: Mapping[str, Matrix], usable: NDArray[np.bool_]) -> Triggers:
    """Learn t ≥ 1 detectors.

    `own[t]` are a trigger's variants, `alike[t]` its look-alikes, `others` the knowledge's variants, of
    which `usable[t]` says which may serve as counter-examples (not those that mean the trigger's matter).
    """
    rest = join(others)
    positives = [join(rows) for rows in own]
    look_alikes = [join(rows) if len(next(iter(rows.values()))) else np.zeros((0, rest.shape[1]), np.float32) for rows in alike]
    mean = np.asarray(np.vstack([rest, *positives]).mean(axis=0), np.float32)
    weights, intercepts, thresholds = [], [], []
    every_look_alike = np.vstack(look_alikes)
    whose = np.repeat(np.arange(len(look_alikes)), [len(rows) for rows in look_alikes])
    for trigger, rows in enumerate(positives):
        negatives = np.vstack([every_look_alike, rest[usable[trigger]]])
        is_look_alike = np.zeros(len(negatives), bool)
        is_look_alike[: len(whose)] = whose == trigger
        x = np.vstack([rows, negatives]) - mean
        y = np.r_[np.ones(len(rows), bool), np.zeros(len(negatives), bool)]
        weight = np.r_[np.full(len(rows), len(negatives) / max(1, len(rows)) / 4), np.where(is_look_alike, LOOK_ALIKE_WEIGHT, 1.0)]
        held = _out_of_fold(x, y, weight)
        thresholds.append(_threshold(held[y], held[len(rows) :][is_look_alike], held[len(rows) :][~is_look_alike]))
        model = _model().fit(x, y, sample_weight=weight)
        weights.append(model.coef_[0])
        intercepts.append(model.intercept_[0])
    return Triggers(
        mean,
        np.asarray(weights, np.float32),
        np.asarray(intercepts, np.float32),
        np.asarray(thresholds, np.float32),
        np.asarray(np.vstack(positives) - mean, np.float32),
        np.repeat(np.arange(len(positives)), [len(rows) for rows in positives]),
    )


def _model() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3)


def _out_of_fold(x: Matrix, y: NDArray[np.bool_], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    folds = min(FOLDS, int(y.sum()))
    if folds < 2:
        return np.zeros(len(y))
    held = np.zeros(len(y))
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=0).split(x, y):
        held[test] = _model().fit(x[train], y[train], sample_weight=weight[train]).decision_function(x[test])
    return held


def _threshold(own: NDArray[np.float64], alike: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Low enough for the recall, then as high as false alarms ask, but never above the median variant."""
    wanted = float(np.quantile(own, 1 - RECALL))
    quiet = max(
        float(np.quantile(alike, 1 - FALSE_ALARMS)) if len(alike) else -np.inf,
        float(np.quantile(others, 0.995)) if len(others) else -np.inf,
    )
    if quiet <= wanted:
        return (quiet + wanted) / 2 if np.isfinite(quiet) else wanted
    return min(float((quiet + wanted) / 2), float(np.median(own)))
