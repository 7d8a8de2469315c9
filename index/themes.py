"""Themes: queries grouped by what they ask, so that an editor reads a hundred groups in place of five thousand lines.

Average linkage: two groups become one while the mean cosine between their members is at least a threshold. Two groups
can only ever merge where some pair reaches the threshold itself, so the work is done apart in each connected component
of such pairs, with the same result as on the whole; that keeps time and memory small. The same rows in the same order
give the same groups.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from index.evidence import centre_all
from index.kernel import Matrix

Labels = NDArray[np.int64]

ALIKE = 0.45  # mean cosine from which queries are one theme; see docs/measurements.md
BLOCK = 512


def joined(rows: Mapping[str, Matrix], means: Mapping[str, Matrix]) -> Matrix:
    """One row a text, of length 1, whose products are the mean cosines over the parts, seen from the base's centre."""
    parts = [part / np.sqrt(len(means)) for part in centre_all(rows, means).values()]
    return np.asarray(np.hstack(parts), np.float32)


def group(rows: Matrix, alike: float = ALIKE) -> Labels:
    """The number of each row's theme; themes are numbered in the order of their first rows."""
    if not len(rows):
        return np.zeros(0, np.int64)
    found = np.zeros(len(rows), np.int64)
    _, component = connected_components(_linked(rows, alike), directed=False)
    order = np.argsort(component, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(component[order]) != 0])
    theme = 0
    for members in np.split(order, starts[1:]):
        labels = _average_linkage(rows[members], alike)
        found[members] = labels + theme
        theme += int(labels.max()) + 1
    _, first, inverse = np.unique(found, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def medoid(rows: Matrix, weights: NDArray[np.float64]) -> int:
    """The row most like all of them, each counted by its weight; of equals the first."""
    return int(np.round(rows @ (rows * weights[:, None]).sum(axis=0), 6).argmax())


def _linked(rows: Matrix, alike: float) -> sparse.csr_matrix:
    """The pairs that reach the threshold."""
    blocks = []
    for start in range(0, len(rows), BLOCK):
        near = rows[start : start + BLOCK] @ rows.T >= alike
        blocks.append(sparse.csr_matrix(near))
    return sparse.vstack(blocks, format="csr")


def _average_linkage(rows: Matrix, alike: float) -> Labels:
    if len(rows) < 3:  # a pair is in one component because it is near enough
        return np.zeros(len(rows), np.int64)
    from sklearn.cluster import AgglomerativeClustering  # takes a second to import, and a service may never be asked

    distance = np.clip(1 - (rows @ rows.T).astype(np.float64), 0, 2)
    # The product is symmetric but for its last bits, and the diagonal nought but for them.
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0)
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - alike
    )
    return np.asarray(clustering.fit_predict(distance), np.int64)
