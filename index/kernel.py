"""The kernel: how alike two texts are over all channels, as one number.

    k(a, b) = Σ_dense w · exp(γ (cos(a − μ, b − μ) − 1))  +  Σ_lexical w · cos(a, b)

μ is the mean of the stored vectors (it takes out what all texts share); the weights w of the dense channels come to 2.
Rows come as one matrix a channel, dense (n, d) or sparse (n, features); how a text becomes one is not
this module's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Matrix = NDArray[np.float32]
Channel = "Matrix | sparse.csr_matrix"
Rows = Mapping[str, "Matrix | sparse.csr_matrix"]
Which = NDArray[np.int64] | slice

GAMMA = 3.0
# Of dense channels, what they count beside one another; one that is not here counts 1.
DENSE_WEIGHTS = {"e5": 1.3, "use": 0.7}
DENSE = 2.0  # what the weights of the dense channels come to, however many there are
LEXICAL_WEIGHTS = {"characters": 0.5, "pinyin": 0.35}
BLOCK = 256  # bases that stay in a core's own cache, with a few hundred dimensions each
FEW = 20  # with so many texts the mean is taken half


@dataclass(frozen=True)
class Terms:
    """What texts are compared by: each dense channel's mean (d,), which is taken out, and all channels' weights."""

    means: dict[str, Matrix]
    weights: dict[str, float]

    @classmethod
    def of(cls, means: dict[str, Matrix]) -> Terms:
        """As we compare now, with these dense channels."""
        counts = {name: DENSE_WEIGHTS.get(name, 1.0) for name in means}
        together = sum(counts.values())
        return cls(means, {name: DENSE * count / together for name, count in counts.items()} | LEXICAL_WEIGHTS)

    @classmethod
    def restore(cls, means: dict[str, Matrix], weights: dict[str, float]) -> Terms:
        """As an index was built; one from before weights were stored has none, and dense channels that count alike."""
        return cls(means, weights or dict.fromkeys(means, DENSE / len(means)) | LEXICAL_WEIGHTS)

    @classmethod
    def over(cls, rows: Rows) -> Terms:
        """Those of stored rows."""
        return cls.of({name: mean(matrix) for name, matrix in rows.items() if not sparse.issparse(matrix)})


@dataclass(frozen=True)
class Kernel:
    """The kernel against a fixed set of rows, its bases.

    `bases[channel]` is (bases, d), centred, of a dense channel, and (features, bases) of a lexical one.
    """

    terms: Terms
    bases: dict[str, Matrix | sparse.csr_matrix]

    @classmethod
    def against(cls, rows: Rows, which: Which, terms: Terms | None = None) -> Kernel:
        """The kernel against the chosen rows; on the terms of all of `rows` unless given."""
        used = Terms.over(rows) if terms is None else terms
        bases: dict[str, Matrix | sparse.csr_matrix] = {}
        for name, matrix in rows.items():
            chosen = matrix[which]
            if isinstance(chosen, sparse.csr_matrix):
                bases[name] = chosen.T.tocsr()
            else:
                bases[name] = np.ascontiguousarray(centred(chosen, used.means[name]))
        return cls(used, bases)

    @property
    def means(self) -> dict[str, Matrix]:
        """The dense channels' means, which are taken out."""
        return self.terms.means

    def values(self, rows: Rows) -> Matrix:
        """(n, bases) kernel values of n rows, float32."""
        return self._sum(rows, matrix_product)

    def each(self, rows: Rows) -> Matrix:
        """The same for a few rows, each to the last digit as if it were alone."""
        return self._sum(rows, row_by_row)

    def _sum(self, rows: Rows, times: Callable[[Matrix, Matrix], Matrix]) -> Matrix:
        total: Matrix | None = None
        for name, base in self.bases.items():
            matrix, weight = rows[name], np.float32(self.terms.weights[name])
            if isinstance(matrix, sparse.csr_matrix):
                part = (matrix @ base).toarray() * weight
            else:
                part = times(centred(matrix, self.means[name]), base)
                part -= np.float32(1)
                part *= np.float32(GAMMA)
                np.exp(part, out=part)
                part *= weight
            total = part if total is None else np.add(total, part, out=total)
        if total is None:
            raise ValueError("a kernel needs at least one channel")
        return total


def matrix_product(rows: Matrix, base: Matrix) -> Matrix:
    """(n, bases), all at once: fastest for many rows, and for few the last digits depend on how many."""
    return rows @ base.T


def row_by_row(rows: Matrix, base: Matrix) -> Matrix:
    """(n, bases), whose last digits do not depend on n as those of a product of matrices do.

    Block by block of the bases, which are so read from memory once for all rows: eight cost less than three.
    """
    found = np.empty((len(rows), len(base)), np.float32)
    for start in range(0, len(base), BLOCK):
        block = base[start : start + BLOCK]
        for row, line in zip(rows, found, strict=True):
            np.dot(block, row, out=line[start : start + BLOCK])
    return found


def blocks(size: int, length: int) -> Iterator[slice]:
    """All of so many rows, so many at a time."""
    return (slice(start, start + length) for start in range(0, size, length))


def take(rows: Rows, which: Which) -> dict[str, Matrix | sparse.csr_matrix]:
    """The chosen rows of every channel."""
    return {name: matrix[which] for name, matrix in rows.items()}


def stack(*groups: Rows) -> dict[str, Matrix | sparse.csr_matrix]:
    """The groups' rows under one another."""
    return {
        name: sparse.vstack([group[name] for group in groups]).tocsr()
        if sparse.issparse(matrix)
        else np.concatenate([group[name] for group in groups])
        for name, matrix in groups[0].items()
    }


def mean(matrix: Matrix) -> Matrix:
    """The centre of (n, d) rows, shrunk towards none where the rows are few and mostly speak of themselves."""
    return np.asarray(matrix.mean(axis=0) * (len(matrix) / (len(matrix) + FEW)), np.float32)


def centred(matrix: Matrix, centre: Matrix) -> Matrix:
    """Rows moved by the centre and scaled to length 1; a row at the centre stays zero."""
    moved = matrix - centre
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.where(length > 0, length, 1), np.float32)
