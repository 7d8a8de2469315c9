"""Fitting confidence: near the prior where little is known, and thresholds that reach the policy's precisions."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from index.confidence import HEADS, Confidence, Floats, Verdict
from index.evidence import NAMES
from index.fitting import CURVE_POINTS, Bools, Outcomes, fit, maximum_a_posteriori, prior_for, thresholds
from index.metrics import calibration_error, coverage_and_precision
from tests.index.desk import approved, contents_of, matter
from tests.index.drawn import PLAIN, made, queries

# --- the prior ---


def test_between_two_sizes_the_prior_is_between_theirs() -> None:
    """By the logarithm of the phrasings an entry: √2 is midway between 1 and 2; outside, the nearest row holds."""
    one, between, two = prior_for(1), prior_for(math.sqrt(2)), prior_for(2)
    for head in HEADS:
        middle = np.mean([one.coefficients[head], two.coefficients[head]], axis=0)
        assert between.coefficients[head] == pytest.approx(middle)
    assert between.thresholds.answer == pytest.approx((one.thresholds.answer + two.thresholds.answer) / 2)
    assert prior_for(10**9) == prior_for(10**8)
    assert prior_for(0.5) == one


SIZES = [1, 2, 4, 5, 8, 16, 40]


@pytest.mark.parametrize("phrasings", SIZES)
def test_every_prior_lets_something_be_answered(phrasings: float) -> None:
    """Its answer threshold is one that a clear paraphrase reaches, not all but 1."""
    assert prior_for(phrasings).thresholds.answer < 0.99


@pytest.mark.parametrize("phrasings", [1, 2, 4, 5, 8, 12, 16, 40])
def test_every_prior_is_one_that_can_be_used(phrasings: float) -> None:
    """Signs as they must be, thresholds in order, a clear candidate all but certain, a stranger's not answered."""
    prior = prior_for(phrasings)
    assert all(len(prior.coefficients[head]) == 1 + len(NAMES) for head in HEADS)
    assert keeps_signs(prior.coefficients)
    assert 0 < prior.thresholds.show < prior.thresholds.clarify < prior.thresholds.answer <= 1
    judged = Confidence(prior.centre, prior.scale, prior.coefficients, prior.share, prior.thresholds, (), 0, None, None)
    clear = judged.verdict(np.array([[0.9, 0.85, 0.95, -0.5, 0.2, 2.3, 0.9]])).right[0]
    strange = judged.verdict(np.array([[0.02, 0.0, 0.15, 0.0, 0.6, 2.3, 0.1]]))
    assert clear >= 0.95
    assert strange.right[0] < prior.thresholds.answer
    assert strange.inside[0] < 0.5


def keeps_signs(coefficients: dict[str, tuple[float, ...]]) -> bool:
    """Score, lead, cosine and what is known speak for a candidate, a near stranger against it."""
    named = [dict(zip(NAMES, coefficients[head][1:], strict=True)) for head in HEADS]
    return all(
        min(*(one[name] for name in ("score", "lead", "cosine", "known")), -one["stranger"]) >= 0 for one in named
    )


# --- fitting ---


def standardised(features: Floats) -> Floats:
    """A column of ones, then the features at about length one."""
    return np.hstack([np.ones((len(features), 1)), (features - features.mean(axis=0)) / features.std(axis=0)])


PRIOR = (-0.5, 0.5, 0.5, 0.5, 0.0, -0.5, 0.0, 0.5)


def test_fitted_coefficients_are_where_the_penalised_loss_is_least() -> None:
    """No step in any direction that the signs allow lowers it."""
    drawn = queries(400)
    design = standardised(drawn.features)
    found = np.array(maximum_a_posteriori(design, drawn.right, drawn.weights, PRIOR, 8.0))

    def loss(beta: Floats) -> float:
        logit = design @ beta
        value = (np.logaddexp(0, logit) - drawn.right * logit).sum()
        return float(value + 8 / 2 * ((beta - np.array(PRIOR)) ** 2).sum())

    for step in np.vstack([np.eye(8), -np.eye(8)]) * 0.05:
        moved = found + step
        if min(*moved[1:4], moved[7]) >= 0 and moved[5] <= 0:
            assert loss(moved) > loss(found)


def test_the_data_move_the_prior_by_their_weight() -> None:
    """Without weight not at all, and the more weight the farther."""
    drawn = queries(400)
    design = standardised(drawn.features)
    moved = [
        np.abs(np.array(maximum_a_posteriori(design, drawn.right, drawn.weights * w, PRIOR, 8.0)) - PRIOR).max()
        for w in (0, 0.001, 0.1, 10)
    ]
    assert moved[0] == pytest.approx(0, abs=1e-9)
    assert moved == sorted(moved)
    assert moved[-1] > 0.5


