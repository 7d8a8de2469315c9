"""How typical a text is of an entry alone, whatever other entries say of it.

The ranker asks which entry a text belongs to rather than to others, and so scores little where two entries share it.
Beside it stands a regression an entry on that entry's landmarks alone, each with the target 1 (one-class kernel ridge,
which is the mean of a Gaussian process over the entry; Kemmler et al., "One-class classification with Gaussian
processes", 2013):

    t_c(q) = Σ_{i ∈ c} wᵢ k(q, i),    w = (K_cc + λI)⁻¹ 1

About 1 among the entry's landmarks, towards 0 far from them. `index.ridge` solves it, and says what a landmark's own
value would be had it not been there: 0 for an entry's only one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from index.ridge import Exact

Matrix = NDArray[np.float32]
Numbers = NDArray[np.int64]

SHARE = 0.1  # of it that an entry's score has


@dataclass(frozen=True)
class Typicality:
    """`weights` and `owner` (landmarks,): the landmarks' entries, of so many."""

    weights: Matrix
    owner: Numbers
    entries: int

    def of(self, values: Matrix) -> Matrix:
        """(n, entries) how typical n texts are of each, from their (n, landmarks) kernel values."""
        return np.asarray((self._by_entry @ values.T).T, np.float32)

    @cached_property
    def _by_entry(self) -> sparse.csr_matrix:
        places = self.owner, np.arange(len(self.owner))
        return sparse.csr_matrix((self.weights, places), shape=(self.entries, len(self.owner)))


def fit(among: Callable[[Numbers], Matrix], owner: Numbers, entries: int, strength: float) -> tuple[Typicality, Matrix]:
    """Learn, and (landmarks,) what each landmark's value for its own entry would be had it not been there.

    `among(places)` are the (m, m) kernel values of some landmarks with one another, a copy that is overwritten;
    `strength` is λ. Where an entry has
    no landmark, nothing is typical of any, as that entry would be ranked lower for it.
    """
    weights, left_out = np.zeros(len(owner), np.float32), np.zeros(len(owner), np.float32)
    order = np.argsort(owner, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(owner[order])) + 1)
    for places in groups if len(groups) == entries else ():
        ridge = Exact(among(places), sparse.csr_matrix(np.ones((len(places), 1), np.float32)), strength)
        weights[places] = ridge.weights()[:, 0]
        left_out[places] = ridge.left_out(np.arange(len(places)))[:, 0]
    return Typicality(weights, owner, entries), left_out
