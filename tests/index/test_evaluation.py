"""Outcomes of labelled queries, and the figures worked out from hand-made ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from index.confidence import Confidence
from index.evaluation import Outcome, report, run
from index.retriever import Retriever
from tests.index.conftest import SURE


@dataclass(frozen=True)
class Turn:
    """One turn of a history."""

    role: str
    text: str


@dataclass(frozen=True)
class Query:
    """A labelled query."""

    text: str
    gold: str | None = None
    kind: str | None = None
    history: tuple[Any, ...] = ()


def outcome(gold: str | None, first: str | None, rank: int | None, confidence: float, **fields: Any) -> Outcome:
    """One query's result with whatever else the test is about; `inside` is the confidence unless given."""
    made = Outcome("x", gold, "plain", rank, first, confidence, confidence, "answer", None, 0.0, 1.0, ())
    return replace(made, **fields)


def answering_from(threshold: float) -> Confidence:
    """A confidence that answers from there."""
    return replace(SURE, thresholds=replace(SURE.thresholds, answer=threshold))


# Four with gold (ranks 1, 2, 1 and none), two without; the reference finds two and scores strangers high.
OUTCOMES = [
    outcome("a", "a", 1, 0.9, nearest="a", nearest_score=0.9, milliseconds=1),
    outcome("a", "b", 2, 0.8, nearest="a", nearest_score=0.8, milliseconds=2, kind="slang"),
    outcome("b", "b", 1, 0.6, nearest="a", nearest_score=0.5, milliseconds=3, decision="clarify"),
    outcome("c", "a", None, 0.3, nearest="b", nearest_score=0.4, milliseconds=4, decision="abstain", kind="slang"),
    outcome(None, "a", None, 0.7, nearest="a", nearest_score=0.7, milliseconds=5, kind="absent"),
    outcome(None, None, None, 0.0, nearest=None, nearest_score=0.0, milliseconds=6, decision="abstain", kind="absent"),
]


def test_a_report_by_hand() -> None:
    """Every figure of six outcomes, on paper."""
    figures = report(OUTCOMES, answering_from(0.7))
    assert (figures["queries"], figures["in_scope"], figures["out_of_scope"]) == (6, 4, 2)
    assert (figures["hit@1"], figures["hit@3"]) == (0.5, 0.75)
    assert figures["mrr@10"] == 0.625  # (1 + ½ + 1 + 0) / 4
    # a: once right, twice gold, given twice in scope → 0.5; b: 1, 1, 2 → ⅔; c: never → 0.
    assert figures["macro_f1"] == 0.3889
    # Above {0.7, 0.0} in scope lie 0.9 and 0.8 (both), 0.6 and 0.3 (one each): 6 of 8 pairs.
    assert figures["auroc_in_scope"] == 0.75
    # Right are 0.9 and 0.6; of the wrong 0.8, 0.3, 0.7, 0.0 the first beats 4, the second 2: 6 of 8.
    assert figures["auroc_right"] == 0.75
    # Six bins of their own: |0.9 − 1| + 0.8 + |0.6 − 1| + 0.3 + 0.7 + 0, over six.
    assert figures["ece"] == 0.3833
    assert (figures["answer_threshold"], figures["coverage"], figures["precision"]) == (0.7, 0.5, 0.3333)
    assert figures["decisions"] == {"answer": 3, "clarify": 1, "abstain": 2}
    assert figures["out_of_scope_not_answered"] == 0.5
    # Golds found by the reference: 2 of 4. Of 8 pairs with {0.7, 0.0}: 0.9 and 0.8 win two, 0.5 and 0.4 one.
    assert figures["reference_nearest_variant"] == {"hit@1": 0.5, "auroc_in_scope": 0.75}
    assert figures["latency_ms"] == {"p50": 3.5, "p99": 5.95}
    assert figures["kinds"] == {
        "absent": {"queries": 2, "hit@1": None, "hit@3": None, "mrr@10": None, "answered": 0.5},
        "plain": {"queries": 2, "hit@1": 1.0, "hit@3": 1.0, "mrr@10": 1.0, "answered": 0.5},
        "slang": {"queries": 2, "hit@1": 0.0, "hit@3": 0.5, "mrr@10": 0.25, "answered": 0.5},
    }


def test_whether_anything_is_meant_is_judged_by_inside() -> None:
    """Two entries close to each other leave each unsure, and yet one of them is meant."""
    outcomes = [outcome("a", "b", 2, 0.4, inside=0.9), outcome(None, "a", None, 0.5, inside=0.2)]
    figures = report(outcomes, answering_from(0.7))
    assert (figures["auroc_in_scope"], figures["auroc_right"]) == (1.0, None)


