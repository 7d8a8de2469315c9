"""Leave-out predictions against fits that really leave out."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from index import ridge
from index.ridge import JITTER, Exact, Matrix, Nystrom, Places, _inverted

Floats = NDArray[np.float64]


def problem(rows: int, columns: int = 3, seed: int = 5) -> tuple[Floats, Floats]:
    """A kernel like the index's, 2·exp(2(cos − 1)), and one column of targets an entry."""
    drawn = np.random.default_rng(seed)
    points = drawn.normal(size=(rows, 6))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    targets = np.zeros((rows, columns))
    targets[np.arange(rows), drawn.integers(0, columns, rows)] = 1
    return 2 * np.exp(2 * (points @ points.T - 1)), targets


def exact(kernel: Floats, targets: Floats, strength: float = 1.0) -> Exact:
    """The regression under test; it overwrites its kernel, so it gets a copy."""
    return Exact(kernel.astype(np.float32), sparse.csr_matrix(targets.astype(np.float32)), strength)


def nystrom(kernel: Floats, marks: Places, targets: Floats, strength: float = 1.0) -> Nystrom:
    """The same on landmarks."""

    def values(which: Places) -> Matrix:
        return kernel[np.ix_(which, marks)].astype(np.float32)

    return Nystrom(values, marks, sparse.csr_matrix(targets.astype(np.float32)), strength)


def refit(kernel: Floats, targets: Floats, out: Places, strength: float = 1.0) -> Floats:
    """The scores of the rows `out` by a fit on all the others."""
    kept = np.setdiff1d(np.arange(len(kernel)), out)
    alpha = np.linalg.solve(kernel[np.ix_(kept, kept)] + strength * np.eye(len(kept)), targets[kept])
    return np.asarray(kernel[np.ix_(out, kept)] @ alpha)


def refit_on_marks(kernel: Floats, marks: Places, targets: Floats, out: Places) -> Floats:
    """The same with the landmarks kept as axes: min ‖Y − K_nm β‖² + βᵀ K_mm β over the rows left."""
    kept = np.setdiff1d(np.arange(len(kernel)), out)
    cross = kernel[np.ix_(kept, marks)]
    base = kernel[np.ix_(marks, marks)] + JITTER * len(marks) * np.eye(len(marks))
    return np.asarray(kernel[np.ix_(out, marks)] @ np.linalg.solve(cross.T @ cross + base, cross.T @ targets[kept]))


def test_two_rows_by_hand() -> None:
    """K = [[2, 1], [1, 2]], λ = 1, Y = (1, 0): α = (3, −1)/8.

    Row 1 alone knows only 0, so row 0 left out scores 0; row 0 alone has α = ⅓, so row 1 left out scores ⅓.
    """
    fitted = exact(np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([[1.0], [0.0]]))
    assert fitted.weights()[:, 0] == pytest.approx([3 / 8, -1 / 8])
    assert fitted.left_out(np.array([0, 1]))[:, 0] == pytest.approx([0, 1 / 3], abs=1e-6)


def test_exact_weights_solve_the_regression() -> None:
    """(K + λI) α = Y, for a strength other than the default too."""
    kernel, targets = problem(40)
    alpha = exact(kernel, targets, 0.5).weights()
    assert (kernel + 0.5 * np.eye(40)) @ alpha == pytest.approx(targets, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 40), st.integers(0, 1000))
def test_left_out_is_what_a_fit_without_the_row_gives(rows: int, seed: int) -> None:
    """Row by row, in the order asked for."""
    kernel, targets = problem(rows, seed=seed)
    places = np.arange(rows)[::-1].copy()
    expected = np.vstack([refit(kernel, targets, np.array([place])) for place in places])
    assert exact(kernel, targets).left_out(places) == pytest.approx(expected, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 40), st.integers(0, 1000), st.data())
def test_group_left_out_is_what_a_fit_without_the_group_gives(rows: int, seed: int, data: st.DataObject) -> None:
    """None of the group helps another of it."""
    kernel, targets = problem(rows, seed=seed)
    group = np.array(data.draw(st.lists(st.integers(0, rows - 1), min_size=1, max_size=rows - 1, unique=True)))
    assert exact(kernel, targets).group_left_out(group) == pytest.approx(refit(kernel, targets, group), abs=1e-4)


def test_with_everything_left_out_nothing_is_known() -> None:
    """A fit on no row scores 0."""
    kernel, targets = problem(12)
    assert exact(kernel, targets).group_left_out(np.arange(12)) == pytest.approx(np.zeros((12, 3)), abs=1e-4)


