"""Measuring a knowledge base on labelled queries: the figures of `huashu evaluate` and of the build report.

A query's gold is an entry id, or None where nothing in the knowledge base answers it. Beside the product
the reference is measured in the same run: the nearest variant by cosine of the embedder's first part, which is
what most FAQ services do.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.confidence import Confidence
from index.metrics import auroc, calibration_error, coverage_and_precision, hit_at, macro_f1, mean_reciprocal_rank
from index.retriever import Finding, Retriever

DEPTH = 10


class Labelled(Protocol):
    """A query with what it should come to."""

    @property
    def text(self) -> str: ...
    @property
    def gold(self) -> str | None: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def history(self) -> tuple[Any, ...]: ...


@dataclass(frozen=True)
class Outcome:
    """One query's result: its gold entry's rank from 1 (None: not among the first ten, or no gold)."""

    text: str
    gold: str | None
    kind: str
    rank: int | None
    first: str | None
    confidence: float
    inside: float
    decision: str
    nearest: str | None
    nearest_score: float
    milliseconds: float
    alarms: tuple[str, ...]
    exact: bool = False
    evidence: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)


def run(retriever: Retriever, queries: Sequence[Labelled]) -> list[Outcome]:
    """Ask every query, one after the other, as the service would."""
    return [_outcome(retriever, query) for query in queries]


def _outcome(retriever: Retriever, query: Labelled) -> Outcome:
    started = time.perf_counter()
    finding: Finding = retriever.find(query.text, query.history, limit=DEPTH)
    took = (time.perf_counter() - started) * 1000
    ids = [candidate.entry.entry.id for candidate in finding.candidates]
    nearest, score = retriever.nearest(query.text)
    return Outcome(
        query.text,
        query.gold,
        query.kind or "-",
        ids.index(query.gold) + 1 if query.gold in ids else None,
        ids[0] if ids else None,
        finding.candidates[0].confidence if finding.candidates else 0.0,
        finding.inside,
        finding.decision,
        nearest,
        score,
        took,
        tuple(alarm.trigger.code for alarm in finding.alarms),
        bool(finding.candidates) and finding.candidates[0].tier == "exact",
        finding.evidence,
    )


def report(outcomes: Sequence[Outcome], confidence: Confidence) -> dict[str, Any]:
    """All figures of a run; rates 0..1, milliseconds per query (embedding included)."""
    answer_threshold = confidence.thresholds.answer
    inside = [outcome for outcome in outcomes if outcome.gold is not None]
    right = [outcome.rank == 1 for outcome in outcomes]
    sure = [outcome.confidence for outcome in outcomes]
    coverage, precision = coverage_and_precision(sure, right, answer_threshold) if outcomes else (0.0, None)
    took = [outcome.milliseconds for outcome in outcomes]
    figures: dict[str, Any] = {
        "queries": len(outcomes),
        "in_scope": len(inside),
        "out_of_scope": len(outcomes) - len(inside),
        **_ranking(inside),
        "macro_f1": _rounded(
            macro_f1([str(outcome.gold) for outcome in inside], [outcome.first or "" for outcome in inside])
        ),
        "auroc_in_scope": _rounded(
            auroc([outcome.inside for outcome in outcomes], [outcome.gold is not None for outcome in outcomes])
        ),
        "auroc_right": _rounded(auroc(sure, right)),
        "ece": _rounded(calibration_error(sure, right)),
        **_at_estimated_share(outcomes, right, confidence),
        "answer_threshold": answer_threshold,
        "coverage": _rounded(coverage),
        "precision": _rounded(precision),
        "decisions": {
            name: sum(outcome.decision == name for outcome in outcomes) for name in ("answer", "clarify", "abstain")
        },
        "out_of_scope_not_answered": _rounded(
            _share([outcome.decision != "answer" for outcome in outcomes if outcome.gold is None])
        ),
        "reference_nearest_variant": {
            "hit@1": _rounded(_share([outcome.nearest == outcome.gold for outcome in inside])),
            "auroc_in_scope": _rounded(
                auroc(
                    [outcome.nearest_score for outcome in outcomes], [outcome.gold is not None for outcome in outcomes]
                )
            ),
        },
        "latency_ms": {
            "p50": _rounded(float(np.percentile(took, 50)), 2),
            "p99": _rounded(float(np.percentile(took, 99)), 2),
        }
        if took
        else None,
    }
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.kind].append(outcome)
    figures["kinds"] = {
        kind: {
            "queries": len(group),
            **_ranking([outcome for outcome in group if outcome.gold is not None]),
            "answered": _rounded(_share([outcome.decision == "answer" for outcome in group])),
        }
        for kind, group in sorted(by_kind.items())
    }
    return figures


def _at_estimated_share(outcomes: Sequence[Outcome], right: Sequence[bool], confidence: Confidence) -> dict[str, Any]:
    """What the queries themselves, unlabelled, say of the share without an entry, and calibration at that share."""
    evidence = {place: outcome.evidence for place, outcome in enumerate(outcomes) if not outcome.exact}
    found = {place: row for place, row in evidence.items() if row is not None}
    if not found:
        return {"estimated_out_of_scope_share": None, "ece_at_estimated_share": None}
    ranked, features = list(found), np.concatenate(list(found.values()))
    share = confidence.estimated_share(features)
    sure = np.array([outcome.confidence for outcome in outcomes])
    # What a contradiction took from a confidence, it takes at any share.
    left = np.minimum(sure[ranked] / np.maximum(confidence.verdict(features).right, 1e-9), 1)
    sure[ranked] = confidence.at_share(features, share).right * left
    return {
        "estimated_out_of_scope_share": _rounded(share * len(ranked) / len(outcomes)),
        "ece_at_estimated_share": _rounded(calibration_error(sure, right)),
    }


def _ranking(inside: Sequence[Outcome]) -> dict[str, float | None]:
    ranks = [outcome.rank for outcome in inside]
    return {
        "hit@1": _rounded(hit_at(ranks, 1)),
        "hit@3": _rounded(hit_at(ranks, 3)),
        "mrr@10": _rounded(mean_reciprocal_rank(ranks)),
    }


def _share(flags: Sequence[bool]) -> float | None:
    return float(np.mean(flags)) if flags else None


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None or np.isnan(value) else round(value, digits)
