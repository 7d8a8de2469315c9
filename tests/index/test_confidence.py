"""Confidence: a calibrated probability, and thresholds that reach the policy's precisions."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import confidence as module
from index.confidence import (
    Confidence,
    Floats,
    Thresholds,
    coefficients,
    fit,
    leads,
    prior_for,
    thresholds,
)
from index.metrics import calibration_error, coverage_and_precision
from tests.index.desk import approved, contents_of, matter

PLAIN = Confidence(-3.0, 4.0, 6.0, Thresholds(0.9, 0.5, 0.05), (), 0)
SCORES = st.lists(st.floats(-1, 2), min_size=1, max_size=8).map(lambda drawn: sorted(drawn, reverse=True))
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def queries(count: int, share_absent: float = 0.1, seed: int = 4) -> tuple[Floats, Flags, Floats]:
    """Candidates of drawn queries: mostly the right one clearly first, some close, some of absent entries."""
    drawn = np.random.default_rng(seed)
    scores = drawn.normal(0.15, 0.08, (count, 5))
    right = np.zeros((count, 5), bool)
    present = drawn.random(count) >= share_absent
    right[present, 0] = True
    scores[present, 0] = drawn.normal(0.6, 0.25, present.sum())
    order = np.argsort(-scores, axis=1)
    return np.take_along_axis(scores, order, 1), np.take_along_axis(right, order, 1), np.ones(count)


def test_a_confidence_by_hand() -> None:
    """Scores 0.8 and 0.3: logits −3 + 3.2 + 3 = 3.2 and −3 + 1.2 − 3 = −4.8, and their sum is below 1."""
    expected = [1 / (1 + math.exp(-3.2)), 1 / (1 + math.exp(4.8))]
    assert PLAIN.of(np.array([0.8, 0.3])) == pytest.approx(expected)


def test_candidates_share_what_is_certain() -> None:
    """Two that are equally good and would come to 0.73 each get a half."""
    assert PLAIN.of(np.array([1.0, 1.0])) == pytest.approx([0.5, 0.5])


def test_leads_are_over_the_best_other() -> None:
    """The first leads the second, the others trail the first; alone, a candidate leads nobody."""
    assert leads(np.array([[0.9, 0.5, 0.2]]))[0] == pytest.approx([0.4, -0.4, -0.7])
    assert leads(np.array([[0.9]])).tolist() == [[0.0]]


@given(SCORES)
def test_confidences_fall_down_the_list_and_sum_to_one_at_most(scores: list[float]) -> None:
    """In (0..1), never rising, and the first five not above 1 together."""
    found = PLAIN.of(np.array(scores))
    assert ((found > 0) & (found < 1)).all()
    assert all(one >= other for one, other in pairwise(found))
    assert found[:5].sum() <= 1 + 1e-9


@given(SCORES, st.floats(0, 1))
def test_a_higher_first_score_never_lowers_the_first_confidence(scores: list[float], more: float) -> None:
    """Score and lead both speak for it."""
    raised = [scores[0] + more, *scores[1:]]
    assert PLAIN.of(np.array(raised))[0] >= PLAIN.of(np.array(scores))[0] - 1e-12


def test_many_queries_are_judged_row_by_row() -> None:
    """A matrix of candidates gives what its rows give."""
    rows = np.array([[0.9, 0.1, 0.0], [0.4, 0.39, 0.3]])
    assert PLAIN.of(rows) == pytest.approx(np.stack([PLAIN.of(row) for row in rows]))


def test_fitted_coefficients_are_where_the_penalised_loss_is_least() -> None:
    """No step in any direction lowers it."""
    scores, right, weights = queries(400)
    prior = (-3.0, 4.0, 6.0)
    found = np.array(coefficients(scores, right, weights, prior))

    def loss(beta: Floats) -> float:
        logit = beta[0] + beta[1] * scores + beta[2] * leads(scores)
        return float((np.logaddexp(0, logit) - right * logit).sum() + 4 / 2 * ((beta - prior) ** 2).sum())

    for step in np.vstack([np.eye(3), -np.eye(3)]) * 0.05:
        assert loss(found + step) > loss(found)


def test_slopes_are_never_negative() -> None:
    """Where the drawn data say that high scores are wrong, the slopes stop at 0: no sure answer comes of it."""
    scores, right, weights = queries(400)
    _, score, lead = coefficients(scores, ~right, weights * 50, (-3.0, 4.0, 6.0))
    assert (score, lead) == (0, 0)


def test_no_rows_leave_the_prior_as_it_is() -> None:
    """And a few move it little, in proportion to their weight."""
    prior = (-3.0, 4.0, 6.0)
    scores, right, weights = queries(400)
    assert coefficients(scores, right, weights * 0, prior) == pytest.approx(prior)
    moved = [np.abs(np.array(coefficients(scores, right, weights * w, prior)) - prior).max() for w in (0.001, 0.1, 10)]
    assert moved == sorted(moved)


def test_between_two_sizes_the_prior_is_between_theirs() -> None:
    """By the logarithm of the phrasings an entry: √2 is midway between 1 and 2; outside, the nearest row holds."""
    one, between, two = prior_for(1), prior_for(math.sqrt(2)), prior_for(2)
    assert between.coefficients == pytest.approx(np.mean([one.coefficients, two.coefficients], axis=0))
    assert between.thresholds.answer == pytest.approx((one.thresholds.answer + two.thresholds.answer) / 2)
    assert prior_for(10**9) == prior_for(10**8)
    assert prior_for(0.5) == one


@pytest.mark.parametrize("phrasings", [1, 2, 5, 12, 40])
def test_every_prior_is_one_that_can_be_used(phrasings: float) -> None:
    """Slopes not negative, thresholds in order within 0..1, a sure candidate answered and a stranger's not."""
    prior = prior_for(phrasings)
    assert prior.coefficients[1] >= 0
    assert prior.coefficients[2] >= 0
    assert 0 < prior.thresholds.show < prior.thresholds.clarify < prior.thresholds.answer < 1
    made = Confidence(*prior.coefficients, prior.thresholds, (), 0)
    assert made.of(np.array([1.0, 0.0]))[0] >= prior.thresholds.answer
    assert made.of(np.array([0.05, 0.05]))[0] < prior.thresholds.answer


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("answer", "clarify"), [(0.95, 0.8), (0.99, 0.9), (0.9, 0.6)])
def test_thresholds_reach_their_precisions_on_the_fitting_rows(seed: int, answer: float, clarify: float) -> None:
    """Above the answer threshold the first is right often enough; of what is left, above the other, one of three."""
    scores, right, weights = queries(1500, 0.15, seed)
    made = fit(scores, right, weights, 8, answer, clarify)
    found = made.of(scores)
    coverage, precision = coverage_and_precision(found[:, 0], right[:, 0], made.thresholds.answer)
    assert precision is not None
    assert precision >= answer
    assert coverage > 0.5
    left = found[:, 0] < made.thresholds.answer
    among, one_right = found[left, :3].sum(axis=1), right[left, :3].any(axis=1)
    reached = coverage_and_precision(among, one_right, made.thresholds.clarify)[1]
    assert reached is None or reached >= clarify or made.thresholds.clarify == clarify


