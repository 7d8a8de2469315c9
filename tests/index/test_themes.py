"""Grouping: average linkage, done apart in components, the same as on the whole."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from index.themes import group, joined, medoid


def rows(*angles: float) -> np.ndarray:
    """Rows of length 1 at these degrees."""
    turned = np.radians(angles)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def test_near_rows_are_one_theme() -> None:
    """Two bundles and a loner, numbered in the order of their first rows."""
    assert group(rows(0, 90, 5, 95, 200), 0.9).tolist() == [0, 1, 0, 1, 2]


def test_a_chain_is_cut() -> None:
    """Each row is near the next, and the ends are far: on the whole they are not alike, so they are no one theme."""
    labels = group(rows(0, 20, 40, 60, 80, 100), 0.9)
    assert len(set(labels.tolist())) > 1
    assert labels[0] != labels[-1]


def test_the_parts_give_what_the_whole_does() -> None:
    """Components are a short cut only: the themes are those of average linkage over all rows at once."""
    random = np.random.default_rng(7)
    centres = random.normal(size=(20, 16))
    made = (centres[random.integers(0, 20, 150)] + 0.5 * random.normal(size=(150, 16))).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    for alike in (0.3, 0.5, 0.7):
        distance = np.clip(1 - made @ made.T, 0, 2).astype(float)
        distance = (distance + distance.T) / 2
        np.fill_diagonal(distance, 0)
        whole = AgglomerativeClustering(
            n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - alike
        ).fit_predict(distance)
        ours = group(made, alike)
        assert len(set(zip(ours.tolist(), whole.tolist(), strict=True))) == len(set(ours.tolist())) == len(set(whole))


def test_few_rows_need_no_clustering() -> None:
    """None, one, two near and two far."""
    assert group(rows(), 0.9).tolist() == []
    assert group(rows(0), 0.9).tolist() == [0]
    assert group(rows(0, 1), 0.9).tolist() == [0, 0]
    assert group(rows(0, 90), 0.9).tolist() == [0, 1]


def test_the_medoid_is_the_most_typical() -> None:
    """By weight: what was asked often pulls; of equals the first."""
    assert medoid(rows(0, 10, 20), np.ones(3)) == 1
    assert medoid(rows(0, 10, 20), np.array([100.0, 1, 1])) == 0
    assert medoid(rows(0, 0), np.ones(2)) == 0


def test_products_of_joined_rows_are_mean_cosines() -> None:
    """Over both parts, as seen from the centre."""
    parts = {"one": rows(0, 90), "two": rows(0, 0)}
    means = {part: np.zeros(2, np.float32) for part in parts}
    made = joined(parts, means)
    assert np.allclose(made @ made.T, [[1, 0.5], [0.5, 1]], atol=1e-6)
