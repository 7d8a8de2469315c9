"""The door to FAISS: unit vectors in, nearest rows by cosine out.

Scores are cosines (−1..1, higher is better) whatever the length of the vectors given. Up to `EXACT_ROWS`
rows the search is exact; above, an HNSW graph. FAISS's padding never leaves this module.
"""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import ArtefactError

Matrix = NDArray[np.float32]

EXACT_ROWS = 16_384  # beyond, reading all rows takes longer than everything else of a query
NEIGHBOURS, BUILD_BREADTH, SEARCH_BREADTH = 32, 200, 128  # of the HNSW graph


def unit(rows: NDArray[np.floating]) -> Matrix:
    """Rows scaled to length 1; a row of zeros stays one."""
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0)
    shape = rows / np.where(largest > 0, largest, 1)  # squares of tiny numbers are lost
    length = np.linalg.norm(shape, axis=1, keepdims=True)
    return np.ascontiguousarray(shape / np.where(length > 0, length, 1), dtype=np.float32)


class VectorIndex:
    """Rows of one matrix, searchable by cosine."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, rows: NDArray[np.floating]) -> VectorIndex:
        """An index of (n, d) rows; n ≥ 1."""
        rows = unit(rows)
        if len(rows) <= EXACT_ROWS:
            index: faiss.Index = faiss.IndexFlatIP(rows.shape[1])
        else:
            index = faiss.IndexHNSWFlat(rows.shape[1], NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
            index.hnsw.efConstruction = BUILD_BREADTH
            index.hnsw.efSearch = SEARCH_BREADTH
        index.add(rows)
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Read what `save` wrote; ArtefactError names a damaged file."""
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise ArtefactError(
                f"{path} is not a readable vector index ({error}): build again with `huashu build`"
            ) from error

    def save(self, path: Path) -> None:
        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def rows(self) -> Matrix:
        """All stored unit vectors, (n, d)."""
        return np.asarray(self._index.reconstruct_n(0, len(self)), dtype=np.float32)

    def search(self, queries: NDArray[np.floating], k: int) -> list[tuple[NDArray[np.int64], Matrix]]:
        """For each query row, (row numbers, cosines) of the nearest min(k, n) rows, best first."""
        scores, places = self._index.search(unit(queries), min(k, len(self)))
        found = []
        for row, place in zip(scores, places, strict=True):
            real = place >= 0
            found.append((place[real].astype(np.int64), np.clip(row[real], -1.0, 1.0)))
        return found