def test_a_group_of_one_is_the_row_left_out() -> None:
    """The two ways of leaving one row out agree, on all rows and on landmarks."""
    kernel, targets = problem(30)
    for fitted in (exact(kernel, targets), nystrom(kernel, np.arange(0, 30, 3), targets)):
        one = np.array([4])
        assert fitted.group_left_out(one) == pytest.approx(fitted.left_out(one), abs=1e-4)


def test_a_kernel_that_is_none_is_refused() -> None:
    """A matrix with a negative eigenvalue beyond the strength cannot be a kernel."""
    with pytest.raises(ValueError, match="of 2 rows is not positive definite"):
        exact(np.array([[1.0, 9.0], [9.0, 1.0]]), np.eye(2))


def test_with_every_row_a_landmark_it_is_the_exact_regression() -> None:
    """The same scores for stored and for unseen rows, and the same leave-out scores, but for the jitter."""
    kernel, targets = problem(60)
    kernel, unseen, targets = kernel[:50, :50], kernel[50:, :50], targets[:50]
    whole, marks = exact(kernel, targets), nystrom(kernel, np.arange(50), targets)
    for rows in (kernel, unseen):
        assert rows @ marks.weights() == pytest.approx(rows @ whole.weights(), abs=0.02)
    places, group = np.arange(50), np.array([3, 8, 21])
    assert marks.left_out(places) == pytest.approx(whole.left_out(places), abs=0.02)
    assert marks.group_left_out(group) == pytest.approx(whole.group_left_out(group), abs=0.02)


@pytest.mark.parametrize("block", [2048, 7])
def test_landmark_scores_left_out_are_those_of_a_fit_without(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The landmarks stay as axes, the rows' targets go; however the rows are cut into blocks."""
    monkeypatch.setattr(ridge, "BLOCK", block)
    kernel, targets = problem(80)
    marks = np.arange(0, 80, 4)
    fitted = nystrom(kernel, marks, targets)
    places, group = np.arange(80), np.array([0, 1, 2, 40, 41])
    expected = np.vstack([refit_on_marks(kernel, marks, targets, np.array([place])) for place in places])
    assert fitted.left_out(places) == pytest.approx(expected, abs=2e-3)
    assert fitted.group_left_out(group) == pytest.approx(refit_on_marks(kernel, marks, targets, group), abs=2e-3)


@pytest.mark.parametrize("marks", [None, np.arange(0, 60, 2)], ids=["exact", "landmarks"])
def test_other_targets_are_solved_as_if_they_had_been_the_first(marks: Places | None) -> None:
    """Weights and both kinds of leave-out scores, for targets of another width and with values between 0 and 1."""
    kernel, targets = problem(60)
    drawn = np.random.default_rng(8).random((60, 4)) * (np.random.default_rng(9).random((60, 4)) < 0.4)

    def solved(first: Floats) -> Exact | Nystrom:
        return exact(kernel, first) if marks is None else nystrom(kernel, marks, first)

    turned, afresh = solved(targets), solved(drawn)
    turned.retarget(sparse.csr_matrix(drawn.astype(np.float32)))
    places, group = np.arange(60), np.array([3, 8, 21, 22])
    assert turned.weights() == pytest.approx(afresh.weights(), abs=1e-6)
    assert turned.left_out(places) == pytest.approx(afresh.left_out(places), abs=1e-6)
    assert turned.group_left_out(group) == pytest.approx(afresh.group_left_out(group), abs=1e-6)
    turned.retarget(sparse.csr_matrix(targets.astype(np.float32)))
    assert turned.weights() == pytest.approx(solved(targets).weights(), abs=1e-6)


@pytest.mark.parametrize("block", [1, 7, 40, 41, 2048])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_inverse_in_blocks_is_the_inverse(
    block: int, order: Literal["C", "F"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both triangles, whether or not the blocks divide the rows, and however the matrix lies in memory."""
    monkeypatch.setattr(ridge, "BLOCK", block)
    kernel = (problem(41)[0] + 0.5 * np.eye(41)).astype(np.float32)
    found = _inverted(np.array(kernel, order=order))
    assert found == pytest.approx(np.linalg.inv(kernel.astype(float)), abs=1e-4)
    assert np.array_equal(found, found.T)


def test_an_inverse_takes_no_second_matrix() -> None:
    """It lies where the kernel lay: at sixteen thousand rows a copy would be a gigabyte."""
    kernel = (problem(30)[0] + 0.5 * np.eye(30)).astype(np.float32)
    assert np.shares_memory(_inverted(kernel), kernel)
