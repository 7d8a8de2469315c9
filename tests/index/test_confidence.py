"""Confidence: probabilities in their order, shared among candidates, lowered by contradictions, moved to a share."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as drawn_arrays

from index.confidence import HEADS, REMAINS, Confidence, Floats, Verdict, contradicted, spread
from index.evidence import NAMES
from index.fitting import prior_for
from index.guard import Kind
from index.metrics import calibration_error
from tests.index.drawn import PLAIN, made, queries

FEATURES = drawn_arrays.arrays(float, st.tuples(st.integers(1, 6), st.just(len(NAMES))), elements=st.floats(-3, 3))
SHARES = st.floats(0, 1)


@dataclass(frozen=True)
class Contradiction:
    """As the guard finds it."""

    kind: str


def test_a_verdict_by_hand() -> None:
    """Score 0.3 is one scale above the centre, lead 0.25 half: logits −1 + 1 + 1, 1 + 0.25 and 0.5 + 0.5 + 0.4."""
    found = PLAIN.verdict(np.array([[0.3, 0.25, 0.4, 0.0, 0.0, 0.0, 0.0]]))
    assert found.right[0] == pytest.approx(1 / (1 + math.exp(-1)))
    assert found.among[0] == pytest.approx(1 / (1 + math.exp(-1.25)))
    assert found.inside[0] == pytest.approx(1 / (1 + math.exp(-1.4)))


@given(FEATURES, SHARES)
def test_probabilities_rise_from_right_to_among_to_inside(features: Floats, share: float) -> None:
    """All within 0..1, whatever the evidence and at whatever share."""
    for found in (PLAIN.verdict(features), PLAIN.at_share(features, share)):
        assert (found.right >= 0).all()
        assert (found.right <= found.among).all()
        assert (found.among <= found.inside).all()
        assert (found.inside <= 1 + 1e-12).all()


@given(FEATURES, st.lists(st.floats(-1, 2), min_size=1, max_size=8))
def test_confidences_fall_down_the_list_and_sum_to_inside_at_most(features: Floats, drawn: list[float]) -> None:
    """The first has what is right, one of three at most `among`, all together at most `inside`, so never above 1."""
    scores = np.tile(sorted(drawn, reverse=True), (len(features), 1))
    verdict = PLAIN.verdict(features)
    found = spread(verdict, scores)
    assert found.shape == scores.shape
    assert np.array_equal(found[:, 0], verdict.right)
    assert (np.diff(found, axis=1) <= 0).all()
    assert (found >= 0).all()
    assert (found[:, :3].sum(axis=1) <= verdict.among + 1e-9).all()
    assert (found.sum(axis=1) <= verdict.inside + 1e-9).all()


def test_what_the_first_leaves_is_shared_by_hand() -> None:
    """Of 0.9 − 0.5 two equal ones get half each, of 0.95 − 0.9 the fourth all; nobody has more than the one before."""
    scores = np.array([[0.5, 0.2, 0.2, 0.1]])
    found = spread(Verdict(np.array([0.5]), np.array([0.9]), np.array([0.95])), scores)
    assert found[0] == pytest.approx([0.5, 0.2, 0.2, 0.05])
    capped = spread(Verdict(np.array([0.1]), np.array([0.9]), np.array([0.9])), scores)
    assert capped[0] == pytest.approx([0.1, 0.1, 0.1, 0.0])


def test_many_queries_are_judged_row_by_row() -> None:
    """A matrix of evidence gives what its rows give."""
    features, scores = queries(20).features, np.tile([0.5, 0.3, 0.1], (20, 1))
    single = [spread(PLAIN.verdict(features[i : i + 1]), scores[i : i + 1]) for i in range(20)]
    assert spread(PLAIN.verdict(features), scores) == pytest.approx(np.vstack(single))


# --- contradictions ---


def test_a_contradiction_leaves_a_part_of_the_confidence() -> None:
    """A fifth for another product, half for the opposite: even what was certain is no longer answered."""
    assert contradicted(0.9, [Contradiction("product")]) == pytest.approx(0.18)
    assert contradicted(0.9, [Contradiction("negation")]) == pytest.approx(0.45)
    assert set(REMAINS) == set(get_args(Kind))
    assert max(REMAINS.values()) < min(prior_for(size).thresholds.answer for size in (1, 2, 4, 8, 16))


KINDS = st.lists(st.sampled_from(sorted(REMAINS)).map(Contradiction), max_size=4)


@given(st.floats(0, 1), KINDS)
def test_a_contradiction_lowers_and_never_raises(confidence: float, found: list[Contradiction]) -> None:
    """Nothing found changes nothing; the gravest decides, however many there are."""
    lowered = contradicted(confidence, found)
    assert 0 <= lowered <= confidence
    assert found or lowered == confidence
    if found and confidence > 1e-300:
        assert lowered < confidence
    if found:
        assert lowered == min(contradicted(confidence, [one]) for one in found)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(REMAINS)))
def test_contradicted_candidates_keep_their_order(one: float, other: float, kind: str) -> None:
    """Of two with the same contradiction the surer stays the surer."""
    low, high = sorted((one, other))
    assert contradicted(low, [Contradiction(kind)]) <= contradicted(high, [Contradiction(kind)])


# --- another share of queries without an entry ---


def test_at_its_own_share_nothing_moves() -> None:
    """It was fitted for that."""
    features = queries(50).features
    found, verdict = PLAIN.at_share(features, 0.3), PLAIN.verdict(features)
    for head in HEADS:
        assert getattr(found, head) == pytest.approx(getattr(verdict, head))


def test_another_share_by_hand() -> None:
    """Evidence worth even odds at a share of one half is worth nine to one where one query in ten has no entry."""
    even = replace(PLAIN, coefficients=dict.fromkeys(HEADS, (0.0,) * (1 + len(NAMES))), share=0.5)
    found = even.at_share(np.zeros((1, len(NAMES))), 0.1)
    assert (found.right[0], found.among[0], found.inside[0]) == pytest.approx((0.9, 0.9, 0.9))


@given(FEATURES, SHARES, SHARES)
def test_more_queries_without_an_entry_never_make_surer(features: Floats, one: float, other: float) -> None:
    """Every head falls as the share rises."""
    low, high = sorted((one, other))
    few, many = PLAIN.at_share(features, low), PLAIN.at_share(features, high)
    for head in HEADS:
        assert (getattr(many, head) <= getattr(few, head) + 1e-12).all()


@pytest.mark.parametrize("fitted", [0.0, 0.3])
def test_the_ends_of_the_share_are_no_error(fitted: float) -> None:
    """No NaN for none and for all without an entry, also where the fit was for none."""
    features = queries(20).features
    for share in (0.0, 1.0):
        found = replace(PLAIN, share=fitted).at_share(features, share)
        assert all(np.isfinite(getattr(found, head)).all() for head in HEADS)
    assert np.isfinite(replace(PLAIN, share=fitted).estimated_share(features))


@pytest.mark.parametrize("share", [0.05, 0.15, 0.3, 0.5, 0.7, 0.9])
def test_the_share_is_read_off_unlabelled_queries(share: float) -> None:
    """Fitted at 0.3, then asked of queries drawn alike but for the share: within five points of it."""
    fitted = made(queries(4000, 0.3, 1))
    assert fitted.estimated_share(queries(4000, share, 2).features) == pytest.approx(share, abs=0.05)


def test_of_no_queries_the_share_is_the_one_it_was_fitted_for() -> None:
    """Nothing was seen that could say otherwise."""
    assert PLAIN.estimated_share(np.zeros((0, len(NAMES)))) == 0.3


@given(FEATURES)
def test_an_estimated_share_is_a_share(features: Floats) -> None:
    """Within 0..1 for whatever was asked."""
    assert 0 <= PLAIN.estimated_share(features) <= 1


def test_at_the_share_there_is_confidence_is_calibrated_again() -> None:
    """Of a desk where nine in ten have no entry, a fit for three in ten is too sure until it is moved there."""
    fitted, asked = made(queries(4000, 0.3, 1)), queries(8000, 0.9, 2)
    before = calibration_error(fitted.verdict(asked.features).right, asked.right)
    after = calibration_error(fitted.at_share(asked.features, 0.9).right, asked.right)
    assert after < 0.02
    assert after < before / 2


def test_it_survives_json() -> None:
    """Bit for bit, as an artefact stores it."""
    for found in (made(queries(500)), made(queries(20))):
        stored = json.dumps(found.to_json(), allow_nan=False)
        assert Confidence.from_json(json.loads(stored)) == found


def test_a_head_is_a_logistic_function() -> None:
    """Far out it saturates instead of overflowing."""
    features = np.zeros((2, len(NAMES)))
    features[:, 0] = 1e6, -1e6
    assert PLAIN.verdict(features).right.tolist() == [1.0, 0.0]


@given(FEATURES)
def test_a_share_can_be_read_off_what_was_said_at_the_time(features: Floats) -> None:
    """The verdicts' `inside` is all it takes; of none it is what was fitted for."""
    inside = PLAIN.verdict(features).inside
    assert PLAIN.share_of(inside) == PLAIN.estimated_share(features)
    assert PLAIN.share_of(np.zeros(0)) == PLAIN.share
