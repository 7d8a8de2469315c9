"""Vectors for the benchmarks: embedded once and kept, and turned so that nothing stored resembles them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.cache import VectorCache
from index.embedder import Embedder, Matrix, Progress


class Remembering:
    """An embedder that embeds each text once; what `prepare` was given is kept in a file between runs."""

    def __init__(self, engine: Embedder, path: Path) -> None:
        self.engine = engine
        self.name, self.dimensions = engine.name, engine.dimensions
        self._cache = VectorCache(path, engine)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> dict[str, Matrix]:
        return self._cache.encode(list(texts), progress)

    def prepare(self, texts: Sequence[str]) -> None:
        """Embed what is new, and keep it."""
        self.encode(texts)
        self._cache.save()


def turn(size: int, copy: int) -> Matrix:
    """(size, size) a rotation, another for each copy and always the same."""
    return np.linalg.qr(np.random.default_rng(copy).standard_normal((size, size)))[0].astype(np.float32)
