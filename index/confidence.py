"""Confidence: the probability that an entry is the right one for a query, and the thresholds that follow.

Three logistic functions of the same evidence about the first candidate (`index.evidence`) say how likely it is that
anything in the knowledge base is meant (`inside`), that it is among the first three (`among`), and that it is the first
(`right`). `index.fitting` learns them when an index is built; here they answer.

The share of queries that belong nowhere differs from desk to desk. `at_share` moves a fitted confidence to another
share, and `estimated_share` reads the share off unlabelled queries (label shift, Saerens et al. 2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit


class Contradiction(Protocol):
    """What `index.guard` found; only its kind counts here."""

    @property
    def kind(self) -> str: ...


Floats = NDArray[np.float64]

HEADS = ("right", "among", "inside")
AMONG = 3  # candidates a clarification may offer
SHARPNESS = 6.0  # of the softmax that shares what the first leaves among the others
# What a contradiction leaves of the confidence: the ranker is often all but certain of a look-alike, so odds would not
# do. Four right entries in a thousand are contradicted by mistake and become clarified; negation is read least surely.
REMAINS = {"product": 0.2, "code": 0.2, "number": 0.3, "unit": 0.3, "negation": 0.5}
LEAST_SHARE = 1e-4  # of queries without an entry, and of those with one


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
        design = design_of(features, self.centre, self.scale)
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


def design_of(features: Floats, centre: tuple[float, ...], scale: tuple[float, ...]) -> Floats:
    """(n, 1 + m) ones and the first m of (n, features), less their centre over their scale, both of m numbers."""
    values = (np.asarray(features, float)[:, : len(centre)] - np.array(centre)) / np.array(scale)
    return np.hstack([np.ones((len(values), 1)), values])