def test_a_lower_answer_threshold_would_miss_the_precision() -> None:
    """It is the lowest that reaches it: at every lower confidence the precision of all above is below the target."""
    scores, right, weights = queries(1500, 0.2, 1)
    made = fit(scores, right, weights, 8, 0.95, 0.8)
    first = made.of(scores)[:, 0]
    below = np.unique(first[first < made.thresholds.answer])
    assert len(below) > 20
    assert all((coverage_and_precision(first, right[:, 0], value)[1] or 0) < 0.95 for value in below)


def test_weights_count_as_so_many_queries() -> None:
    """Absent queries that weigh three times ask for a higher answer threshold."""
    scores, right, weights = queries(1500, 0.1, 2)
    heavy = np.where(right.any(axis=1), 1.0, 3.0)
    found = PLAIN.of(scores)
    plain, strict = (thresholds(found, right, each, 0.95, 0.8) for each in (weights, heavy))
    assert strict.answer > plain.answer
    assert (coverage_and_precision(found[:, 0], right[:, 0], strict.answer, heavy)[1] or 0) >= 0.95


def test_where_no_threshold_reaches_the_precision_the_precision_is_the_threshold() -> None:
    """Everything wrong: only what is itself that sure may be answered."""
    found = thresholds(np.full((300, 3), 0.3), np.zeros((300, 3), bool), np.ones(300), 0.95, 0.8)
    assert (found.answer, found.clarify, found.show) == (0.95, 0.8, 0.0)


def test_a_few_lucky_rows_at_the_top_do_not_make_a_threshold() -> None:
    """Nineteen right ones above a thousand that are mostly wrong: a precision counts from twenty on."""
    first = np.concatenate([np.linspace(0.9, 0.99, 19), np.linspace(0.1, 0.8, 1000)])
    right = np.concatenate([np.ones(19, bool), np.arange(1000) % 2 == 0])
    found = thresholds(first[:, None], right[:, None], np.ones(1019), 0.99, 0.8)
    assert found.answer == 0.99


