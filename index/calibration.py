"""From out-of-fold rankings to the outcomes that confidence is fitted on.

Three kinds of query whose answer is known: a variant left out of its entry (present), a variant whose whole entry was
left out (absent: near, but nothing answers it), and a stranger (far). Their evidence is computed as a live query's is,
without what was left out.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from index.confidence import AMONG
from index.evidence import BLOCK, NAMES, Near, mean_cosines, nearest_of
from index.fitting import Outcomes
from index.holdout import OutOfFold, Shortlist
from index.kernel import Matrix

Numbers = NDArray[np.int64]

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
    starts = np.flatnonzero(np.r_[True, np.diff(owner) != 0])
    mine = owner[held.rows]
    several = np.bincount(owner)[mine] > 1

    def evidence(best: Shortlist, rows: Numbers | None, own: bool) -> NDArray[np.float64]:
        """Of variants `rows`, or of all strangers (None); `own`: whether a row's own entry is among its candidates."""
        asked = variants if rows is not None else strangers
        length = lengths[0][rows] if rows is not None else lengths[1]
        found = []
        for start in range(0, len(best.known), BLOCK):
            block = slice(start, min(start + BLOCK, len(best.known)))
            which = rows[block] if rows is not None else np.arange(block.start, block.stop)
            these = {part: matrix[which] for part, matrix in asked.items()}
            cosine = mean_cosines(these, variants)
            far = mean_cosines(these, strangers) if len(lengths[1]) else np.full((len(which), 1), -1.0, np.float32)
            if rows is None:
                far[np.arange(len(which)), which] = -1
            elif own:
                cosine[np.arange(len(which)), which] = -1
            found.append(
                Near(
                    np.asarray(best.scores[block], float),
                    np.asarray(nearest_of(cosine, starts, best.entries[block]), float),
                    np.asarray(far.max(axis=1), float),
                    np.asarray(length[block], float),
                    np.asarray(best.known[block], float),
                ).features()
            )
        return np.concatenate(found) if found else np.zeros((0, len(NAMES)))

    right = held.present.entries == mine[:, None]
    absent = np.asarray(np.isfinite(held.absent.scores).all(axis=1))
    near = evidence(held.absent.take(absent), held.rows[absent], own=False)
    far = evidence(held.far, None, own=False)
    depth = right.shape[1]
    parts = [
        # A single phrasing cannot be found once it is left out; it only tells what absent looks like.
        (evidence(held.present, held.rows, own=True)[several], right[several], several[several]),
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


def weights_of(present: NDArray[np.float64], absent: int, far: int, share: float) -> NDArray[np.float64]:
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
