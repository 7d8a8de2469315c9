"""Confidence: the probability that an entry is the right one for a query, and the thresholds that follow.

Three logistic functions of the same evidence about the first candidate (`index.evidence`) say how likely it is that
anything in the knowledge base is meant (`inside`), that it is among the first three (`among`), and that it is the first
(`right`). They are fitted on out-of-fold queries of the build itself: every variant as a query whose entry is in the
knowledge base (the variant left out), again as one whose entry is not (the whole entry left out), and strangers. Each
is held near a prior learnt from many knowledge bases of our own writing (`scripts/fit-prior`), so that a base with few
or single variants, which cannot be measured on itself, still gets sensible figures.

The share of queries that belong nowhere differs from desk to desk. `at_share` moves a fitted confidence to another
share, and `estimated_share` reads the share off unlabelled queries (label shift, Saerens et al. 2002).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from index.evidence import NAMES
from index.metrics import calibration_error, calibration_error_by_chance, precision_curve


class Contradiction(Protocol):
    """What `index.guard` found; only its kind counts here."""

    @property
    def kind(self) -> str: ...


Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HEADS = ("right", "among", "inside")
AMONG = 3  # candidates a clarification may offer
PRIOR_STRENGTH = 8.0  # what about so many surprising queries can move a standardised coefficient by one
FOLDS = 10  # that outcomes are measured in: a fit on half of a small base is not the fit that answers
ENOUGH_ROWS = 200  # found rows below which thresholds are the prior's
CURVE_POINTS = 60
# What speaks for a candidate never counts against it, and a near stranger never for it.
SIGNS = {
    **dict.fromkeys(("score", "lead", "cosine", "known"), (0.0, None)),
    "stranger": (None, 0.0),
}
SHARPNESS = 6.0  # of the softmax that shares what the first leaves among the others
# What a contradiction leaves of the confidence: the ranker is often all but certain of a look-alike, so odds would not
# do. Four right entries in a thousand are contradicted by mistake and become clarified; negation is read least surely.
REMAINS = {"product": 0.2, "code": 0.2, "number": 0.3, "unit": 0.3, "negation": 0.5}
LEAST_SHARE = 1e-4  # of queries without an entry, and of those with one
SHOWN = 0.02  # share of right candidates that may fall below what is shown


@dataclass(frozen=True)
class Thresholds:
    """Least confidence (0..1) to answer, to clarify (summed over the options), and to be shown at all."""

    answer: float
    clarify: float
    show: float


@dataclass(frozen=True)
class Verdict:
    """Probabilities (n,) that the first is right, that one of the first three is, that anything is: ascending."""

    right: Floats
    among: Floats
    inside: Floats


@dataclass(frozen=True)
class Confidence:
    """The fitted functions, their thresholds and the curve they were read from.

    `coefficients[head]` are an intercept and one number a feature, for features less `centre` over `scale`; `share` is
    the share of queries without an entry that they were fitted for. `curve` holds (threshold, precision, coverage) of
    the first candidate, thresholds descending. `measured_error` is the calibration error of the `measured_rows` out of
    fold, `chance_error` what it would be on average were every confidence true: 0..1, None where too few were measured.
    """

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: dict[str, tuple[float, ...]]
    share: float
    thresholds: Thresholds
    curve: tuple[tuple[float, float, float], ...]
    measured_rows: int
    measured_error: float | None
    chance_error: float | None

    def verdict(self, features: Floats) -> Verdict:
        """Of (n, features)."""
        design = _design(features, self.centre, self.scale)
        right, among, inside = (expit(design @ np.array(self.coefficients[head])) for head in HEADS)
        inside = np.maximum.reduce([right, among, inside])
        return Verdict(right, np.clip(among, right, inside), inside)

    def at_share(self, features: Floats, share: float) -> Verdict:
        """The verdict where `share` (0..1) of the queries have no entry."""
        return _shifted(self.verdict(features), self.share, share)

    def estimated_share(self, features: Floats) -> float:
        """The share of queries without an entry among (n, features) unlabelled ones, 0..1: expectation maximisation."""
        return self.share_of(self.verdict(features).inside) if len(features) else self.share

    def share_of(self, inside: Floats) -> float:
        """The same from what verdicts said at the time: (n,) probabilities that anything was meant."""
        if not len(inside):
            return self.share
        verdict, share = Verdict(inside, inside, inside), self.share
        for _ in range(200):
            found = float(1 - _shifted(verdict, self.share, share).inside.mean())
            if abs(found - share) < 1e-5:
                break
            share = float(np.clip(found, LEAST_SHARE, 1 - LEAST_SHARE))
        return share

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Confidence:
        return cls(
            tuple(content["centre"]),
            tuple(content["scale"]),
            {head: tuple(content["coefficients"][head]) for head in HEADS},
            float(content["share"]),
            Thresholds(**content["thresholds"]),
            tuple((float(t), float(p), float(c)) for t, p, c in content["curve"]),
            int(content["measured_rows"]),
            content["measured_error"],
            content["chance_error"],
        )


def spread(verdict: Verdict, scores: Floats) -> Floats:
    """(n, k) confidences: the first has its own, the next two share what `among` adds, the rest what `inside` does."""
    shares = np.exp(SHARPNESS * (scores - scores[:, :1]))
    result = np.zeros_like(scores)
    result[:, 0] = verdict.right
    for part, left in (
        (slice(1, AMONG), verdict.among - verdict.right),
        (slice(AMONG, None), verdict.inside - verdict.among),
    ):
        weights = shares[:, part]
        if weights.shape[1]:
            result[:, part] = left[:, None] * weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    # A later candidate is never surer than an earlier one; as in ranking, so in confidence.
    return np.minimum.accumulate(result, axis=1)


def contradicted(confidence: float, found: Sequence[Contradiction]) -> float:
    """The confidence (0..1) once the entry was found to contradict the query, by the graver of the contradictions."""
    return confidence * min((REMAINS[one.kind] for one in found), default=1.0)


def _shifted(verdict: Verdict, fitted: float, share: float) -> Verdict:
    # A policy may say that every query has an entry; no fit can know that, and nothing could be moved from there.
    fitted = min(max(fitted, LEAST_SHARE), 1 - LEAST_SHARE)
    inward, outward = (1 - share) / (1 - fitted), share / fitted
    total = verdict.inside * inward + (1 - verdict.inside) * outward
    factor = inward / np.maximum(total, 1e-12)
    return Verdict(verdict.right * factor, verdict.among * factor, verdict.inside * factor)


def _design(features: Floats, centre: tuple[float, ...], scale: tuple[float, ...]) -> Floats:
    values = (np.asarray(features, float)[:, : len(centre)] - np.array(centre)) / np.array(scale)
    return np.hstack([np.ones((len(values), 1)), values])


@dataclass(frozen=True)
class Prior:
    """What knowledge bases of so many phrasings an entry teach."""

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    coefficients: dict[str, tuple[float, ...]]
    share: float
    thresholds: Thresholds


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((Path(__file__).parent / "prior.json").read_text("utf-8"))
    return content


def prior_for(phrasings: float) -> Prior:
    """The prior for a knowledge base of so many phrasings an entry (≥ 1), between the table's rows by logarithm."""
    table = _table()
    sizes = np.array([float(size) for size in table["sizes"]])
    at = np.log2(np.clip(phrasings, sizes[0], sizes[-1]))

    def between(rows: list[list[float]]) -> tuple[float, ...]:
        return tuple(float(np.interp(at, np.log2(sizes), column)) for column in np.array(rows).T)

    found = list(table["sizes"].values())
    coefficients = {head: between([row[head] for row in found]) for head in HEADS}
    thresholds = Thresholds(*between([row["thresholds"] for row in found]))
    return Prior(tuple(table["centre"]), tuple(table["scale"]), coefficients, float(table["share"]), thresholds)


