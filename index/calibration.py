"""From out-of-fold rankings to the outcomes that confidence is fitted on.

Three kinds of query whose answer is known: a variant left out of its entry (present), a variant whose whole entry was
left out (absent: near, but nothing answers it), and a stranger (far). Their evidence is computed as a live query's is,
without what was left out. Absent needs more entries than a shortlist holds (`index.holdout.TOP`): with fewer it would
be one short, which no live query's is, and strangers alone stand for what has no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.confidence import AMONG
from index.evidence import BLOCK, NAMES, Near, mean_cosines, nearest_of
from index.fitting import Outcomes
from index.holdout import OutOfFold, Shortlist
from index.kernel import Matrix

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

FAR_PART = 0.5  # of the queries without an entry, how many are strangers; the rest are absent


def outcomes(
    held: OutOfFold,
    owner: Numbers,
    variants: Mapping[str, Matrix],
    strangers: Mapping[str, Matrix],
    lengths: tuple[Numbers, Numbers],
    share: float,
) -> Outcomes:
    """One row for each held-out query.

    `owner` (n,) ascending; `variants` and `strangers` are centred dense rows, `lengths` the characters of their texts.
    Weights give queries without an entry the share `share` (0..1).
    """
    texts = _Texts(variants, strangers, np.flatnonzero(np.r_[True, np.diff(owner) != 0]), lengths)
    mine = owner[held.rows]
    several = np.bincount(owner)[mine] > 1
    right = held.present.entries == mine[:, None]
    absent = np.asarray(np.isfinite(held.absent.scores).all(axis=1))
    near = texts.variants_seen(held.absent.take(absent), held.rows[absent], own=False)
    far = texts.strangers_seen(held.far)
    depth = right.shape[1]
    parts = [
        # A single phrasing cannot be found once it is left out; it only tells what absent looks like.
        (texts.variants_seen(held.present, held.rows, own=True)[several], right[several], several[several]),
        (near, np.zeros((len(near), depth), bool), np.zeros(len(near), bool)),
        (far, np.zeros((len(far), depth), bool), np.zeros(len(far), bool)),
    ]
    weights = weights_of(np.asarray(held.trust[several], float), len(near), len(far), share)
    found = np.concatenate([part[1] for part in parts])
    return Outcomes(
        np.concatenate([part[0] for part in parts]),
        found[:, 0],
        np.asarray(found[:, :AMONG].any(axis=1)),
        np.concatenate([part[2] for part in parts]),
        weights,
    )


@dataclass(frozen=True)
class _Texts:
    """Variants and strangers as `outcomes` has them; `starts` (entries,) are the entries' first rows."""

    variants: Mapping[str, Matrix]
    strangers: Mapping[str, Matrix]
    starts: Numbers
    lengths: tuple[Numbers, Numbers]

    def variants_seen(self, best: Shortlist, rows: Numbers, own: bool) -> Floats:
        """The evidence of variants `rows` without themselves; `own`: their own entries are among the candidates."""

        def cosines(places: Numbers) -> tuple[Matrix, Matrix]:
            these = {part: matrix[rows[places]] for part, matrix in self.variants.items()}
            near = mean_cosines(these, self.variants)
            if own:
                near[np.arange(len(places)), rows[places]] = -1
            nobody = np.full((len(places), 1), -1.0, np.float32)
            return near, mean_cosines(these, self.strangers) if len(self.lengths[1]) else nobody

        return self._evidence(best, self.lengths[0][rows], cosines)

    def strangers_seen(self, best: Shortlist) -> Floats:
        """The evidence of all strangers, each without itself."""

        def cosines(places: Numbers) -> tuple[Matrix, Matrix]:
            these = {part: matrix[places] for part, matrix in self.strangers.items()}
            far = mean_cosines(these, self.strangers)
            far[np.arange(len(places)), places] = -1
            return mean_cosines(these, self.variants), far

        return self._evidence(best, self.lengths[1], cosines)

    def _evidence(
        self, best: Shortlist, lengths: Numbers, cosines: Callable[[Numbers], tuple[Matrix, Matrix]]
    ) -> Floats:
        """Block by block; `cosines(places)` of the queries there with all variants, and with all strangers."""
        found = [np.zeros((0, len(NAMES)))]
        for start in range(0, len(lengths), BLOCK):
            places = np.arange(start, min(start + BLOCK, len(lengths)))
            near, far = cosines(places)
            seen = Near(
                np.asarray(best.scores[places], float),
                np.asarray(nearest_of(near, self.starts, best.entries[places]), float),
                np.asarray(far.max(axis=1), float),
                np.asarray(lengths[places], float),
                np.asarray(best.known[places], float),
            )
            found.append(seen.features())
        return np.concatenate(found)


def weights_of(present: Floats, absent: int, far: int, share: float) -> Floats:
    """The present rows' own weights, then those of so many absent and far rows: these get the share `share` (0..1).

    Half of it goes to each kind where both are there. Without a present row the others count one each on average
    before they are brought to the share.
    """
    base = float(present.sum()) if len(present) else float(absent + far)
    outside = base * share / (1 - share)
    to_far = FAR_PART if absent and far else float(far > 0)
    return np.concatenate(
        [
            present,
            *(np.full(count, outside * part / max(count, 1)) for count, part in ((absent, 1 - to_far), (far, to_far))),
        ]
    )
