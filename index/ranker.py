"""The ranker: from a query's kernel values to entries' scores, learnt from the stored variants.

Kernel ridge regression with one column an entry: 1 for its own variants, 0 for all others. Up to
`EXACT_ROWS` variants all are landmarks; beyond, `LANDMARKS` of them, so that training is linear in their number.
To an entry's score comes a tenth of how typical a text is of that entry alone (`index.typicality`).
The closed-form leave-out predictions (`index.holdout`) are what confidence is calibrated on. Where they show that many
variants are filed under the wrong entry, such variants count for the entry that the others point to as well. Why this
and not another: docs/decisions/ranker.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from index import typicality
from index.holdout import OutOfFold, Shortlist, held_out
from index.kernel import Kernel, Matrix, Rows, Terms, blocks, take
from index.residuals import Neighbours, residuals
from index.ridge import BLOCK, STRENGTH, Exact, Nystrom, Ridge
from index.typicality import SHARE, Typicality

EXACT_ROWS = 16_384
LANDMARKS = 6144
COPY_COSTS = 3  # times what the product of as many columns takes
PROBED_ROWS = 3000
MISFILED_LEAD = 0.2  # by which another entry's score leads before a variant counts as misfiled
NOISY = 0.15  # share of misfiled variants from which a base is a log rather than edited knowledge
TELLING_ROWS = 100  # variants below which that share is chance: one pair of like entries would make a base noisy
NOISY_STRENGTH = 1.0
KEPT = 0.3  # of its target that a misfiled variant of a noisy base leaves with its own entry
# In edited knowledge some variants are merely hard: so many look misfiled, and the leads fall off exponentially, by so
# much on average. Those of the shipped pack, rounded; docs/decisions/ranker.md has other bases'.
USUAL_MISFILED = 0.03
USUAL_EXCESS = 0.1
TRUST_BAND = 0.05  # of leads that are trusted alike


@dataclass(frozen=True)
class Ranker:
    """Scores of entries for rows: about 1 for an entry's own variant, about 0 for a stranger's.

    The share of typicality in the scores is part of `weights`.
    """

    landmarks: NDArray[np.int64]
    weights: Matrix  # (entries, landmarks)
    kernel: Kernel
    left: Matrix  # (variants,) residuals where landmarks are fewer, else none: see `index.residuals`
    typicality: Typicality

    @classmethod
    def restore(
        cls,
        landmarks: NDArray[np.int64],
        terms: Terms,
        weights: Matrix,
        left: Matrix,
        alone: Matrix,
        owner: NDArray[np.int64],
        rows: Rows,
    ) -> Ranker:
        """A stored ranker, given all variants' entries and rows again; `alone` are typicality's weights."""
        typical = Typicality(alone, owner[landmarks], len(weights))
        return cls(landmarks, weights, Kernel.against(rows, landmarks, terms), left, typical)

    def scores(self, values: Matrix, entries: NDArray[np.int64] | None = None) -> Matrix:
        """(n, entries) scores from `kernel.values` of n rows, for all entries or for those given."""
        if entries is None:
            return np.asarray(values @ self.weights.T, np.float32)
        if len(entries) * COPY_COSTS < len(self.weights):
            return np.asarray(values @ self.weights[entries].T, np.float32)
        return np.asarray((values @ self.weights.T)[:, entries], np.float32)

    def known(self, values: Matrix) -> Matrix:
        """(n,) the sum of all entries' scores for n rows, without typicality's share."""
        return np.asarray(values @ self._together, np.float32)

    def shortlist(self, values: Matrix, amends: Matrix | float = 0.0) -> Shortlist:
        """The best of all entries for n rows, whose scores gain `amends` (n, entries)."""
        return Shortlist.of(self.scores(values) + amends, self.known(values))

    @cached_property
    def _together(self) -> Matrix:
        # A landmark is of one entry, so typicality's share is once in its column.
        return np.asarray(self.weights.sum(axis=0) - SHARE * self.typicality.weights, np.float32)


def fit(rows: Rows, entry_of: Sequence[int], entries: int, strangers: Rows | None = None) -> tuple[Ranker, OutOfFold]:
    """Learn from n ≥ 1 variants; `entry_of` (n,) numbers their entries 0..entries−1. Deterministic.

    `strangers` are not learnt from, only ranked: taught as belonging to no entry they cost a knowledge base of few
    phrasings two points of hit@1.
    """
    owner = np.asarray(entry_of, np.int64)
    targets = _targets(owner, entries)
    noisy = _misfiled_share(rows, owner, entries) >= NOISY
    strength = NOISY_STRENGTH if noisy else STRENGTH
    every = len(owner) <= EXACT_ROWS
    marks = np.arange(len(owner)) if every else landmark_rows(entry_of, LANDMARKS)
    kernel = Kernel.against(rows, marks)
    ridge: Ridge
    if every:
        square = _square(kernel, rows, len(owner))
        typical, left_out = typicality.fit(lambda places: square[np.ix_(places, places)], owner, entries, strength)
        # The square becomes its own inverse, so what else is asked of it is asked before.
        plain = np.concatenate([typical.of(square[block]) for block in blocks(len(owner), BLOCK)])
        ridge = Exact(square, targets, strength)
    else:
        typical, left_out = typicality.fit(
            lambda places: kernel.values(take(rows, marks[places]))[:, places], owner[marks], entries, strength
        )
        ridge = Nystrom(lambda places: kernel.values(take(rows, places)), marks, targets, strength)
    if noisy:
        _correct(ridge, owner, targets)
    weights = np.ascontiguousarray(ridge.weights().T)
    left = np.zeros(0, np.float32) if every else residuals(kernel, weights, rows, owner)
    neighbours = None if every else Neighbours(rows, owner, kernel.terms, left, entries)
    shared = weights.copy()  # the regression still has what is under `weights`
    shared[owner[marks], np.arange(len(marks))] += SHARE * typical.weights
    ranker = Ranker(marks, shared, kernel, left, typical)
    own = np.full(len(owner), np.nan, np.float32)
    own[marks] = left_out

    def typical_of(places: NDArray[np.int64]) -> Matrix:
        return plain[places] if every else typical.of(kernel.values(take(rows, places)))

    sample, present, absent, scored = held_out(ridge, typical_of, own, owner, entries, neighbours)
    trust = np.ones(len(sample), np.float32)
    if noisy:
        # A variant without a sibling cannot be found once it is left out, which says nothing of how it is filed.
        several = np.bincount(owner)[owner[sample]] > 1
        trust[several] = _trust(present.lead_over(owner[sample])[several])
    return ranker, OutOfFold(sample, present, absent, scored, _far(ranker, strangers, neighbours), trust)


def _far(ranker: Ranker, strangers: Rows | None, neighbours: Neighbours | None) -> Shortlist:
    if strangers is None:
        return Shortlist.blank(0, len(ranker.weights))
    amends = neighbours.of(strangers) if neighbours is not None else 0.0
    return ranker.shortlist(ranker.kernel.values(strangers), amends)


def _misfiled_share(rows: Rows, owner: NDArray[np.int64], entries: int) -> float:
    """The share of variants that look misfiled, 0..1, from at most `PROBED_ROWS` of them; 0 where too few can tell."""
    probe = np.unique(np.linspace(0, len(owner) - 1, min(len(owner), PROBED_ROWS)).astype(np.int64))
    mine = owner[probe]
    several = np.bincount(mine, minlength=entries)[mine] > 1
    if several.sum() < TELLING_ROWS:
        return 0.0
    taken = take(rows, probe)
    ridge = Exact(Kernel.against(taken, slice(None)).values(taken), _targets(mine, entries), NOISY_STRENGTH)
    return float((_lead_of_others(ridge.left_out(np.arange(len(probe))), mine)[0][several] > MISFILED_LEAD).mean())


def _lead_of_others(scores: Matrix, owner: NDArray[np.int64]) -> tuple[Matrix, NDArray[np.int64]]:
    """(n,) by how much the best other entry leads a row's own, and which it is."""
    places = np.arange(len(owner))
    others = scores.copy()
    others[places, owner] = -np.inf
    return others.max(axis=1) - scores[places, owner], others.argmax(axis=1)


