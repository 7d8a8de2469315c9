"""What an artefact holds, in memory, and how it is laid out in files.

`Contents` is everything a query needs: entries as approved, their phrasings, vectors, lexical rows, the
ranker, confidence and triggers. It is filled by the builder and read by the retriever.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy import sparse

from index.artefact import NAMES, NEXT_STEP, Manifest, canonical, verify
from index.confidence import Confidence
from index.errors import ArtefactError
from index.kernel import Matrix, Rows, Terms
from index.lexical import Lexical
from index.ranker import Ranker
from index.triggers import Triggers
from index.vectors import VectorIndex
from knowledge.model import ApprovedEntry, Policy

ENTRIES = TypeAdapter(tuple[ApprovedEntry, ...])
SEPARATOR = "\n"  # no feature holds one


@dataclass(frozen=True)
class Contents:
    """`variants[i]` as written, `keys[i]` normalised, `owner[i]` the number of its entry in `entries`.

    `products` are the names customers have for each product. `strangers[part]` are the vectors of queries that no entry
    can mean. `trigger_variants` are as written; `trigger_keys` those and the look-alikes after them, normalised.
    """

    entries: tuple[ApprovedEntry, ...]
    policy: Policy
    products: dict[str, tuple[str, ...]]
    variants: tuple[str, ...]
    keys: tuple[str, ...]
    owner: NDArray[np.int64]
    dense: dict[str, VectorIndex]
    strangers: dict[str, Matrix]
    lexical: dict[str, Lexical]
    lexical_rows: dict[str, sparse.csr_matrix]
    ranker: Ranker
    confidence: Confidence
    triggers: Triggers | None
    trigger_variants: tuple[str, ...]
    trigger_keys: tuple[str, ...]
    report: dict[str, Any]

    @property
    def all_are_landmarks(self) -> bool:
        """Whether the ranker's kernel is against every variant, in their order, and not against some of them."""
        return len(self.ranker.landmarks) == len(self.owner)


def save(contents: Contents, folder: Path) -> None:
    """Write every file but the manifest."""
    (folder / NAMES.entries).write_bytes(canonical(ENTRIES.dump_python(contents.entries, mode="json")))
    (folder / NAMES.policy).write_bytes(canonical(contents.policy.model_dump(mode="json")))
    texts = {
        "variants": contents.variants,
        "keys": contents.keys,
        "products": contents.products,
        "owner": contents.owner.tolist(),
        "triggers": contents.trigger_variants,
        "trigger_keys": contents.trigger_keys,
    }
    (folder / NAMES.variants).write_bytes(canonical(texts))
    for part, index in contents.dense.items():
        index.save(folder / NAMES.dense(part))
    strangers: dict[str, Any] = dict(contents.strangers)
    np.savez(folder / NAMES.strangers, **strangers)
    for channel, vocabulary in contents.lexical.items():
        rows = contents.lexical_rows[channel]
        np.savez(
            folder / NAMES.lexical(channel),
            features=np.frombuffer(SEPARATOR.join(vocabulary.features).encode("utf-8"), np.uint8),
            idf=vocabulary.idf,
            unseen=np.float32(vocabulary.unseen),
            data=rows.data,
            indices=rows.indices,
            indptr=rows.indptr,
        )
    ranker = contents.ranker
    learnt: dict[str, Any] = {f"mean_{part}": mean for part, mean in ranker.kernel.means.items()}
    learnt |= {f"weight_{channel}": np.float64(weight) for channel, weight in ranker.kernel.terms.weights.items()}
    learnt |= {"landmarks": ranker.landmarks, "weights": ranker.weights, "left": ranker.left}
    learnt["alone"] = ranker.typicality.weights
    np.savez(folder / NAMES.ranker, **learnt)
    (folder / NAMES.confidence).write_bytes(canonical(contents.confidence.to_json()))
    if contents.triggers is not None:
        found = contents.triggers
        heard: dict[str, Any] = {f"dense_{part}": found.texts[part] for part in contents.dense}
        heard |= {"picked": found.picked, "thresholds": found.thresholds, "example_of": found.example_of}
        heard["ordinary"] = found.ordinary
        np.savez(folder / NAMES.triggers, weights=found.weights, **heard)
    (folder / NAMES.report).write_bytes(canonical(contents.report))


