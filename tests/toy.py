"""A toy embedder whose vectors are exact by hand: letters as axes, so scores can be computed on paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.embedder import Matrix, Progress
from knowledge.text import normalise


class ToyEmbedder:
    """Two parts of 64 dimensions: counts of characters (`one`) and of neighbouring pairs (`two`), at length 1.

    Character c counts on axis ord(c) % 64, the pair ab on axis (7·ord(a) + ord(b)) % 64. Equal texts score 1.0.
    """

    name = "toy"
    dimensions = {"one": 64, "two": 64}

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> dict[str, Matrix]:
        self.encoded += texts
        rows = {part: np.zeros((len(texts), size), np.float32) for part, size in self.dimensions.items()}
        for row, text in enumerate(texts):
            characters = normalise(text) or "?"
            for character in characters:
                rows["one"][row, ord(character) % 64] += 1
            for first, second in zip(characters, characters[1:] or characters, strict=False):
                rows["two"][row, (7 * ord(first) + ord(second)) % 64] += 1
        if progress is not None:
            progress(len(texts), len(texts))
        return {part: matrix / np.linalg.norm(matrix, axis=1, keepdims=True) for part, matrix in rows.items()}
