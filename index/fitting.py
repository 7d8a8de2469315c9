"""Confidence fitted: its three logistic functions and its thresholds, from queries whose answer is known.

The queries are out of fold, of the build itself (`index.calibration`): every variant as a query whose entry is in the
knowledge base (the variant left out), again as one whose entry is not (the whole entry left out), and strangers. Each
function is held near a prior learnt from many knowledge bases of our own writing (`scripts/fit-prior`), so that a base
with few or single variants, which cannot be measured on itself, still gets sensible figures.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from index.confidence import AMONG, HEADS, Confidence, Floats, Thresholds, Verdict, design_of
from index.evidence import NAMES
from index.metrics import calibration_error, calibration_error_by_chance, precision_curve

Bools = NDArray[np.bool_]

PRIOR_STRENGTH = 8.0  # what about so many surprising queries can move a standardised coefficient by one
FOLDS = 10  # that outcomes are measured in: a fit on half of a small base is not the fit that answers
ENOUGH_ROWS = 200  # found rows below which thresholds are the prior's
CURVE_POINTS = 60
# What speaks for a candidate never counts against it, and a near stranger never for it.
SIGNS = {
    **dict.fromkeys(("score", "lead", "cosine", "known"), (0.0, None)),
    "stranger": (None, 0.0),
}
SHOWN = 0.02  # share of right candidates that may fall below what is shown


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
    untaught = Confidence(
        prior.centre,
        prior.scale,
        prior.coefficients,
        prior.share,
        prior.thresholds,
        (),
        int(known.inside.sum()),
        None,
        None,
    )
    if int(known.right.sum()) < ENOUGH_ROWS:
        return untaught
    crossed = _crossed(known, untaught, prior)
    found = thresholds(crossed, known, answer_precision, clarify_precision)
    values, precision, coverage = precision_curve(crossed.right, known.right, known.weights)
    keep = np.unique(np.linspace(0, len(values) - 1, min(CURVE_POINTS, len(values))).astype(int))
    curve = tuple(
        (round(float(values[i]), 4), round(float(precision[i]), 4), round(float(coverage[i]), 4)) for i in keep
    )
    return replace(
        untaught,
        coefficients=_coefficients(known, prior),
        share=share,
        thresholds=found,
        curve=curve,
        measured_error=round(calibration_error(crossed.right, known.right, known.weights), 4),
        chance_error=round(calibration_error_by_chance(crossed.right, known.weights), 4),
    )


def _coefficients(known: Outcomes, prior: Prior) -> dict[str, tuple[float, ...]]:
    design = design_of(known.features, prior.centre, prior.scale)
    return {
        head: maximum_a_posteriori(
            design, getattr(known, head), known.weights, prior.coefficients[head], PRIOR_STRENGTH
        )
        for head in HEADS
    }


def _crossed(known: Outcomes, untaught: Confidence, prior: Prior) -> Verdict:
    """Each row's verdict by a fit on nine tenths of the rows, of which it is none: what is measured was not fitted."""
    folds = np.arange(len(known.weights)) % FOLDS
    parts = [np.zeros(len(folds)) for _ in HEADS]
    for fold in range(FOLDS):
        fitted = replace(untaught, coefficients=_coefficients(known.take(folds != fold), prior))
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
