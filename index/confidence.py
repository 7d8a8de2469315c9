"""Confidence: the probability that an entry is the right one for a query, and the thresholds that follow.

A logistic function of two things the ranker says of a candidate, its score and its lead over the best
other candidate:

    confidence = σ(a + b · score + c · lead),   b, c ≥ 0

It is fitted on out-of-fold candidates of the build itself: every variant as a query whose entry is in the
knowledge base (the variant left out), and again as one whose entry is not (the whole entry left out).
The fit is held near a prior learnt from larger knowledge bases, so that a base with few or single variants,
which cannot be measured on itself, still gets sensible figures. Richer features were tried and added
nothing out of fold (docs/decisions/ranker.md).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from index.metrics import precision_curve

Floats = NDArray[np.float64]

# (intercept, score, lead): fitted by `scripts/fit-prior` on the shipped pack with 2, 4, 8 … variants an entry.
PRIOR = (-2.5, 6.5, 9.5)
PRIOR_STRENGTH = 4.0  # in squared coefficient units: what about this many surprising queries can move
ENOUGH_ROWS = 200  # rows below which thresholds come from expected instead of measured precision
CURVE_POINTS = 60
FITTED = 5  # candidates a query is fitted on; those beyond share what little is left


@dataclass(frozen=True)
class Thresholds:
    """Least confidence (0..1) to answer, to clarify (summed over the options), and to be shown at all."""

    answer: float
    clarify: float
    show: float


@dataclass(frozen=True)
class Confidence:
    """The fitted function, its thresholds and the curve they were read from.

    `curve` holds (threshold, precision, coverage) of the first candidate, thresholds descending.
    """

    intercept: float
    score: float
    lead: float
    thresholds: Thresholds
    curve: tuple[tuple[float, float, float], ...]
    measured_rows: int

    def of(self, scores: NDArray[np.floating]) -> Floats:
        """(…, k) candidate scores, best first → (…, k) confidences; the first `FITTED` never sum to more than 1."""
        values = np.asarray(scores, float)
        confidence = expit(self.intercept + self.score * values + self.lead * leads(values))
        return np.asarray(confidence / np.maximum(confidence[..., :FITTED].sum(axis=-1, keepdims=True), 1))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Confidence:
        thresholds = Thresholds(**content["thresholds"])
        curve = tuple((float(t), float(p), float(c)) for t, p, c in content["curve"])
        return cls(
            float(content["intercept"]),
            float(content["score"]),
            float(content["lead"]),
            thresholds,
            curve,
            int(content["measured_rows"]),
        )


def leads(scores: Floats) -> Floats:
    """Each candidate's score minus the best of the others'; with a single candidate, its score."""
    if scores.shape[-1] == 1:
        return scores
    best, second = scores[..., :1], scores[..., 1:2]
    lead = scores - best
    lead[..., :1] = best - second
    return lead


def coefficients(
    scores: Floats,
    right: NDArray[np.bool_],
    weights: Floats,
    prior: tuple[float, float, float] = PRIOR,
    strength: float = PRIOR_STRENGTH,
) -> tuple[float, float, float]:
    """Penalised maximum likelihood over all candidates.

    scores (n, k) best first, right (n, k), weights (n,). Minimises the weighted log loss plus
    strength/2 · ‖coefficients − prior‖², with the two slopes not negative.
    """
    design = np.stack([np.ones(scores.size), scores.ravel(), leads(scores).ravel()], axis=1)
    truth, weight = right.ravel().astype(float), np.repeat(weights, scores.shape[1])
    centre = np.array(prior)

    def loss(beta: Floats) -> tuple[float, Floats]:
        logit = design @ beta
        value = float(
            (weight * (np.logaddexp(0, logit) - truth * logit)).sum() + strength / 2 * ((beta - centre) ** 2).sum()
        )
        return value, design.T @ (weight * (expit(logit) - truth)) + strength * (beta - centre)

    found = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=[(None, None), (0, None), (0, None)])
    return float(found.x[0]), float(found.x[1]), float(found.x[2])


def fit(
    scores: Floats, right: NDArray[np.bool_], weights: Floats, answer_precision: float, clarify_precision: float
) -> Confidence:
    """Fit on out-of-fold candidates; every row is one query, its candidates best first.

    A query whose entry is missing has no right candidate. Rows of an entry that can only be measured as
    missing (its single variant left out) should come with weight 0 or be left out by the caller.
    """
    scores, weights = np.asarray(scores, float), np.asarray(weights, float)
    a, b, c = coefficients(scores, right, weights) if weights.sum() > 0 else PRIOR
    blank = Confidence(a, b, c, Thresholds(1.0, 1.0, 0.0), (), int((weights > 0).sum()))
    confidence = blank.of(scores) if len(scores) else np.zeros((0, 1))
    measured = int(right.any(axis=1).sum()) >= ENOUGH_ROWS
    first, among = confidence[:, 0], confidence[:, :3].sum(axis=1)
    first_right = np.asarray(right[:, 0] if measured else first, float)
    among_right = np.asarray(right[:, :3].any(axis=1) if measured else among, float)
    answer = _threshold(first, first_right, weights, answer_precision)
    # Only what is not answered can be clarified, so that is what the second precision is measured on.
    clarify = _threshold(among, among_right, np.where(first < answer, weights, 0.0), clarify_precision)
    shown = confidence[right]
    # What is answered is shown: where nearly all is answered, the quantile lies above the threshold to answer.
    show = min(answer, float(np.quantile(shown, 0.02)) if measured else 0.02)
    thresholds = Thresholds(answer, clarify, show)
    values, precision, coverage = precision_curve(first, first_right, weights) if len(first) else (np.zeros(0),) * 3
    keep = (
        np.unique(np.linspace(0, len(values) - 1, min(CURVE_POINTS, len(values))).astype(int))
        if len(values)
        else np.zeros(0, int)
    )
    curve = tuple(
        (round(float(values[i]), 4), round(float(precision[i]), 4), round(float(coverage[i]), 4)) for i in keep
    )
    return Confidence(a, b, c, thresholds, curve, blank.measured_rows)


def _threshold(confidence: Floats, right: NDArray[Any], weights: Floats, precision: float) -> float:
    """The lowest threshold from which the precision of everything above it reaches the target.

    Where none reaches it, the pointwise reading: answer only what is itself at least that sure.
    """
    keep = weights > 0
    if not keep.any():
        return precision
    values, reached, _ = precision_curve(confidence[keep], right[keep], weights[keep])
    # A few lucky rows at the top say nothing; ask for at least twenty before a precision counts.
    counted = np.arange(1, len(values) + 1) >= min(20, len(values))
    good = np.flatnonzero((reached >= precision) & counted)
    return float(values[good[-1]]) if len(good) else precision