def test_signs_are_kept_whatever_the_data_say() -> None:
    """Where high scores are wrong and near strangers right, the coefficients stop at 0: no sure answer comes of it."""
    drawn = queries(400)
    found = maximum_a_posteriori(standardised(drawn.features), ~drawn.right, drawn.weights * 50, PRIOR, 8.0)
    assert [found[place] for place in (1, 2, 3, 5, 7)] == [0, 0, 0, 0, 0]
    wrong = replace(drawn, right=~drawn.right, among=~drawn.among, inside=~drawn.inside)
    assert keeps_signs(made(wrong).coefficients)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("answer", "clarify"), [(0.95, 0.8), (0.9, 0.7)])
def test_thresholds_hold_on_queries_they_were_not_fitted_on(seed: int, answer: float, clarify: float) -> None:
    """Above the answer threshold the first is right often enough, but for chance; of the rest, one of three."""
    fitted, fresh = fit(queries(4000, 0.2, seed), 8, 0.2, answer, clarify), queries(16_000, 0.2, seed + 100)
    verdict = fitted.verdict(fresh.features)
    coverage, precision = coverage_and_precision(verdict.right, fresh.right, fitted.thresholds.answer)
    assert precision is not None
    assert precision >= answer - 0.015
    assert coverage > 0.4
    left = verdict.right < fitted.thresholds.answer
    coverage, reached = coverage_and_precision(verdict.among[left], fresh.among[left], fitted.thresholds.clarify)
    assert reached is not None
    assert reached >= clarify - 0.05
    assert coverage > 0.05


def judged(right: Floats, among: Floats | None = None) -> Verdict:
    """A verdict with these figures."""
    return Verdict(right, right if among is None else among, np.ones(len(right)))


def known(right: Bools, weights: Floats | None = None) -> Outcomes:
    """Outcomes of which only the truth counts."""
    features = np.zeros((len(right), len(NAMES)))
    return Outcomes(features, right, right, right, np.ones(len(right)) if weights is None else weights)


def test_the_answer_threshold_is_the_lowest_that_reaches_the_precision() -> None:
    """At it the target is reached; at every lower confidence the precision of all above is below the target."""
    drawn = queries(1500, 0.3, 1)
    found = PLAIN.verdict(drawn.features)
    at = thresholds(found, drawn, 0.9, 0.8).answer
    assert (coverage_and_precision(found.right, drawn.right, at)[1] or 0) >= 0.9
    below = np.unique(found.right[found.right < at])
    assert len(below) > 20
    assert all((coverage_and_precision(found.right, drawn.right, value)[1] or 0) < 0.9 for value in below)


def test_nothing_is_answered_that_is_more_likely_wrong_than_right() -> None:
    """A few entries that are easily told apart reach the target at any confidence; a low target is kept to."""
    first, right = np.linspace(0.01, 0.99, 400), np.arange(400) > 5
    assert thresholds(judged(first), known(right), 0.95, 0.8).answer == 0.5
    assert thresholds(judged(first), known(right), 0.3, 0.2).answer == 0.3


def test_the_clarify_threshold_is_read_from_what_is_not_answered() -> None:
    """Answered ones, always right, would let it sink to nothing."""
    right = np.concatenate([np.full(100, 0.99), np.linspace(0.1, 0.5, 100)])
    true, among = np.arange(200) < 100, (np.arange(200) < 100) | (np.arange(200) >= 160)
    found = thresholds(judged(right), replace(known(true), among=among), 0.95, 0.8)
    assert (coverage_and_precision(right[100:], among[100:], found.clarify)[1] or 0) >= 0.8
    # Of the lower hundred the best forty are among three, so fifty are four in five; of all, 175 would be.
    assert found.clarify == right[150]


def test_weights_count_as_so_many_queries() -> None:
    """Queries without an entry that weigh three times ask for a higher answer threshold."""
    drawn = queries(1500, 0.2, 2)
    heavy = np.where(drawn.inside, 1.0, 3.0)
    found = PLAIN.verdict(drawn.features)
    plain, strict = (thresholds(found, replace(drawn, weights=each), 0.9, 0.8) for each in (drawn.weights, heavy))
    assert strict.answer > plain.answer
    assert (coverage_and_precision(found.right, drawn.right, strict.answer, heavy)[1] or 0) >= 0.9


def test_where_no_threshold_reaches_the_precision_the_precision_is_the_threshold() -> None:
    """Everything wrong: only what is itself that sure may be answered."""
    found = thresholds(judged(np.full(300, 0.3)), known(np.zeros(300, bool)), 0.95, 0.8)
    assert (found.answer, found.clarify, found.show) == (0.95, 0.8, 0.0)


def test_a_few_lucky_rows_at_the_top_do_not_make_a_threshold() -> None:
    """Nineteen right ones above a thousand that are mostly wrong: a precision counts from twenty on."""
    first = np.concatenate([np.linspace(0.9, 0.99, 19), np.linspace(0.1, 0.8, 1000)])
    right = np.concatenate([np.ones(19, bool), np.arange(1000) % 2 == 0])
    assert thresholds(judged(first), known(right), 0.99, 0.8).answer == 0.99


