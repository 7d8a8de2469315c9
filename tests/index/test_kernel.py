"""The kernel's value worked out by hand, and how rows are taken and stacked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse

from index.kernel import BLOCK, Kernel, Terms, centred, mean, stack, take

NO_MEAN = np.zeros(2, np.float32)
DENSE = np.array([[1, 0], [0, 2], [-3, 0]], np.float32)
LEXICAL = sparse.csr_matrix(np.array([[1, 0], [0.6, 0.8], [0, 0]], np.float32))


def test_one_dense_channel_is_two_at_the_same_direction_and_falls_with_the_angle() -> None:
    """2 · exp(3 · (cos − 1)): 2 for cosine 1, 2e⁻³ for 0, 2e⁻⁶ for −1; lengths do not count."""
    kernel = Kernel.against({"one": DENSE}, slice(None), Terms.of({"one": NO_MEAN}))
    expected = [2, 2 * math.exp(-3), 2 * math.exp(-6)]
    assert kernel.values({"one": np.array([[7, 0]], np.float32)})[0] == pytest.approx(expected, rel=1e-6)


def test_two_dense_channels_share_the_weight_of_one() -> None:
    """Each of D channels has the weight 2/D, so agreeing channels give what one gives."""
    rows = {"one": DENSE, "two": DENSE[::-1]}
    kernel = Kernel.against(rows, slice(None), Terms.of({"one": NO_MEAN, "two": NO_MEAN}))
    first = kernel.values(take(rows, slice(0, 1)))[0]
    # Against itself both agree; against the middle row both are orthogonal; the last is opposite in both.
    assert first == pytest.approx([2, 2 * math.exp(-3), 2 * math.exp(-6)], rel=1e-6)


def test_the_bundled_encoders_do_not_count_alike() -> None:
    """Of the two that are bundled e5 counts 1.3 and the other 0.7; alone, either counts 2."""
    rows = {"e5": DENSE, "use": DENSE[[1, 1, 2]]}
    kernel = Kernel.against(rows, slice(None), Terms.of({"e5": NO_MEAN, "use": NO_MEAN}))
    asked = {"e5": DENSE[:1], "use": DENSE[1:2]}
    far = math.exp(-3)
    assert kernel.values(asked)[0] == pytest.approx([2, 1.3 * far + 0.7, 1.3 * math.exp(-6) + 0.7 * far], rel=1e-6)
    for part in rows:
        alone = Kernel.against({part: DENSE}, slice(None), Terms.of({part: NO_MEAN}))
        assert alone.values({part: DENSE[:1]})[0, 0] == pytest.approx(2)


def test_terms_are_those_an_index_was_built_on() -> None:
    """Weights that were stored count as they were, whatever counts now; where none were, the encoders count alike."""
    means = {"e5": NO_MEAN, "use": NO_MEAN}
    built = {"e5": 1.8, "use": 0.2, "characters": 0.1, "pinyin": 0.4}
    assert Terms.restore(means, built).weights == built
    assert Terms.restore(means, {}).weights == {"e5": 1, "use": 1, "characters": 0.5, "pinyin": 0.35}


def test_lexical_channels_add_their_weighted_cosines() -> None:
    """Characters count half, pinyin 0.35: a text with itself comes to 2 + 0.5 + 0.35."""
    rows = {"one": DENSE, "characters": LEXICAL, "pinyin": LEXICAL}
    kernel = Kernel.against(rows, slice(None), Terms.of({"one": NO_MEAN}))
    first = kernel.values(take(rows, slice(0, 1)))[0]
    assert first == pytest.approx([2.85, 2 * math.exp(-3) + 0.5 * 0.6 + 0.35 * 0.6, 2 * math.exp(-6)], rel=1e-6)


def test_the_mean_is_taken_out_before_the_angle_is_measured() -> None:
    """Around the mean (1, 1), the rows (2, 1) and (0, 1) are opposite and (1, 3) orthogonal to both."""
    rows = {"one": np.array([[2, 1], [0, 1], [1, 3]], np.float32)}
    kernel = Kernel.against(rows, slice(None), Terms.of({"one": np.array([1, 1], np.float32)}))
    expected = [2, 2 * math.exp(-6), 2 * math.exp(-3)]
    assert kernel.values(take(rows, slice(0, 1)))[0] == pytest.approx(expected, rel=1e-6)


def test_a_row_that_is_the_mean_has_no_direction_and_no_nan() -> None:
    """It counts as orthogonal to everything."""
    kernel = Kernel.against({"one": DENSE}, slice(None), Terms.of({"one": np.array([4, 4], np.float32)}))
    assert kernel.values({"one": np.array([[4, 4]], np.float32)})[0] == pytest.approx([2 * math.exp(-3)] * 3)


def test_centred_rows_have_length_one_as_seen_from_the_centre() -> None:
    """(4, 1) is (1, 0) from (1, 1), whatever its own length; a row at the centre stays zero."""
    rows = np.array([[4, 1], [1, -3], [1, 1]], np.float32)
    assert centred(rows, np.array([1, 1], np.float32)).tolist() == [[1, 0], [0, -1], [0, 0]]


def test_few_rows_shrink_the_mean_towards_none() -> None:
    """Of twenty rows half the mean counts, of none-too-many less, of very many nearly all."""
    assert mean(np.full((20, 1), 6, np.float32)).tolist() == [3.0]
    assert mean(np.full((5, 1), 10, np.float32)).tolist() == [2.0]
    assert mean(np.full((1980, 1), 1, np.float32)) == pytest.approx([0.99])


def test_means_are_of_all_rows_also_where_few_are_bases() -> None:
    """Two landmarks of three rows, yet the centre is that of all three."""
    kernel = Kernel.against({"one": DENSE, "characters": LEXICAL}, np.array([0, 2]))
    assert set(kernel.means) == {"one"}
    assert kernel.means["one"] == pytest.approx(DENSE.mean(axis=0) * 3 / 23)
    assert kernel.values({"one": DENSE, "characters": LEXICAL}).shape == (3, 2)


def test_values_of_rows_with_themselves_are_symmetric_and_positive_definite() -> None:
    """What the ridge regression needs of a kernel."""
    drawn = np.random.default_rng(3)
    dense = drawn.normal(size=(30, 8)).astype(np.float32)
    lexical = sparse.csr_matrix(np.abs(drawn.normal(size=(30, 5))).astype(np.float32))
    rows = {"one": dense, "characters": lexical}
    values = Kernel.against(rows, slice(None)).values(rows).astype(float)
    assert values == pytest.approx(values.T, abs=1e-5)
    assert np.linalg.eigvalsh(values).min() > 0


def test_each_row_is_valued_as_if_it_were_alone() -> None:
    """Over more bases than a block holds: what `values` gives, and to the last digit the same beside seven others."""
    random = np.random.default_rng(0)
    bases = {"one": random.standard_normal((2 * BLOCK + 7, 48)).astype(np.float32)}
    kernel = Kernel.against(bases, slice(None))
    rows = {"one": random.standard_normal((8, 48)).astype(np.float32)}
    together = kernel.each(rows)
    assert together == pytest.approx(kernel.values(rows), abs=1e-5)
    for place in range(8):
        assert np.array_equal(kernel.each(take(rows, slice(place, place + 1)))[0], together[place])


def test_a_kernel_without_channels_is_refused() -> None:
    """There would be nothing to compare by."""
    with pytest.raises(ValueError, match="at least one channel"):
        Kernel.against({}, slice(None)).values({})


def test_rows_are_taken_and_stacked_in_order_in_every_channel() -> None:
    """Taking picks, stacking puts the groups under one another, dense and sparse alike."""
    rows = {"one": DENSE, "characters": LEXICAL}
    both = stack(take(rows, np.array([2, 0])), take(rows, slice(1, 2)))
    assert np.asarray(both["one"]).tolist() == [[-3, 0], [1, 0], [0, 2]]
    assert sparse.issparse(both["characters"])
    assert both["characters"].toarray() == pytest.approx(np.array([[0, 0], [1, 0], [0.6, 0.8]]))  # type: ignore[union-attr]  # sparse
