"""Vectors of texts already embedded, so that a rebuild embeds only what changed.

One file beside the artefacts, keyed by embedder and by the hash of the prepared text. It is only ever a
short cut: a missing, damaged or foreign file means embedding everything, and says so in the log.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from index.embedder import Embedder, Matrix, Progress, prepare

WORK = ".tmp.npz"  # how a file ends that is being written

logger = logging.getLogger(__name__)


class VectorCache:
    """What one embedder gave for the texts of earlier builds; nothing is forgotten while the embedder stays."""

    def __init__(self, path: Path | None, embedder: Embedder) -> None:
        self._path = path
        self._embedder = embedder
        self._place: dict[str, int] = {}
        self._vectors: dict[str, Matrix] = {
            part: np.zeros((0, size), np.float32) for part, size in embedder.dimensions.items()
        }
        self.reused = 0
        self.embedded = 0
        if path is not None and path.exists():
            self._read(path)

    def _read(self, path: Path) -> None:
        try:
            with np.load(path) as stored:
                if str(stored["embedder"]) != self._embedder.name:
                    logger.info(
                        "the vector cache is of embedder %s, not %s: embedding everything",
                        stored["embedder"],
                        self._embedder.name,
                    )
                    return
                vectors = {part: stored[f"part_{part}"] for part in self._embedder.dimensions}
                keys = stored["keys"].tolist()
        except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
            logger.warning("the vector cache %s cannot be read (%s): embedding everything", path, error)
            return
        if all(matrix.shape == (len(keys), self._embedder.dimensions[part]) for part, matrix in vectors.items()):
            self._place = {key: place for place, key in enumerate(keys)}
            self._vectors = vectors
        else:
            logger.warning("the vector cache %s has rows of other dimensions: embedding everything", path)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> dict[str, Matrix]:
        """Like `Embedder.encode`, from the cache where it can; each distinct text is embedded once."""
        keys = [hashlib.sha1(prepare(text).encode("utf-8"), usedforsecurity=False).hexdigest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._place}
        self.reused += len(set(keys)) - len(missing)
        self.embedded += len(missing)
        if missing:
            fresh = self._embedder.encode(list(missing.values()), progress)
            start = len(self._place)
            self._place.update({key: start + offset for offset, key in enumerate(missing)})
            self._vectors = {part: np.concatenate([self._vectors[part], fresh[part]]) for part in self._vectors}
        rows = [self._place[key] for key in keys]
        return {part: matrix[rows] for part, matrix in self._vectors.items()}

    def save(self) -> None:
        """Write atomically; called once a build has everything it needs."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        work = self._path.with_suffix(f".{os.getpid()}{WORK}")
        content: dict[str, Any] = {f"part_{part}": matrix for part, matrix in self._vectors.items()}
        content |= {"embedder": np.array(self._embedder.name), "keys": np.array(list(self._place), dtype="U40")}
        np.savez(work, **content)
        os.replace(work, self._path)


def sweep(path: Path) -> None:
    """Remove what processes killed while they saved left beside it. Only call where nobody saves."""
    for left in path.parent.glob(f"{path.stem}.*{WORK}"):
        left.unlink(missing_ok=True)