@dataclass(frozen=True)
class Outcomes:
    """Queries whose answer is known: (n, features), whether the first, one of three, any entry is right, weights."""

    features: Floats
    right: Bools
    among: Bools
    inside: Bools
    weights: Floats

    def take(self, which: NDArray[Any]) -> Outcomes:
        return Outcomes(*(getattr(self, name)[which] for name in ("features", "right", "among", "inside", "weights")))


def maximum_a_posteriori(
    design: Floats, truth: Bools, weights: Floats, prior: tuple[float, ...], strength: float
) -> tuple[float, ...]:
    """Logistic coefficients within `SIGNS`: least weighted log loss plus strength/2 · ‖coefficients − prior‖²."""
    target, centre = truth.astype(float), np.array(prior)

    def loss(beta: Floats) -> tuple[float, Floats]:
        logit = design @ beta
        value = (weights * (np.logaddexp(0, logit) - target * logit)).sum()
        slope = design.T @ (weights * (expit(logit) - target)) + strength * (beta - centre)
        return float(value + strength / 2 * ((beta - centre) ** 2).sum()), slope

    bounds = [(None, None), *(SIGNS.get(name, (None, None)) for name in NAMES)]
    return tuple(float(value) for value in minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds).x)


def fit(
    outcomes: Outcomes, phrasings: float, share: float, answer_precision: float, clarify_precision: float
) -> Confidence:
    """Fit on out-of-fold queries whose weights give those without an entry the share `share`.

    With too few rows to measure on, coefficients, thresholds and share are the prior's for knowledge bases of so many
    `phrasings` an entry.
    """
    prior = prior_for(phrasings)
    known = outcomes.take(outcomes.weights > 0)
    coefficients = _coefficients(known, prior)
    bare = Confidence(
        prior.centre, prior.scale, coefficients, share, prior.thresholds, (), int(known.inside.sum()), None, None
    )
    if int(known.right.sum()) < ENOUGH_ROWS:
        return replace(bare, coefficients=prior.coefficients, share=prior.share)
    crossed = _crossed(known, bare, prior)
    found = thresholds(crossed, known, answer_precision, clarify_precision)
    values, precision, coverage = precision_curve(crossed.right, known.right, known.weights)
    keep = np.unique(np.linspace(0, len(values) - 1, min(CURVE_POINTS, len(values))).astype(int))
    curve = tuple(
        (round(float(values[i]), 4), round(float(precision[i]), 4), round(float(coverage[i]), 4)) for i in keep
    )
    return replace(
        bare,
        thresholds=found,
        curve=curve,
        measured_error=round(calibration_error(crossed.right, known.right, known.weights), 4),
        chance_error=round(calibration_error_by_chance(crossed.right, known.weights), 4),
    )


