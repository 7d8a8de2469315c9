"""Candidates: the entries worth ranking for a text.

Where every variant is one of the ranker's landmarks, the text's kernel values say already how near each is, over all
channels at once. Larger knowledge bases are searched channel by channel: dense by FAISS, lexical by n-grams.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from index.channels import Seen
from index.contents import Contents
from index.embedder import Matrix
from index.kernel import Kernel, Rows
from index.residuals import amends

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]  # (entries,) which of them a query may have

FEW = 32  # entries that a mask leaves of the nearest, below which all it has are taken


class Nearby:
    """Finds entries of one index: `nearest` by the kernel, or those of the `nearest` variants of each channel.

    `dense` are the variants' vectors by part.
    """

    def __init__(self, contents: Contents, dense: Mapping[str, Matrix], nearest: int) -> None:
        self._owner = contents.owner
        self._starts = np.searchsorted(contents.owner, np.arange(len(contents.entries)))
        self._dense = contents.dense
        self._nearest = nearest
        self._ranker = contents.ranker
        self._count = len(contents.entries)
        self._rows: Rows = {**dense, **contents.lexical_rows}
        self._all_are_landmarks = contents.all_are_landmarks
        if not self._all_are_landmarks:
            self._columns = {channel: rows.T.tocsr() for channel, rows in contents.lexical_rows.items()}

    def variants(self, seen: Seen) -> Numbers:
        """Numbers of the variants near a text, ascending; none where the kernel values say how near each is."""
        return np.zeros(0, np.int64) if self._all_are_landmarks else np.unique(self._by_channel(seen.rows))

    def entries(self, seen: Seen, variants: Numbers, exact: Sequence[int], mask: Mask | None) -> Numbers:
        """Numbers of the entries near a text that are in the mask, ascending.

        `exact`, which are in it, are among them whatever they are like.
        """
        if self._all_are_landmarks:
            found = self._by_kernel(seen.values, mask)
        else:
            found = self._in_mask(np.unique(self._owner[variants]), mask)
        return np.union1d(np.asarray(exact, np.int64), found)

    def amends(self, seen: Seen, variants: Numbers) -> Matrix:
        """(entries,) to be added to the ranker's scores, which landmarks alone leave too smooth."""
        if not len(variants) or not len(self._ranker.left):
            return np.zeros(self._count, np.float32)
        values = Kernel.against(self._rows, variants, self._ranker.kernel.terms).values(seen.rows)
        found: Matrix = amends(values, variants[None], self._ranker.left, self._owner, self._count)[0]
        return found

    def _by_kernel(self, values: Matrix, mask: Mask | None) -> Numbers:
        best = np.maximum.reduceat(values[0], self._starts)
        if mask is not None:
            best[~mask] = -np.inf
        found = np.argpartition(-best, min(self._nearest, len(best)) - 1)[: self._nearest]
        return found if mask is None else found[mask[found]]

    def _in_mask(self, near: Numbers, mask: Mask | None) -> Numbers:
        """Those of the entries near a text that are in the mask; all in it where it takes all but a few of them away,
        as channels are searched without it.
        """
        if mask is None:
            return near
        found = near[mask[near]]
        return found if len(found) >= min(FEW, len(near)) else np.flatnonzero(mask)

    def _by_channel(self, rows: Mapping[str, Matrix | sparse.csr_matrix]) -> Numbers:
        near = [index.search(rows[part], self._nearest)[0][0] for part, index in self._dense.items()]
        for channel, columns in self._columns.items():
            hits = rows[channel] @ columns
            if hits.nnz:
                kept = np.argpartition(-hits.data, min(self._nearest, hits.nnz) - 1)[: self._nearest]
                near.append(hits.indices[kept])
        return np.concatenate(near)