def test_the_shown_are_nearly_all_that_are_right() -> None:
    """Below the showing threshold lie two in a hundred of the right candidates."""
    scores, right, weights = queries(2000)
    found = PLAIN.of(scores)
    show = thresholds(found, right, weights, 0.95, 0.8).show
    assert (found[right] < show).mean() == pytest.approx(0.02, abs=0.002)


def test_fitted_confidences_are_calibrated() -> None:
    """On the queries it was fitted on, confidence is on average within a few points of how often it is right."""
    scores, right, weights = queries(3000, 0.15, 9)
    first = fit(scores, right, weights, 8, 0.95, 0.8).of(scores)[:, 0]
    assert calibration_error(first, right[:, 0]) < 0.05
    assert calibration_error(np.full(3000, 0.3), right[:, 0]) > 0.3  # the measure would tell


def test_the_curve_is_what_its_thresholds_give() -> None:
    """(threshold, precision, coverage), thresholds descending, from the surest to all, at most sixty points."""
    scores, right, weights = queries(900)
    made = fit(scores, right, weights, 8, 0.95, 0.8)
    assert len(made.curve) <= module.CURVE_POINTS
    values = [point[0] for point in made.curve]
    assert values == sorted(values, reverse=True)
    assert made.curve[-1][2] == 1.0
    first = made.of(scores)[:, 0]
    # Stored thresholds are rounded to four digits, so near 1, where most rows are, many fall on the other side.
    told = [point for point in made.curve if point[0] < 0.98]
    assert len(told) > 10
    for value, precision, coverage in told:
        expected = coverage_and_precision(first, right[:, 0], value - 5e-5)
        assert coverage == pytest.approx(expected[0], abs=0.003)
        assert precision == pytest.approx(expected[1], abs=0.01)


def test_with_too_few_rows_the_thresholds_are_the_priors() -> None:
    """199 found ones measure nothing; with 200 they do."""
    scores, right, weights = queries(1000, 0.0)
    found = right.any(axis=1)
    scores, right, weights = scores[found], right[found], weights[found]
    few = fit(scores[:199], right[:199], weights[:199], 5, 0.95, 0.8)
    enough = fit(scores[:200], right[:200], weights[:200], 5, 0.95, 0.8)
    assert (few.thresholds, few.curve, few.measured_rows) == (prior_for(5).thresholds, (), 199)
    assert enough.thresholds != prior_for(5).thresholds
    assert len(enough.curve) > 1


def test_rows_without_weight_do_not_count() -> None:
    """A single phrasing left out can only be missed; that says nothing of the ranker."""
    scores, right, weights = queries(600)
    with_wrong = (
        np.vstack([scores, np.tile([2.0, 0, 0, 0, 0], (50, 1))]),
        np.vstack([right, np.zeros((50, 5), bool)]),
        np.concatenate([weights, np.zeros(50)]),
    )
    assert fit(*with_wrong, 5, 0.95, 0.8) == fit(scores, right, weights, 5, 0.95, 0.8)


def test_nothing_to_fit_on_is_the_prior() -> None:
    """No row at all: its coefficients and thresholds, and not a NaN anywhere."""
    prior = prior_for(1)
    made = fit(np.zeros((0, 3)), np.zeros((0, 3), bool), np.zeros(0), 1, 0.95, 0.8)
    assert made == Confidence(*prior.coefficients, prior.thresholds, (), 0)


def test_a_knowledge_base_of_single_phrasings_falls_back_to_the_prior() -> None:
    """It cannot be measured on itself, and still knows its own phrasings and is not certain of strangers."""
    single = approved(*(matter(name, variants=()) for name in ("refund.time", "ship.track", "care.shell")))
    made = contents_of(single)
    prior = prior_for(1)
    assert made.confidence == Confidence(*prior.coefficients, prior.thresholds, (), 0)
    assert made.report["metrics"]["out_of_fold_hit_at_1"] is None
    json.dumps(made.report, allow_nan=False)


def test_it_survives_json() -> None:
    """Bit for bit, as an artefact stores it."""
    scores, right, weights = queries(500)
    made = fit(scores, right, weights, 8, 0.95, 0.8)
    stored = json.dumps(made.to_json(), allow_nan=False)
    assert Confidence.from_json(json.loads(stored)) == made
