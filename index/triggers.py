"""Triggers: what must escalate whatever entry ranks first (safety, injury, fraud, legal …).

One column a trigger in a kernel ridge regression of its own: 1 for the trigger's variants, `KINDRED` for variants
of entries that must go to the same target, 0 for its look-alikes and for all else. The score loses `LEAD_COST` of
what something ordinary is nearer than the trigger's own variants (再见 in a farewell is no farewell to life), and
`LOOK_ALIKE_COST` of what a look-alike is: a text that all but repeats one is one, whatever words it shares with the
real thing, yet what is clearly meant is heard beside any. An alarm needs a score above a threshold that the build's own
leave-one-out scores set: at most `FALSE_ALARMS` of other variants and `LOOK_ALIKE_ALARMS` of the look-alikes may reach
it. A trigger names its stored variant nearest to the text, so that a person can see why. This module knows rows, not
texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from index.kernel import Kernel, Matrix, Rows, Terms, stack, take
from index.ridge import BLOCK, Exact

STRENGTH = 0.5  # of the regression; `index.ranker` does with less, as it has more phrasings of each
KINDRED = 0.5
FALSE_ALARMS = 0.005
LEAD_COST = 0.2  # of the score, for each kernel value by which something ordinary is nearer
LOOK_ALIKE_COST = 0.5  # and by which a look-alike of any trigger is
LOOK_ALIKE_ALARMS = 0.05
LOOK_ALIKE_LEAD = 0.2  # in kernel values, by which a look-alike is clearly nearer than an entry's own phrasings
COUNTER_EXAMPLES = 6000  # landmarks of the ranker taken at the most
LEAST = 0.05  # no alarm below this score, however quiet the knowledge is


@dataclass(frozen=True)
class Triggers:
    """The landmarks are `texts` (the triggers' variants, whose `example_of` says, then the look-alikes) and, of the
    ranker's landmarks, those at `picked`; `weights` (t, landmarks), alarm from `thresholds` (t,) on. `ordinary`
    (t, ranker's landmarks) says which of these mean another matter than the trigger's.
    """

    texts: Rows
    picked: NDArray[np.int64]
    weights: Matrix
    thresholds: Matrix
    example_of: NDArray[np.int64]
    ordinary: NDArray[np.bool_]
    kernel: Kernel

    @classmethod
    def restore(
        cls,
        texts: Rows,
        terms: Terms,
        *,
        picked: NDArray[np.int64],
        weights: Matrix,
        thresholds: Matrix,
        example_of: NDArray[np.int64],
        ordinary: NDArray[np.bool_],
    ) -> Triggers:
        """Stored triggers."""
        kernel = Kernel.against(texts, slice(None), terms)
        return cls(texts, picked, weights, thresholds, example_of, ordinary, kernel)

    def nearest_look_alike(self, own: Matrix) -> Matrix:
        """(n,) the kernel value of the look-alike nearest to each row, of any trigger; -inf where there is none.

        `own` (n, texts) are the rows' `kernel.values`.
        """
        found: Matrix = own[:, len(self.example_of) :].max(axis=1, initial=-np.inf)
        return found

    def detect(self, own: Matrix, values: Matrix) -> list[list[tuple[int, float, int]]]:
        """For each of n rows, (trigger, score over its threshold, nearest own variant), clearest first.

        `own` (n, texts) are the rows' `kernel.values`, `values` (n, ranker's landmarks) those of the ranker's kernel.
        """
        over = np.hstack([own, values[:, self.picked]]) @ self.weights.T - self.thresholds
        examples = len(self.example_of)
        found = []
        for row, others, excess, alike in zip(own, values, over, self.nearest_look_alike(own), strict=True):
            alarms = []
            for trigger in np.flatnonzero(excess >= 0).tolist():
                near = np.where(self.example_of == trigger, row[:examples], -np.inf)
                ordinary = others[self.ordinary[trigger]].max(initial=0)
                left = float(excess[trigger] - _cost(near.max(), ordinary, alike))
                if left >= 0:
                    alarms.append((trigger, left, int(near.argmax())))
            found.append(sorted(alarms, key=lambda alarm: -alarm[1]))
        return found


def _cost(own: Matrix, ordinary: Matrix, alike: Matrix) -> Matrix:
    """What scores lose, from the kernel values of the nearest own variant, ordinary phrasing and look-alike."""
    return np.asarray(
        LEAD_COST * np.maximum(ordinary - own, 0) + LOOK_ALIKE_COST * np.maximum(alike - own, 0), np.float32
    )


def fit(
    texts: Rows,
    own_of: Sequence[int],
    look_alikes: int,
    others: Rows,
    terms: Terms,
    kindred: NDArray[np.bool_],
) -> Triggers:
    """Learn t ≥ 1 detectors.

    texts: the triggers' variants, `own_of` whose they are, then all `look_alikes`. others: the rows of the
    ranker's landmarks, in order, `terms` its kernel's; `kindred` (t, n) says which of them mean a trigger's matter.
    """
    mine = np.asarray(own_of, np.int64)
    known = len(mine) + look_alikes
    count, size = kindred.shape
    picked = np.unique(np.linspace(0, size - 1, min(size, COUNTER_EXAMPLES)).astype(np.int64))
    targets = np.zeros((known + len(picked), count), np.float32)
    targets[np.arange(len(mine)), mine] = 1
    targets[known:] = KINDRED * kindred[:, picked].T
    rows = stack(texts, take(others, picked))
    square, ordinary = Kernel.against(rows, slice(None), terms).values(rows), ~kindred[:, picked]
    # Of the picked ones, so that costs are a little too low here and thresholds a little too high.
    costs = _costs(square, mine, known, ordinary)
    ridge = Exact(square, sparse.csr_matrix(targets), STRENGTH)  # the square is its own from here on
    scores = ridge.left_out(np.arange(len(targets))) - costs
    thresholds = [
        _threshold(scores[known:, trigger][ordinary[trigger]], scores[len(mine) : known, trigger])
        for trigger in range(count)
    ]
    return Triggers.restore(
        texts,
        terms,
        picked=picked,
        weights=np.ascontiguousarray(ridge.weights().T),
        thresholds=np.asarray(thresholds, np.float32),
        example_of=mine,
        ordinary=~kindred,
    )


def _costs(square: Matrix, own_of: NDArray[np.int64], known: int, ordinary: NDArray[np.bool_]) -> Matrix:
    """(n, t) what each row's scores lose, not counting how near the row is to itself.

    `square` (n, n) are the rows' kernel values, own variants first, then look-alikes; `ordinary` (t, n − known) is of
    the rows after the first `known`.
    """
    costs = np.zeros((len(square), len(ordinary)), np.float32)
    for start in range(0, len(square), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(square)))
        near = square[rows]
        near[rows - start, rows] = 0
        alike = near[:, len(own_of) : known].max(axis=1, initial=0)
        for trigger, others in enumerate(ordinary):
            own = near[:, : len(own_of)][:, own_of == trigger].max(axis=1, initial=0)
            costs[rows, trigger] = _cost(own, near[:, known:][:, others].max(axis=1, initial=0), alike)
    return costs


def _threshold(others: Matrix, look_alikes: Matrix) -> float:
    quiet = [
        float(np.quantile(scores, 1 - share))
        for scores, share in ((others, FALSE_ALARMS), (look_alikes, LOOK_ALIKE_ALARMS))
        if len(scores)
    ]
    return max([LEAST, *quiet])