def _coefficients(known: Outcomes, prior: Prior) -> dict[str, tuple[float, ...]]:
    design = _design(known.features, prior.centre, prior.scale)
    return {
        head: maximum_a_posteriori(
            design, getattr(known, head), known.weights, prior.coefficients[head], PRIOR_STRENGTH
        )
        for head in HEADS
    }


def _crossed(known: Outcomes, bare: Confidence, prior: Prior) -> Verdict:
    """Each row's verdict by a fit on nine tenths of the rows, of which it is none: what is measured was not fitted."""
    folds = np.arange(len(known.weights)) % FOLDS
    parts = [np.zeros(len(folds)) for _ in HEADS]
    for fold in range(FOLDS):
        fitted = replace(bare, coefficients=_coefficients(known.take(folds != fold), prior))
        verdict = fitted.verdict(known.features[folds == fold])
        for head, part in zip(HEADS, parts, strict=True):
            part[folds == fold] = getattr(verdict, head)
    return Verdict(*parts)


def thresholds(verdict: Verdict, known: Outcomes, answer_precision: float, clarify_precision: float) -> Thresholds:
    """The thresholds that reach the target precisions on these queries."""
    answer = _threshold(verdict.right, known.right, known.weights, answer_precision)
    # Only what is not answered can be clarified, so that is what the second precision is measured on.
    left = verdict.right < answer
    clarify = _threshold(verdict.among[left], known.among[left], known.weights[left], clarify_precision)
    shown = verdict.right[known.right]
    # What is answered is shown, and of what is clarified the best: where nearly all that is right is certain, the
    # quantile lies above both.
    least = min(answer, clarify / AMONG, float(np.quantile(shown, SHOWN))) if len(shown) else 0.0
    return Thresholds(answer, clarify, least)


def _threshold(confidence: Floats, right: Bools, weights: Floats, precision: float) -> float:
    """The lowest threshold from which the precision of everything above it reaches the target.

    Where none reaches it, the pointwise reading: only what is itself at least that sure.
    """
    if not len(confidence):
        return precision
    values, reached, _ = precision_curve(confidence, right, weights)
    # A few lucky rows at the top say nothing; a precision counts from twenty rows on, or one in a hundred of many.
    counted = np.arange(1, len(values) + 1) >= min(max(20, len(confidence) // 100), len(values))
    good = np.flatnonzero((reached >= precision) & counted)
    return float(values[good[-1]]) if len(good) else precision
