"""Evidence: the numbers on paper, and which strangers are far enough to count as such."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import evidence
from index.evidence import FAR_APART, NAMES, Near, centre_all, far_strangers, mean_cosines, nearest_of
from index.kernel import Matrix


def at(*degrees: float) -> Matrix:
    """Unit vectors of the plane in these directions."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_features_by_hand() -> None:
    """Roots of the score and of its lead over the second; rival is the best other cosine less the first's."""
    near = Near(
        np.array([[0.8, 0.5, 0.1]]),
        np.array([[0.6, 0.7, 0.2]]),
        np.array([0.4]),
        np.array([math.e**2 - 1]),
        np.array([0.3]),
    )
    found = near.features()
    assert found.shape == (1, len(NAMES))
    assert dict(zip(NAMES, found[0].tolist(), strict=True)) == pytest.approx(
        {
            "score": 0.8**0.5,
            "lead": 0.3**0.5,
            "cosine": 0.6,
            "rival": 0.1,
            "stranger": 0.4,
            "length": 2.0,
            "known": 0.3,
        }
    )


def test_a_single_candidate_leads_nobody_by_its_score() -> None:
    """What is not there scores as a stranger does, about 0, and is no rival."""
    near = Near(np.array([[0.8]]), np.array([[0.6]]), np.array([0.4]), np.array([3.0]), np.array([0.2]))
    found = dict(zip(NAMES, near.features()[0].tolist(), strict=True))
    assert found["lead"] == found["score"] == pytest.approx(0.8**0.5)
    assert found["rival"] == 0


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=6), st.floats(-1, 1), st.integers(1, 300))
def test_every_feature_is_finite_and_a_lead_never_negative(drawn: list[float], far: float, length: int) -> None:
    """For candidates in order of their scores; the rival lies between −2 and 2."""
    scores = np.array([sorted(drawn, reverse=True)])
    found = Near(scores, np.array([drawn]), np.array([far]), np.array([float(length)]), np.array([far])).features()[0]
    assert np.isfinite(found).all()
    assert found[NAMES.index("lead")] >= 0
    assert abs(found[NAMES.index("rival")]) <= 2


def test_cosines_are_the_mean_over_the_parts() -> None:
    """Same direction in one part and orthogonal in the other: a half; opposite in both: −1."""
    rows = {"one": at(0), "two": at(0)}
    found = mean_cosines(rows, {"one": at(0, 180), "two": at(90, 180)})
    assert found == pytest.approx(np.array([[0.5, -1.0]]), abs=1e-6)


def test_cosines_need_a_part() -> None:
    """There would be nothing to compare by."""
    with pytest.raises(ValueError, match="at least one dense part"):
        mean_cosines({}, {})


def test_rows_are_centred_part_by_part() -> None:
    """Each as seen from its own part's centre, at length 1; parts without a centre (sparse ones) are left out."""
    rows = {"one": np.array([[3, 1]], np.float32), "two": np.array([[0, -2]], np.float32), "characters": at(0)}
    found = centre_all(rows, {"one": np.array([1, 1], np.float32), "two": np.zeros(2, np.float32)})
    assert {part: matrix.tolist() for part, matrix in found.items()} == {"one": [[1, 0]], "two": [[0, -1]]}


def test_the_best_variant_of_an_entry_stands_for_it() -> None:
    """Entry 0 has the variants 0 and 1, entry 1 variant 2, entry 2 the variants 3 and 4."""
    values = np.array([[0.1, 0.9, 0.3, 0.2, -0.5], [0.4, 0.0, -1.0, -0.3, -0.2]], np.float32)
    found = nearest_of(values, np.array([0, 2, 3]), np.array([[2, 0], [1, 2]]))
    assert found == pytest.approx(np.array([[0.2, 0.9], [-1.0, -0.2]]))


def test_strangers_an_entry_could_mean_are_dropped() -> None:
    """Kin are 20° and 40° apart, by the median 30: what is 10° or 25° off could be meant, what is 40° off could not."""
    variants, owner = {"one": at(0, 20, 200, 240)}, np.array([0, 0, 1, 1])
    assert far_strangers({"one": at(90, 10, 300, 241, 45, 60)}, variants, owner).tolist() == [0, 2, 5]


def test_the_kin_of_a_variant_is_of_its_own_entry_and_never_itself() -> None:
    """Were it itself, the limit would be 1 and the stranger at 1° would count as far."""
    variants = {"one": at(0, 60)}
    assert far_strangers({"one": at(1, 170)}, variants, np.array([0, 0])).tolist() == [1]
    # Of two entries with a phrasing each nobody has kin, though they lie close.
    apart = math.degrees(math.acos(FAR_APART))
    single = {"one": at(0, 5)}
    asked = {"one": at(5 + apart - 1, 5 + apart + 1)}
    assert far_strangers(asked, single, np.array([0, 1])).tolist() == [1]


def test_strangers_are_told_apart_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are at a time, the same are kept; of none, none."""
    drawn = np.random.default_rng(2)
    asked, variants = {"one": at(*drawn.uniform(0, 360, 50))}, {"one": at(*drawn.uniform(0, 90, 20))}
    owner = np.repeat(np.arange(10), 2)
    whole = far_strangers(asked, variants, owner).tolist()
    monkeypatch.setattr(evidence, "BLOCK", 7)
    assert far_strangers(asked, variants, owner).tolist() == whole
    assert 0 < len(whole) < 50
    assert far_strangers({"one": at()}, variants, owner).tolist() == []
