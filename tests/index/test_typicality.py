"""Typicality against regressions really made of one entry alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import typicality
from index.typicality import Typicality

Figures = NDArray[np.float64]
Numbers = NDArray[np.int64]

STRENGTH = 0.25


def kernel(count: int, seed: int = 3) -> NDArray[np.float32]:
    """A kernel like the index's, 2·exp(3(cos − 1)), of drawn points."""
    points = np.random.default_rng(seed).normal(size=(count, 6))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return (2 * np.exp(3 * (points @ points.T - 1))).astype(np.float32)


def learnt(values: NDArray[np.float32], owner: Numbers, entries: int) -> tuple[Typicality, NDArray[np.float32]]:
    """Of a square of kernel values, all rows landmarks."""
    return typicality.fit(lambda places: values[np.ix_(places, places)], owner, entries, STRENGTH)


def by_hand(values: NDArray[np.float32], asked: Numbers, mine: Numbers) -> Figures:
    """The rows `asked` by a regression on the rows `mine` alone."""
    square = values[np.ix_(mine, mine)].astype(float) + STRENGTH * np.eye(len(mine))
    return np.asarray(values[np.ix_(asked, mine)] @ np.linalg.solve(square, np.ones(len(mine))))


def test_one_phrasing_by_hand() -> None:
    """k = 2 with itself and λ = .25: w = 4/9, so 8/9 for itself and 4/9 for a text with k = 1; left out, nothing."""
    found, left_out = learnt(np.array([[2.0]], np.float32), np.array([0]), 1)
    assert found.of(np.array([[2.0], [1.0], [0.0]], np.float32))[:, 0] == pytest.approx([8 / 9, 4 / 9, 0])
    assert left_out == pytest.approx([0], abs=1e-6)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=30))
def test_it_is_a_regression_on_each_entry_alone(drawn: list[int]) -> None:
    """Whatever the order of the rows; and a row left out is judged by the others of its entry."""
    owner = np.array([0, 1, 2, 3, *drawn])
    values = kernel(len(owner))
    found, left_out = learnt(values, owner, 4)
    every = np.arange(len(owner))
    typical = found.of(values)
    for entry in range(4):
        mine = np.flatnonzero(owner == entry)
        assert typical[:, entry] == pytest.approx(by_hand(values, every, mine), abs=1e-4)
        for row in mine if len(mine) > 1 else ():
            assert left_out[row] == pytest.approx(by_hand(values, np.array([row]), mine[mine != row])[0], abs=1e-4)


def test_other_entries_change_nothing() -> None:
    """What is typical of an entry is so whoever else is there, which a ranker's score is not."""
    values = kernel(12)
    owner = np.repeat([0, 1, 2], 4)
    alone, _ = learnt(values[:4, :4], owner[:4], 1)
    among, _ = learnt(values, owner, 3)
    assert among.of(values)[:, 0] == pytest.approx(alone.of(values[:, :4])[:, 0], abs=1e-5)


def test_it_is_high_among_the_phrasings_and_low_far_away() -> None:
    """About 1 where many lie close, 0 where the kernel says nothing."""
    close = np.full((8, 8), 1.9, np.float32) + 0.1 * np.eye(8, dtype=np.float32)
    found, left_out = learnt(close, np.zeros(8, np.int64), 1)
    assert left_out.min() > 0.9
    assert found.of(np.zeros((1, 8), np.float32))[0, 0] == 0


def test_an_entry_without_a_landmark_stops_it_for_all() -> None:
    """Of more entries than landmarks, those that have none would be ranked lower for it."""
    values = kernel(4)
    found, left_out = learnt(values, np.array([0, 0, 2, 2]), 3)
    assert not found.of(values).any()
    assert not left_out.any()