def test_the_share_without_an_entry_is_read_from_the_queries_themselves() -> None:
    """Without evidence it cannot be had; exact ones count as having an entry, and their confidence stays."""
    bare = report(OUTCOMES, SURE)
    assert (bare["estimated_out_of_scope_share"], bare["ece_at_estimated_share"]) == (None, None)
    clear, strange = np.array([[1.5, 1.5, 0.9, 0.0, 0.0, 2.0]]), np.array([[-2.0, 0.0, 0.0, 0.0, 0.0, 2.0]])
    outcomes = [outcome("a", "a", 1, 1.0, evidence=strange, exact=True)] * 2
    outcomes += [outcome("a", "a", 1, 1.0, evidence=clear), outcome(None, "a", None, 0.1, evidence=strange)]
    figures = report(outcomes, SURE)
    # Of the two ranked ones one is a stranger's, beyond doubt: one query in four.
    assert figures["estimated_out_of_scope_share"] == pytest.approx(0.25, abs=0.001)
    assert figures["ece_at_estimated_share"] == pytest.approx(0.0, abs=0.001)
    # What a contradiction took away stays away: 0.4 instead of 1, and it was right.
    halved = [*outcomes[:2], replace(outcomes[2], confidence=0.4), outcomes[3]]
    assert report(halved, SURE)["ece_at_estimated_share"] == pytest.approx(0.15, abs=0.001)


def test_a_gold_beyond_the_first_ten_is_not_found() -> None:
    """Rank 10 counts a tenth, no rank nothing."""
    figures = report([outcome("a", "b", 10, 0.5), outcome("a", "b", None, 0.5)], answering_from(0.5))
    assert (figures["hit@3"], figures["mrr@10"]) == (0.0, 0.05)


def test_figures_that_cannot_be_had_are_none() -> None:
    """Nothing asked, all in scope, or nothing answered: None, and never a number that looks measured."""
    empty = report([], answering_from(0.5))
    assert (empty["queries"], empty["hit@1"], empty["precision"], empty["latency_ms"]) == (0, None, None, None)
    inside = report([outcome("a", "a", 1, 0.4)], answering_from(0.5))
    assert (inside["auroc_in_scope"], inside["auroc_right"], inside["out_of_scope_not_answered"]) == (None, None, None)
    assert (inside["coverage"], inside["precision"]) == (0.0, None)


def test_a_run_asks_as_the_service_would(retriever: Retriever) -> None:
    """First entry, gold's rank, decision and alarms come from the same finding the service would give."""
    queries = [
        Query("退款到账多久", "refund.time", "plain"),
        Query("我被烫伤了", None),
        Query("账号发票", "invoice.title"),
        Query("😀", "refund.time"),
    ]
    exact, hurt, unclear, nothing = run(retriever, queries)
    assert (exact.rank, exact.first, exact.confidence, exact.decision) == (1, "refund.time", 1.0, "answer")
    assert exact.nearest == "refund.time"
    assert exact.nearest_score == pytest.approx(1, abs=1e-5)
    assert (exact.text, exact.gold, exact.kind, exact.alarms) == ("退款到账多久", "refund.time", "plain", ())
    assert (hurt.rank, hurt.kind, hurt.alarms) == (None, "-", ("injury",))
    assert (unclear.decision, unclear.rank in {1, 2}) == ("clarify", True)
    assert (nothing.first, nothing.rank, nothing.confidence, nothing.decision) == (None, None, 0.0, "abstain")
    assert (exact.inside, nothing.inside) == (1.0, 0.0)
    assert [found.exact for found in (exact, hurt, unclear, nothing)] == [True, False, False, False]
    assert [found.evidence is None for found in (exact, hurt, unclear, nothing)] == [True, False, False, True]
    assert unclear.confidence < unclear.inside < 1
    assert all(found.milliseconds > 0 for found in (exact, hurt, unclear, nothing))


def test_a_query_is_asked_with_what_was_said_before(retriever: Retriever) -> None:
    """Both sides are leaned on; what the agent said sets off no alarm."""
    said = (Turn("customer", "滤网更换"), Turn("agent", "请问滤网更换的事，我被烫伤了"))
    (found,) = run(retriever, [Query("多久", "filter.change", history=said)])
    assert (found.rank, found.alarms) == (1, ())
