"""Shortlists: the best of all, in order, with what belongs to each query."""

from __future__ import annotations

import numpy as np
import pytest

from index.holdout import TOP, Shortlist


def test_the_best_come_first_with_what_is_known_of_each_query() -> None:
    """Of seven entries five; equal scores in order of their numbers."""
    scores = np.array([[0.1, 0.9, 0.2, 0.2, 0.0, 0.3, -1.0]], np.float32)
    found = Shortlist.of(scores, np.array([0.7], np.float32))
    assert found.entries.tolist() == [[1, 5, 2, 3, 0]]
    assert found.scores.tolist() == [scores[0, [1, 5, 2, 3, 0]].tolist()]
    assert found.known == pytest.approx([0.7])


def test_of_few_entries_all_are_listed() -> None:
    """A base of two has no third."""
    found = Shortlist.of(np.array([[0.1, 0.4]], np.float32), np.zeros(1, np.float32))
    assert found.entries.tolist() == [[1, 0]]
    blank = Shortlist.blank(3, 2)
    assert (blank.entries.shape, blank.scores.shape, blank.known.shape) == ((3, 2), (3, 2), (3,))
    assert Shortlist.blank(0, 9).entries.shape == (0, TOP)


def test_some_of_the_queries_can_be_taken() -> None:
    """Every part of them, in their order."""
    scores = np.array([[0.1, 0.4], [0.5, 0.2], [0.3, 0.6]], np.float32)
    found = Shortlist.of(scores, np.array([0.1, 0.2, 0.3], np.float32)).take(np.array([True, False, True]))
    assert found.entries.tolist() == [[1, 0], [1, 0]]
    assert found.known == pytest.approx([0.1, 0.3])


def test_the_first_leads_a_querys_own_entry() -> None:
    """By nothing where it is the own, by the difference where that is listed, by all its score where it is not."""
    scores = np.tile(np.array([0.1, 0.9, 0.2, 0.25, 0.0, 0.3, -1.0], np.float32), (3, 1))
    found = Shortlist.of(scores, np.zeros(3, np.float32))
    assert found.lead_over(np.array([1, 3, 6])) == pytest.approx([0, 0.65, 0.9])