def test_the_shown_are_nearly_all_that_are_right_and_all_that_are_offered() -> None:
    """Below the showing threshold lie two in a hundred of the right ones, nothing answered, not the best option."""
    first, right = np.linspace(0.05, 1, 1000), (np.arange(1000) % 4 > 0) | (np.arange(1000) >= 900)
    told = thresholds(judged(first), known(right), 0.95, 0.8)
    assert (first[right] < told.show).mean() == pytest.approx(0.02, abs=0.002)
    certain = thresholds(judged(np.full(300, 0.999)), known(np.ones(300, bool)), 0.95, 0.8)
    assert certain.show <= certain.answer
    assert certain.show <= certain.clarify / 3


def test_fitted_confidences_are_calibrated() -> None:
    """On queries it was not fitted on, every head is within a few points of how often it holds, as the fit says."""
    fitted, fresh = made(queries(4000, 0.3, 9)), queries(4000, 0.3, 10)
    verdict = fitted.verdict(fresh.features)
    for head in HEADS:
        assert calibration_error(getattr(verdict, head), getattr(fresh, head)) < 0.05
    assert fitted.measured_error is not None
    assert fitted.chance_error is not None
    assert fitted.measured_error < fitted.chance_error + 0.03
    assert calibration_error(np.full(4000, 0.2), fresh.right) > 0.3  # the measure would tell


def test_what_is_measured_was_not_fitted() -> None:
    """Features of pure chance cannot be fitted to the rows they are judged on: the curve stays near the base rate."""
    drawn = np.random.default_rng(3)
    right = drawn.random(600) < 0.5
    noise = Outcomes(drawn.normal(0.3, 0.2, (600, len(NAMES))), right, right, right, np.ones(600))
    fitted = made(noise)
    told = [point[1] for point in fitted.curve if point[2] > 0.3]
    assert len(told) > 20
    assert all(abs(precision - 0.5) < 0.12 for precision in told)


def test_the_curve_falls_in_threshold_and_ends_with_all() -> None:
    """(threshold, precision, coverage), from the surest to all, at most sixty points, the last with the base rate."""
    drawn = queries(900)
    curve = made(drawn).curve
    assert 10 < len(curve) <= CURVE_POINTS
    assert [point[0] for point in curve] == sorted((point[0] for point in curve), reverse=True)
    assert [point[2] for point in curve] == sorted(point[2] for point in curve)
    assert curve[-1][1:] == (round(float(drawn.right.mean()), 4), 1.0)
    assert curve[0][1] > curve[-1][1]


def test_with_too_few_rows_everything_is_the_priors() -> None:
    """199 right ones measure nothing; with 200 they do."""
    drawn = queries(1000, 0.0)
    places = np.flatnonzero(drawn.right)
    few, enough = (fit(drawn.take(places[:count]), 5, 0.1, 0.95, 0.8) for count in (199, 200))
    prior = prior_for(5)
    assert (few.coefficients, few.thresholds, few.share) == (prior.coefficients, prior.thresholds, prior.share)
    assert (few.curve, few.measured_rows, few.measured_error) == ((), 199, None)
    assert (enough.share, enough.measured_rows) == (0.1, 200)
    assert enough.coefficients != prior.coefficients
    assert enough.thresholds != prior.thresholds
    assert len(enough.curve) >= 1


def test_rows_without_weight_do_not_count() -> None:
    """A share of none leaves queries without an entry out altogether."""
    drawn = queries(600, 0.0)
    silent = queries(50, 1.0)
    both = Outcomes(
        np.concatenate([drawn.features, silent.features]),
        np.concatenate([drawn.right, silent.right]),
        np.concatenate([drawn.among, silent.among]),
        np.concatenate([drawn.inside, silent.inside]),
        np.concatenate([drawn.weights, np.zeros(50)]),
    )
    assert made(both) == made(drawn)


def test_nothing_to_fit_on_is_the_prior() -> None:
    """No row at all: its coefficients and thresholds, and not a NaN anywhere."""
    prior, none = prior_for(1), np.zeros(0, bool)
    found = fit(Outcomes(np.zeros((0, len(NAMES))), none, none, none, np.zeros(0)), 1, 0.1, 0.95, 0.8)
    assert found == Confidence(
        prior.centre, prior.scale, prior.coefficients, prior.share, prior.thresholds, (), 0, None, None
    )


def test_a_knowledge_base_of_single_phrasings_falls_back_to_the_prior() -> None:
    """It cannot be measured on itself, and says so."""
    single = approved(*(matter(name, variants=()) for name in ("refund.time", "ship.track", "care.shell")))
    contents, prior = contents_of(single), prior_for(1)
    assert contents.confidence.coefficients == prior.coefficients
    assert contents.confidence.thresholds == prior.thresholds
    assert contents.report["metrics"]["out_of_fold_hit_at_1"] is None
    json.dumps(contents.report, allow_nan=False)


def test_a_fit_is_always_the_same() -> None:
    """No random draw anywhere: the artefact depends on it."""
    assert made(queries(500)) == made(queries(500))
