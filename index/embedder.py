"""The embedder as the rest sees it: text in, unit vectors out, one matrix a part.

What makes one, and takes seconds to import, is `index.engines`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.text import normalise

Matrix = NDArray[np.float32]
Progress = Callable[[int, int], None]

LONGEST = 480  # characters that reach an engine; of a longer text, its two ends


class Embedder(Protocol):
    """Text → unit vectors, one matrix a part."""

    @property
    def name(self) -> str:
        """What the artefact records, and refuses to be read without."""

    @property
    def dimensions(self) -> dict[str, int]:
        """Part → dimensions, in the order of `encode`'s result."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> dict[str, Matrix]:
        """Part → (len(texts), dimensions) float32 rows of length 1. `progress` gets (done, all)."""


def prepare(text: str) -> str:
    """What an engine is given for a text: normalised, at most `LONGEST` characters, never empty."""
    text = normalise(text) or "?"
    return text if len(text) <= LONGEST else text[: LONGEST // 2] + text[-LONGEST // 2 :]