def _correct(ridge: Ridge, owner: NDArray[np.int64], targets: sparse.csr_matrix) -> None:
    """Let variants that look misfiled count for the entry the others point to."""
    misfiled = np.zeros(len(owner), bool)
    better = owner.copy()
    for start in range(0, len(owner), BLOCK):
        places = np.arange(start, min(start + BLOCK, len(owner)))
        lead, better[places] = _lead_of_others(ridge.left_out(places), owner[places])
        misfiled[places] = lead > MISFILED_LEAD
    which = np.flatnonzero(misfiled)
    moved = sparse.csr_matrix((np.full(len(which), 1 - KEPT, np.float32), (which, better[which])), shape=targets.shape)
    kept = sparse.diags(np.where(misfiled, KEPT, 1).astype(np.float32)) @ targets
    ridge.retarget((kept + moved).tocsr())


def _trust(lead: Matrix) -> Matrix:
    """(n,) weights of variants by how far another entry leads: 1, less where they look misfiled, 0..1.

    In each band of leads they weigh together as much as the merely hard ones of edited knowledge would: the further
    another entry leads, the fewer these are.
    """
    trust = np.ones(len(lead), np.float32)
    misfiled = np.flatnonzero(lead > MISFILED_LEAD)
    band = ((lead[misfiled] - MISFILED_LEAD) / TRUST_BAND).astype(np.int64)
    found = np.bincount(band)
    beyond = len(lead) * USUAL_MISFILED * np.exp(-np.arange(len(found) + 1) * TRUST_BAND / USUAL_EXCESS)
    trust[misfiled] = np.minimum(1, (beyond[:-1] - beyond[1:])[band] / found[band])
    return trust


def _targets(owner: NDArray[np.int64], entries: int) -> sparse.csr_matrix:
    ones = np.ones(len(owner), np.float32)
    return sparse.csr_matrix((ones, (np.arange(len(owner)), owner)), shape=(len(owner), entries))


def _square(kernel: Kernel, rows: Rows, size: int) -> Matrix:
    """All rows' kernel values, block by block: whole temporaries would triple the memory."""
    square = np.empty((size, size), np.float32)
    for block in blocks(size, BLOCK):
        square[block] = kernel.values(take(rows, block))
    return square


def landmark_rows(entry_of: Sequence[int], count: int) -> NDArray[np.int64]:
    """At most `count` row numbers, ascending: every entry's first variant, then every entry's second …"""
    seen: Counter[int] = Counter()
    turn = np.empty(len(entry_of), np.int64)
    for row, entry in enumerate(entry_of):
        turn[row] = seen[entry]
        seen[entry] += 1
    return np.sort(np.lexsort((np.arange(len(entry_of)), turn))[:count])
