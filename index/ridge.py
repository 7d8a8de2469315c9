"""Kernel ridge regression with its leave-out predictions in closed form.

With n rows, A = K + λI and α = A⁻¹Y, the prediction for row i by a fit without it is yᵢ − αᵢ/(A⁻¹)ᵢᵢ, and for a
group G without the whole group Y_G − ((A⁻¹)_GG)⁻¹ α_G (Rifkin & Lippert, "Notes on regularized least squares",
2007). So nothing is ever fitted twice to learn how it does on rows it has not seen.

`Exact` solves with all rows, at n³ operations and n² numbers. `Nystrom` expands on m landmark rows (subset of
regressors): n·m² operations and m² numbers, whatever n; there I − H takes the place of λA⁻¹.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.linalg import lapack

Matrix = NDArray[np.float32]
Places = NDArray[np.int64]

STRENGTH = 0.25
BLOCK = 2048
JITTER = 1e-4


class Ridge(Protocol):
    """A solved regression; targets are a sparse (n, c) matrix."""

    def weights(self) -> Matrix:
        """(landmarks, c): a row's kernel values times these are its scores."""

    def retarget(self, targets: sparse.csr_matrix) -> None:
        """Solve again for other targets (n, c); what was factorised stays."""

    def left_out(self, places: Places) -> Matrix:
        """(len(places), c): each row's scores had it not been there."""

    def group_left_out(self, places: Places) -> Matrix:
        """(len(places), c): the rows' scores had none of them been there."""


class Exact:
    """All rows are landmarks. `kernel` (n, n) is overwritten."""

    def __init__(self, kernel: Matrix, targets: sparse.csr_matrix, strength: float = STRENGTH) -> None:
        kernel[np.diag_indices_from(kernel)] += strength
        self._inverse = _inverted(kernel)
        self.retarget(targets)

    def retarget(self, targets: sparse.csr_matrix) -> None:
        self._targets = targets
        self._alpha = np.asarray((targets.T @ self._inverse).T, np.float32)

    def weights(self) -> Matrix:
        return self._alpha

    def left_out(self, places: Places) -> Matrix:
        diagonal = self._inverse[places, places][:, None]
        return np.asarray(self._targets[places].toarray() - self._alpha[places] / diagonal, np.float32)

    def group_left_out(self, places: Places) -> Matrix:
        block = self._inverse[np.ix_(places, places)].astype(np.float64)
        return np.asarray(
            self._targets[places].toarray()
            - linalg.solve(block, self._alpha[places], assume_a="pos", check_finite=False),
            np.float32,
        )


class Nystrom:
    """`marks` are the landmark rows, `values(which)` gives any rows' kernel against them."""

    def __init__(
        self, values: Callable[[Places], Matrix], marks: Places, targets: sparse.csr_matrix, strength: float = STRENGTH
    ) -> None:
        base = values(marks).astype(np.float64)
        base[np.diag_indices_from(base)] += JITTER * len(marks)
        self._lower = np.linalg.cholesky(base)
        self._values = values
        gram = np.zeros_like(base)
        for places in _blocks(targets.shape[0]):
            features = self._features(places)
            gram += features.T @ features
        gram[np.diag_indices_from(gram)] += strength
        self._factor = linalg.cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
        self.retarget(targets)

    def retarget(self, targets: sparse.csr_matrix) -> None:
        self._targets = targets
        moment = np.zeros((len(self._lower), targets.shape[1]))
        for places in _blocks(targets.shape[0]):
            moment += (targets[places].T @ self._features(places)).T
        self._solution = linalg.cho_solve(self._factor, moment, check_finite=False)

    def _features(self, places: Places) -> NDArray[np.float64]:
        """(len(places), landmarks) features whose inner products approximate the kernel."""
        kernel = self._values(places).T.astype(np.float64)
        return np.ascontiguousarray(
            linalg.solve_triangular(self._lower, kernel, lower=True, overwrite_b=True, check_finite=False).T
        )

    def weights(self) -> Matrix:
        return np.asarray(
            linalg.solve_triangular(self._lower, self._solution, lower=True, trans="T", check_finite=False), np.float32
        )

    def left_out(self, places: Places) -> Matrix:
        result = np.zeros((len(places), self._targets.shape[1]), np.float32)
        for start in range(0, len(places), BLOCK):
            part = places[start : start + BLOCK]
            features = self._features(part)
            half = linalg.solve_triangular(self._factor[0], features.T, lower=True, check_finite=False)
            kept = np.maximum(1 - np.einsum("ij,ij->j", half, half), 1e-6)[:, None]
            targets = self._targets[part].toarray()
            result[start : start + BLOCK] = targets - (targets - features @ self._solution) / kept
        return result

    def group_left_out(self, places: Places) -> Matrix:
        features = self._features(places)
        half = linalg.solve_triangular(self._factor[0], features.T, lower=True, check_finite=False)
        kept = np.eye(len(places)) * (1 + 1e-6) - half.T @ half
        targets = self._targets[places].toarray()
        return np.asarray(
            targets - linalg.solve(kept, targets - features @ self._solution, assume_a="pos", check_finite=False),
            np.float32,
        )


def _blocks(size: int) -> Iterator[Places]:
    for start in range(0, size, BLOCK):
        yield np.arange(start, min(start + BLOCK, size))


def _inverted(matrix: Matrix) -> Matrix:
    """The inverse of a positive definite matrix, in place where LAPACK can."""
    factor, failed = lapack.spotrf(matrix.T, lower=0, overwrite_a=1)
    inverse, failed_too = lapack.spotri(factor, lower=0, overwrite_c=1)
    if failed or failed_too:
        raise ValueError(f"the kernel matrix of {len(matrix)} rows is not positive definite")
    # LAPACK fills one triangle only; it is mirrored block by block, as whole copies would double the memory.
    for start in range(0, len(inverse), BLOCK):
        end = start + BLOCK
        square = np.triu(inverse[start:end, start:end])
        inverse[start:end, start:end] = square + np.triu(square, 1).T
        inverse[end:, start:end] = inverse[start:end, end:].T
    return np.asarray(inverse.T)
