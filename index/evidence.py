"""Evidence: what speaks for the first candidate, as numbers that confidence is learnt from.

A ranker's score alone tells entries apart better than it tells whether any of them is meant. So beside it stand: its
lead, how near the nearest phrasing lies by meaning, whether others lie as near, how near the nearest stranger lies (a
query that belongs to no desk, `index.strangers`), how long the query is, and how well all entries together
know it, whichever is meant. Rows come from the caller; this module knows numbers, not texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.kernel import Matrix, centred, matrix_product

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

# What is new comes last: a confidence of an older artefact reads the first ones alone.
NAMES = ("score", "lead", "cosine", "rival", "stranger", "length", "known")
FAR_APART = 0.55  # mean cosine above which a stranger may be meant by a base whose own spread is unknown
BLOCK = 512


@dataclass(frozen=True)
class Near:
    """How near n queries are to their k candidates, best first.

    `scores` (n, k) by the ranker; `cosines` (n, k) to the nearest variant of each candidate, mean over the dense
    parts, centred; `strangers` (n,) likewise to the nearest stranger; `lengths` (n,) characters of the normalised
    query; `known` (n,) the sum of all entries' scores (`index.holdout.Shortlist`).
    """

    scores: Floats
    cosines: Floats
    strangers: Floats
    lengths: Floats
    known: Floats

    def features(self) -> Floats:
        """(n, len(NAMES)) of the first candidates.

        Score and lead as square roots (of what is below 0, the negative root): the step from .05 to .1 tells more than
        that from .5 to .55, and a logistic function of their roots is calibrated where one of themselves is not.
        """
        scores = np.asarray(self.scores, float)
        first, cosine = scores[:, 0], np.asarray(self.cosines, float)
        several = scores.shape[1] > 1
        lead = first - scores[:, 1] if several else first
        rival = cosine[:, 1:].max(axis=1) - cosine[:, 0] if several else np.zeros_like(first)
        roots = (np.sign(value) * np.sqrt(np.abs(value)) for value in (first, lead))
        return np.stack([*roots, cosine[:, 0], rival, self.strangers, np.log1p(self.lengths), self.known], axis=1)


def mean_cosines(
    rows: Mapping[str, Matrix], bases: Mapping[str, Matrix], times: Callable[[Matrix, Matrix], Matrix] = matrix_product
) -> Matrix:
    """(n, m) cosines of n rows with m others, mean over the dense parts; `times` is one of the kernel's products."""
    total: Matrix | None = None
    for part, base in bases.items():
        values = times(rows[part], base)
        total = values if total is None else np.add(total, values, out=total)
    if total is None:
        raise ValueError("evidence needs at least one dense part")
    return np.asarray(total / len(bases), np.float32)


def centre_all(rows: Mapping[str, Matrix], means: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """The dense parts' rows as seen from the knowledge base's centre, of length 1."""
    return {part: centred(rows[part], mean) for part, mean in means.items()}


def far_strangers(strangers: Mapping[str, Matrix], variants: Mapping[str, Matrix], owner: Numbers) -> Numbers:
    """The strangers that no entry can mean: farther from every variant than half of the variants are from their kin.

    A desk for residence permits has an entry for what is a stranger's query to a shop. All rows centred; `owner` (n,)
    ascending.
    """
    nearest = np.concatenate(
        [
            mean_cosines({part: rows[start : start + BLOCK] for part, rows in strangers.items()}, variants).max(axis=1)
            for start in range(0, max(len(next(iter(strangers.values()))), 1), BLOCK)
        ]
    )
    kin = _kinship(variants, owner)
    limit = float(np.median(kin)) if len(kin) else FAR_APART
    return np.flatnonzero(nearest < limit)


def _kinship(variants: Mapping[str, Matrix], owner: Numbers) -> Matrix:
    """Each variant's cosine with the nearest other of its entry, where there is another."""
    found = []
    starts = np.flatnonzero(np.r_[True, np.diff(owner) != 0])
    for start, end in zip(starts, np.r_[starts[1:], len(owner)], strict=True):
        if end - start > 1:
            kin = {part: rows[start:end] for part, rows in variants.items()}
            values = mean_cosines(kin, kin)
            np.fill_diagonal(values, -1)
            found.append(values.max(axis=1))
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def nearest_of(values: Matrix, owner_starts: Numbers, entries: Numbers) -> Matrix:
    """(n, k): of (n, variants) values, variants ordered by entry, the best of each of the (n, k) entries."""
    return np.asarray(np.take_along_axis(np.maximum.reduceat(values, owner_starts, axis=1), entries, axis=1))
