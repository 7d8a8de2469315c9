"""What fewer landmarks than variants leave of the truth, and who gives it back."""

from __future__ import annotations

import numpy as np
import pytest

from index import ranker
from index.holdout import OutOfFold
from index.kernel import Matrix, take
from index.lexical import Lexical
from index.residuals import NEIGHBOURS, SHARE, Neighbours, amends, residuals
from index.typicality import SHARE as TYPICAL
from tests.index.desk import TOPICS
from tests.index.test_ranker import GOLD, OWNER, QUERIES, ROWS, TEXTS, hits
from tests.toy import ToyEmbedder

ENTRIES = len(TOPICS)
MINE = np.asarray(OWNER)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> tuple[ranker.Ranker, OutOfFold]:
    """Learnt with one landmark an entry."""
    monkeypatch.setattr(ranker, "EXACT_ROWS", 50)
    monkeypatch.setattr(ranker, "LANDMARKS", ENTRIES)
    return ranker.fit(ROWS, OWNER, ENTRIES)


def regression(learnt: ranker.Ranker) -> Matrix:
    """The ranker's weights without typicality's share."""
    weights = learnt.weights.copy()
    weights[learnt.typicality.owner, np.arange(len(learnt.landmarks))] -= TYPICAL * learnt.typicality.weights
    return weights


def test_a_residual_is_what_a_variant_lacks_of_its_own_entry(few: tuple[ranker.Ranker, OutOfFold]) -> None:
    """One less its fitted score; the landmarks themselves lack least."""
    learnt, _ = few
    fitted = (learnt.kernel.values(ROWS) @ regression(learnt).T)[np.arange(len(MINE)), MINE]
    assert np.allclose(learnt.left, 1 - fitted, atol=1e-5)
    assert np.allclose(learnt.left, residuals(learnt.kernel, regression(learnt), ROWS, MINE), atol=1e-5)
    assert learnt.left[learnt.landmarks].mean() < np.delete(learnt.left, learnt.landmarks).mean()


def test_with_all_rows_as_landmarks_nothing_is_left() -> None:
    """And nothing is kept."""
    learnt, _ = ranker.fit(ROWS, OWNER, ENTRIES)
    assert len(learnt.left) == 0


def test_amends_go_to_the_entries_of_the_nearest() -> None:
    """In proportion to nearness beyond the last of them and to what each lacks; the last gives nothing."""
    values = np.array([[0.9, 0.4, 0.2]], np.float32)
    found = amends(values, np.array([[0, 1, 2]]), np.array([0.5, 1.0, 1.0], np.float32), np.array([1, 0, 2]), 3)
    assert np.allclose(found, SHARE * np.array([[0.2 * 1.0, 0.7 * 0.5, 0.0]]))


def test_only_the_nearest_count() -> None:
    """However many there are, and in whatever order."""
    values = np.random.default_rng(0).random((2, 3 * NEIGHBOURS), np.float32)
    near = np.broadcast_to(np.arange(3 * NEIGHBOURS), values.shape)
    ones, owner = np.ones(3 * NEIGHBOURS, np.float32), np.arange(3 * NEIGHBOURS)
    found = amends(values, near, ones, owner, 3 * NEIGHBOURS)
    assert ((found > 0).sum(axis=1) == NEIGHBOURS - 1).all()
    assert (found.argmax(axis=1) == values.argmax(axis=1)).all()
    order = np.random.default_rng(1).permutation(3 * NEIGHBOURS)
    assert np.allclose(amends(values[:, order], near[:, order], ones, owner, 3 * NEIGHBOURS), found)


def test_where_nothing_is_near_nothing_is_amended() -> None:
    """As without variants."""
    nothing = np.zeros((1, 0), np.float32), np.zeros((1, 0), np.int64)
    assert amends(*nothing, np.zeros(0, np.float32), np.zeros(0, np.int64), 2).tolist() == [[0, 0]]


def test_few_landmarks_find_more_with_amends(few: tuple[ranker.Ranker, OutOfFold]) -> None:
    """No query is lost that they find alone, and variants are surer of their own entry."""
    learnt, _ = few
    neighbours = Neighbours(ROWS, MINE, learnt.kernel.terms, learnt.left, ENTRIES)
    words = Lexical.fit("characters", TEXTS).transform(QUERIES)
    rows = {**ToyEmbedder().encode(QUERIES), "characters": words}
    found = learnt.scores(learnt.kernel.values(rows)) + neighbours.of(rows)
    assert (found.argmax(axis=1) == np.array(GOLD)).sum() >= hits(learnt)
    own = np.arange(len(MINE)), MINE
    smooth = learnt.scores(learnt.kernel.values(ROWS))
    assert (smooth + neighbours.of(ROWS))[own].mean() > smooth[own].mean() + 0.1


def test_a_variant_left_out_gives_itself_nothing(few: tuple[ranker.Ranker, OutOfFold]) -> None:
    """Nor does its entry, where all of that is left out."""
    learnt, _ = few
    neighbours = Neighbours(ROWS, MINE, learnt.kernel.terms, learnt.left, ENTRIES)
    places = np.flatnonzero(MINE == 2)
    alone, absent = neighbours.left_out(places)
    itself = neighbours.of(take(ROWS, places))
    lacking = learnt.left[places] > 0.2
    assert lacking.sum() > 5
    assert (alone[lacking, 2] < itself[lacking, 2]).all() and (alone[lacking, 2] > 0).all()
    assert not absent[:, 2].any()
    assert absent.sum() > 0


def test_a_large_entry_is_left_out_block_by_block(
    few: tuple[ranker.Ranker, OutOfFold], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which changes nothing but the memory it takes."""
    learnt, _ = few
    neighbours = Neighbours(ROWS, MINE, learnt.kernel.terms, learnt.left, ENTRIES)
    places = np.flatnonzero(MINE == 2)
    whole = neighbours.left_out(places)
    monkeypatch.setattr("index.residuals.BLOCK", 3)
    for found, wanted in zip(neighbours.left_out(places), whole, strict=True):
        assert np.allclose(found, wanted, atol=1e-6)