def load(folder: Path, embedder: str) -> tuple[Manifest, Contents]:
    """Read an artefact back, checked against its manifest and the embedder in use.

    Raises ArtefactError, saying what differs; nothing is half-loaded.
    """
    manifest = verify(folder, embedder)
    try:
        return manifest, _load(folder, manifest)
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ArtefactError(f"artefact {manifest.version} cannot be read ({error}); {NEXT_STEP}") from error


def _load(folder: Path, manifest: Manifest) -> Contents:
    texts = json.loads((folder / NAMES.variants).read_bytes())
    owner = np.asarray(texts["owner"], np.int64)
    dense = {part: VectorIndex.load(folder / NAMES.dense(part)) for part in manifest.dimensions}
    with np.load(folder / NAMES.strangers) as stored:
        strangers = {part: stored[part] for part in manifest.dimensions}
    lexical, lexical_rows = _load_lexical(folder, len(owner))
    rows = {**{part: index.rows() for part, index in dense.items()}, **lexical_rows}
    ranker = _load_ranker(folder, dense, lexical, owner, rows)
    has_triggers = (folder / NAMES.triggers).exists()
    return Contents(
        ENTRIES.validate_json((folder / NAMES.entries).read_bytes()),
        Policy.model_validate_json((folder / NAMES.policy).read_bytes()),
        {product: tuple(names) for product, names in texts["products"].items()},
        tuple(texts["variants"]),
        tuple(texts["keys"]),
        owner,
        dense,
        strangers,
        lexical,
        lexical_rows,
        ranker,
        Confidence.from_json(json.loads((folder / NAMES.confidence).read_bytes())),
        _load_triggers(folder, dense, lexical, texts["trigger_keys"], ranker) if has_triggers else None,
        tuple(texts["triggers"]),
        tuple(texts["trigger_keys"]),
        json.loads((folder / NAMES.report).read_bytes()),
    )


def _load_lexical(folder: Path, variants: int) -> tuple[dict[str, Lexical], dict[str, sparse.csr_matrix]]:
    """Channel → its vocabulary, and the rows of so many variants."""
    lexical, rows = {}, {}
    for channel in sorted(path.stem.removeprefix("lexical-") for path in folder.glob("lexical-*.npz")):
        with np.load(folder / NAMES.lexical(channel)) as stored:
            features = stored["features"].tobytes().decode("utf-8").split(SEPARATOR) if len(stored["features"]) else []
            lexical[channel] = Lexical(channel, features, stored["idf"], float(stored["unseen"]))
            rows[channel] = sparse.csr_matrix(
                (stored["data"], stored["indices"], stored["indptr"]), shape=(variants, len(features))
            )
    return lexical, rows


def _load_ranker(
    folder: Path, dense: Iterable[str], lexical: Iterable[str], owner: NDArray[np.int64], rows: Rows
) -> Ranker:
    """The ranker over the variants' `rows`; one written by an earlier version does without what it did not have."""
    with np.load(folder / NAMES.ranker) as stored:
        channels = [channel for channel in (*dense, *lexical) if f"weight_{channel}" in stored]
        counted = {channel: float(stored[f"weight_{channel}"]) for channel in channels}
        terms = Terms.restore({part: stored[f"mean_{part}"] for part in dense}, counted)
        # Those written before there were residuals or typicality were calibrated without them.
        left = stored["left"] if "left" in stored else np.zeros(0, np.float32)
        alone = stored["alone"] if "alone" in stored else np.zeros(len(stored["landmarks"]), np.float32)
        return Ranker.restore(stored["landmarks"], terms, stored["weights"], left, alone, owner, rows)


def _load_triggers(
    folder: Path, dense: Iterable[str], lexical: Mapping[str, Lexical], keys: Sequence[str], ranker: Ranker
) -> Triggers:
    """The triggers over their examples `keys`, with the kernel of the ranker."""
    with np.load(folder / NAMES.triggers) as stored:
        own = {
            **{part: stored[f"dense_{part}"] for part in dense},
            **{channel: vocabulary.transform(keys) for channel, vocabulary in lexical.items()},
        }
        thresholds = stored["thresholds"]
        # Those written before ordinary phrasings counted had thresholds that did without.
        none = np.zeros((len(thresholds), len(ranker.landmarks)), bool)
        return Triggers.restore(
            own,
            ranker.kernel.terms,
            picked=stored["picked"],
            weights=stored["weights"],
            thresholds=thresholds,
            example_of=stored["example_of"],
            ordinary=stored.get("ordinary", none),
        )
