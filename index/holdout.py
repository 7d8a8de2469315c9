"""Rankings of queries whose answer is known, none of which sees what was left out for it.

Every variant stands twice: had it not been stored (present), and had nothing of its entry been (absent). Both come from
the closed forms of `index.ridge` and `index.typicality`, so nothing is fitted twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.residuals import Neighbours
from index.ridge import Ridge
from index.typicality import SHARE

Matrix = NDArray[np.float32]
Numbers = NDArray[np.int64]

CALIBRATION_ROWS = 20_000
TOP = 5


@dataclass(frozen=True)
class Shortlist:
    """n queries' first k entries (n, k), best first, with their scores.

    `known` (n,) is the sum of all entries' scores by the regression alone: about 1 among the variants, whichever entry
    they are of, less the farther from all.
    """

    entries: Numbers
    scores: Matrix
    known: Matrix

    @classmethod
    def of(cls, scores: Matrix, known: Matrix) -> Shortlist:
        """The best `TOP` of (n, entries) scores."""
        best = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
        return cls(best, np.take_along_axis(scores, best, axis=1), known)

    @classmethod
    def blank(cls, count: int, entries: int) -> Shortlist:
        """Room for so many queries' best of so many entries."""
        shape = count, min(TOP, entries)
        return cls(np.zeros(shape, np.int64), np.zeros(shape, np.float32), np.zeros(count, np.float32))

    def lead_over(self, entries: Numbers) -> Matrix:
        """(n,) by how much the first leads each query's own of `entries` (n,), 0 where that is the first itself.

        One that is not among the first counts as scoring 0.
        """
        own = np.where(self.entries == entries[:, None], self.scores, 0).sum(axis=1)
        return np.asarray(self.scores[:, 0] - own, np.float32)

    def take(self, which: NDArray[np.bool_]) -> Shortlist:
        """The chosen queries'."""
        return Shortlist(self.entries[which], self.scores[which], self.known[which])


@dataclass(frozen=True)
class OutOfFold:
    """Each variant's best entries as the ranker would have them had it not seen the variant.

    `rows` (n,) are variant numbers, `present` and `absent` their shortlists; in `absent` the variant's whole entry was
    left out: what a near query outside the knowledge base looks like. `own` (n,) is what its own entry scores where
    it is present, also beyond the shortlist. `far` are the strangers', m of them. `trust` (n,) is less than 1 for
    variants of a noisy base whose own entry cannot be taken for the truth.
    """

    rows: Numbers
    present: Shortlist
    absent: Shortlist
    own: Matrix
    far: Shortlist
    trust: Matrix


def held_out(
    ridge: Ridge,
    typical: Callable[[Numbers], Matrix],
    own: Matrix,
    owner: Numbers,
    entries: int,
    neighbours: Neighbours | None,
) -> tuple[Numbers, Shortlist, Shortlist, Matrix]:
    """Numbers of the variants to calibrate on, their shortlists, present and absent, and what their own entries score
    where they are present.

    `typical(places)` (m, entries) is how typical variants are of each entry, and `own` (n,) of their own had they not
    been there, not a number where that changes nothing.
    """
    sample = _sample(owner)
    present, absent = Shortlist.blank(len(sample), entries), Shortlist.blank(len(sample), entries)
    mine, scored = owner[sample], np.zeros(len(sample), np.float32)
    order = np.argsort(mine, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(mine[order])) + 1):
        alone, without = ridge.left_out(sample[group]), ridge.group_left_out(sample[group])
        known, unknown = alone.sum(axis=1), without.sum(axis=1)
        kinds, entry = typical(sample[group]), mine[group[0]]
        kinds[:, entry] = np.where(np.isnan(own[sample[group]]), kinds[:, entry], own[sample[group]])
        alone, without = alone + SHARE * kinds, without + SHARE * kinds
        if neighbours is not None:
            alone_too, without_too = neighbours.left_out(sample[group])
            alone, without = alone + alone_too, without + without_too
        without[:, entry] = -np.inf
        scored[group] = alone[:, entry]
        _put(present, group, Shortlist.of(alone, known))
        _put(absent, group, Shortlist.of(without, unknown))
    return sample, present, absent, scored


def _put(into: Shortlist, places: Numbers, found: Shortlist) -> None:
    for name in ("entries", "scores", "known"):
        getattr(into, name)[places] = getattr(found, name)


def _sample(owner: Numbers) -> Numbers:
    """Rows to calibrate on: all, or those of entries drawn evenly until there are about `CALIBRATION_ROWS`."""
    if len(owner) <= CALIBRATION_ROWS:
        return np.arange(len(owner))
    names = np.unique(owner)
    every = len(owner) / CALIBRATION_ROWS
    return np.flatnonzero(np.isin(owner, names[(np.arange(len(names)) % every) < 1]))
