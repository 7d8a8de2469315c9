"""The field's measures against answers worked out on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.metrics import (
    auroc,
    calibration_error,
    calibration_error_by_chance,
    coverage_and_precision,
    hit_at,
    macro_f1,
    mean_reciprocal_rank,
    precision_curve,
)


def test_hits_count_ranks_from_one() -> None:
    """Of ranks 1, 3, 4 and not found, one is a hit at 1 and two are at 3."""
    ranks = [1, 3, 4, None]
    assert [hit_at(ranks, k) for k in (1, 3, 4)] == [0.25, 0.5, 0.75]


def test_reciprocal_ranks_end_at_k() -> None:
    """(1 + ½ + 1/10 + 0 + 0) / 5: rank 11 and not found count nothing."""
    assert mean_reciprocal_rank([1, 2, 10, 11, None]) == pytest.approx(1.6 / 5)
    assert mean_reciprocal_rank([1, 2], k=1) == 0.5


def test_measures_of_nothing_are_no_number() -> None:
    """No queries, no figure; never a 0 that looks measured."""
    assert math.isnan(hit_at([], 1))
    assert math.isnan(mean_reciprocal_rank([]))
    assert math.isnan(calibration_error([], []))
    assert math.isnan(calibration_error_by_chance([]))
    assert math.isnan(macro_f1([], []))
    assert auroc([], []) is None


def test_auroc_is_the_chance_that_a_positive_scores_higher() -> None:
    """Of the four pairs of {0.9, 0.4} and {0.6, 0.1} three are in order; a tie counts half."""
    assert auroc([0.9, 0.4, 0.6, 0.1], [True, True, False, False]) == 0.75
    assert auroc([0.5, 0.5], [True, False]) == 0.5
    assert auroc([0.9, 0.4], [True, True]) is None
    assert auroc([0.9, 0.4], [False, False]) is None


def test_calibration_error_weighs_each_bins_gap_by_its_share() -> None:
    """Two bins: four at 0.25 of which one is right (no gap), one at 1.0 that is wrong: 1/5 · 1."""
    assert calibration_error([0.25] * 4 + [1.0], [1, 0, 0, 0, 0], bins=2) == pytest.approx(0.2)
    assert calibration_error([0.9, 0.9], [False, False]) == pytest.approx(0.9)
    # Within one bin too much and too little cancel: that is what the measure is.
    assert calibration_error([0.6, 0.9], [1, 0], bins=1) == pytest.approx(0.25)


def test_rows_of_weight_two_count_twice() -> None:
    """As if each stood there twice."""
    confidence, right = [0.1, 0.3, 0.8, 0.9], [0, 1, 1, 0]
    twice = calibration_error([*confidence, 0.3, 0.9], [*right, 1, 0])
    assert calibration_error(confidence, right, [1, 2, 1, 2]) == pytest.approx(twice)


def test_what_chance_makes_of_true_confidences() -> None:
    """As often as drawn; certain rows leave nothing to chance, and a hundred times as many a tenth of it."""
    random = np.random.default_rng(0)
    confidence, weights = random.random(400), random.random(400)
    drawn = [calibration_error(confidence, random.random(400) < confidence, weights) for _ in range(300)]
    assert calibration_error_by_chance(confidence, weights) == pytest.approx(np.mean(drawn), rel=0.05)
    assert calibration_error_by_chance([0.0, 1.0]) == 0
    assert calibration_error_by_chance(np.repeat(confidence, 100)) == pytest.approx(
        calibration_error_by_chance(confidence) / 10
    )


def test_coverage_and_precision_are_of_what_reaches_the_threshold() -> None:
    """At 0.5 three of four are answered, the threshold itself included, two of them rightly."""
    confidence, right = [0.9, 0.5, 0.6, 0.1], [True, True, False, True]
    coverage, precision = coverage_and_precision(confidence, right, 0.5)
    assert coverage == 0.75
    assert precision == pytest.approx(2 / 3)
    assert coverage_and_precision(confidence, right, 0.95) == (0.0, None)


def test_weights_count_queries_more_than_once() -> None:
    """A weight of 3 on the wrong one: 4 of 6 answered, 1 of 4 rightly."""
    coverage, precision = coverage_and_precision([0.9, 0.8, 0.1], [True, False, True], 0.5, [1, 3, 2])
    assert coverage == pytest.approx(4 / 6)
    assert precision == 0.25


def test_the_curve_has_a_point_for_every_distinct_confidence() -> None:
    """Descending, equal confidences together: 0.9 → 1 of 1, 0.5 → 2 of 3, 0.1 → 2 of 4."""
    values, precision, coverage = precision_curve([0.5, 0.1, 0.9, 0.5], [True, False, True, False])
    assert values.tolist() == [0.9, 0.5, 0.1]
    assert precision == pytest.approx([1, 2 / 3, 0.5])
    assert coverage.tolist() == [0.25, 0.75, 1.0]
    assert [len(part) for part in precision_curve([], [], [])] == [0, 0, 0]


QUERIES = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]), st.booleans(), st.integers(1, 4)), min_size=1)


@given(QUERIES)
def test_every_point_of_the_curve_is_what_its_threshold_gives(queries: list[tuple[float, bool, int]]) -> None:
    """The curve is coverage_and_precision at each of its thresholds."""
    confidence, right, weights = zip(*queries, strict=True)
    values, precision, coverage = precision_curve(confidence, right, weights)
    assert values.tolist() == sorted(set(confidence), reverse=True)
    for value, expected_precision, expected_coverage in zip(values, precision, coverage, strict=True):
        reached, held = coverage_and_precision(confidence, right, value, weights)
        assert reached == pytest.approx(expected_coverage)
        assert held == pytest.approx(expected_precision)


def test_macro_f1_weighs_every_gold_entry_alike() -> None:
    """a: found twice of two, given thrice → 0.8; b: given never → 0; c is nobody's gold and counts by a's precision."""
    assert macro_f1(["a", "a", "b"], ["a", "a", "a"]) == pytest.approx((0.8 + 0) / 2)
    assert macro_f1(["a", "b"], ["c", "b"]) == 0.5
