"""Shortlists: the best of all, in order, with what belongs to each query."""

from __future__ import annotations

import numpy as np

from index.holdout import TOP, Shortlist


def test_the_best_come_first_with_the_typicality_of_the_first() -> None:
    """Of seven entries five; equal scores in order of their numbers."""
    scores = np.array([[0.1, 0.9, 0.2, 0.2, 0.0, 0.3, -1.0]], np.float32)
    typical = np.arange(7, dtype=np.float32)[None] / 10
    found = Shortlist.of(scores, typical)
    assert found.entries.tolist() == [[1, 5, 2, 3, 0]]
    assert found.scores.tolist() == [scores[0, [1, 5, 2, 3, 0]].tolist()]
    assert found.typical.tolist() == [typical[0, 1]]


def test_of_few_entries_all_are_listed() -> None:
    """A base of two has no third."""
    found = Shortlist.of(np.array([[0.1, 0.4]], np.float32), np.zeros((1, 2), np.float32))
    assert found.entries.tolist() == [[1, 0]]
    blank = Shortlist.blank(3, 2)
    assert (blank.entries.shape, blank.scores.shape, blank.typical.shape) == ((3, 2), (3, 2), (3,))
    assert Shortlist.blank(0, 9).entries.shape == (0, TOP)


def test_some_of_the_queries_can_be_taken() -> None:
    """Every part of them, in their order."""
    scores = np.array([[0.1, 0.4], [0.5, 0.2], [0.3, 0.6]], np.float32)
    found = Shortlist.of(scores, scores).take(np.array([True, False, True]))
    assert found.entries.tolist() == [[1, 0], [1, 0]]
    assert np.array_equal(found.typical, np.array([0.4, 0.6], np.float32))
