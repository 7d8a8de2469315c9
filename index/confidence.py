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

import json
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from index.metrics import precision_curve

Floats = NDArray[np.float64]

PRIOR_STRENGTH = 4.0  # in squared coefficient units: what about this many surprising queries can move
ENOUGH_ROWS = 200  # found rows below which thresholds are the prior's
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
    """Each candidate's score minus the best of the others'; a single candidate leads nobody: 0."""
    if scores.shape[-1] == 1:
        return np.zeros_like(scores)
    best, second = scores[..., :1], scores[..., 1:2]
    lead = scores - best
    lead[..., :1] = best - second
    return lead


@dataclass(frozen=True)
class Prior:
    """What larger knowledge bases of so many phrasings an entry teach: coefficients and thresholds."""

    coefficients: tuple[float, float, float]
    thresholds: Thresholds


@lru_cache(maxsize=1)
def _table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Phrasings an entry (ascending) and, for each, three coefficients and three thresholds; by `scripts/fit-prior`."""
    content = json.loads((Path(__file__).parent / "prior.json").read_text("utf-8"))
    rows = [[*row["coefficients"], row["answer"], row["clarify"], row["show"]] for row in content.values()]
    return np.array([float(size) for size in content]), np.array(rows)


def prior_for(phrasings: float) -> Prior:
    """The prior for a knowledge base of so many phrasings an entry (≥ 1), between the table's rows by logarithm."""
    sizes, rows = _table()
    at = np.log2(np.clip(phrasings, sizes[0], sizes[-1]))
    a, b, c, answer, clarify, show = (float(np.interp(at, np.log2(sizes), column)) for column in rows.T)
    return Prior((a, b, c), Thresholds(answer, clarify, show))


def coefficients(
    scores: Floats,
    right: NDArray[np.bool_],
    weights: Floats,
    prior: tuple[float, float, float],
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
        value = (weight * (np.logaddexp(0, logit) - truth * logit)).sum()
        penalty = strength / 2 * ((beta - centre) ** 2).sum()
        return float(value + penalty), design.T @ (weight * (expit(logit) - truth)) + strength * (beta - centre)

    found = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=[(None, None), (0, None), (0, None)])
    return float(found.x[0]), float(found.x[1]), float(found.x[2])


def fit(
    scores: Floats,
    right: NDArray[np.bool_],
    weights: Floats,
    phrasings: float,
    answer_precision: float,
    clarify_precision: float,
) -> Confidence:
    """Fit on out-of-fold candidates; every row is one query, its candidates best first.

    A query whose entry is missing has no right candidate. Rows that can only be measured as missing (an entry's single
    phrasing left out) come with weight 0. With too few rows to measure on, the thresholds are the prior's for
    knowledge bases of so many `phrasings` an entry.
    """
    prior = prior_for(phrasings)
    scores, right, weights = np.asarray(scores, float)[weights > 0], right[weights > 0], weights[weights > 0]
    a, b, c = coefficients(scores, right, weights, prior.coefficients) if len(scores) else prior.coefficients
    bare = Confidence(a, b, c, prior.thresholds, (), len(scores))
    if int(right.any(axis=1).sum()) < ENOUGH_ROWS:
        return bare
    confidence = bare.of(scores)
    found = thresholds(confidence, right, weights, answer_precision, clarify_precision)
    values, precision, coverage = precision_curve(confidence[:, 0], right[:, 0], weights)
    keep = np.unique(np.linspace(0, len(values) - 1, min(CURVE_POINTS, len(values))).astype(int))
    curve = [(float(values[i]), float(precision[i]), float(coverage[i])) for i in keep]
    return replace(bare, thresholds=found, curve=tuple((round(t, 4), round(p, 4), round(c, 4)) for t, p, c in curve))


def thresholds(
    confidence: Floats, right: NDArray[np.bool_], weights: Floats, answer_precision: float, clarify_precision: float
) -> Thresholds:
    """The thresholds that reach the target precisions on these queries; (n, k) confidences, best first."""
    first, among = confidence[:, 0], confidence[:, :3].sum(axis=1)
    answer = _threshold(first, right[:, 0], weights, answer_precision)
    # Only what is not answered can be clarified, so that is what the second precision is measured on.
    left = first < answer
    clarify = _threshold(among[left], np.any(right[left, :3], axis=1, keepdims=False), weights[left], clarify_precision)
    shown = confidence[right]
    # What is answered is shown: where nearly all is certain, the quantile lies above the threshold to answer.
    return Thresholds(answer, clarify, min(answer, float(np.quantile(shown, 0.02))) if len(shown) else 0.0)


def _threshold(confidence: Floats, right: NDArray[np.bool_], weights: Floats, precision: float) -> float:
    """The lowest threshold from which the precision of everything above it reaches the target.

    Where none reaches it, the pointwise reading: only what is itself at least that sure.
    """
    if not len(confidence):
        return precision
    values, reached, _ = precision_curve(confidence, right, weights)
    # A few lucky rows at the top say nothing; a precision counts from twenty rows on.
    counted = np.arange(1, len(values) + 1) >= min(20, len(values))
    good = np.flatnonzero((reached >= precision) & counted)
    return float(values[good[-1]]) if len(good) else precision
