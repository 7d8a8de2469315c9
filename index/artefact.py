"""An artefact's folder: its files, and the manifest that lists them with their hashes.

A version is the hash of what the artefact was made from, so the same content gives the same name and the same bytes.
This module knows files, not what is in them; where versions stand and which is live, `index.shelf` knows.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, ValidationError
from pydantic.dataclasses import dataclass as checked

from index.errors import ArtefactError

FORMAT = 3
MANIFEST = "manifest.json"
VERSION = re.compile(r"[0-9a-f]{12}")  # the whole of a name
NEXT_STEP = "build one with `huashu build`"


@dataclass(frozen=True)
class Names:
    """File names inside an artefact."""

    entries: str = "entries.json"
    policy: str = "policy.json"
    variants: str = "variants.json"
    strangers: str = "strangers.npz"
    ranker: str = "ranker.npz"
    confidence: str = "confidence.json"
    triggers: str = "triggers.npz"
    report: str = "report.json"

    def dense(self, part: str) -> str:
        return f"dense-{part}.faiss"

    def lexical(self, channel: str) -> str:
        return f"lexical-{channel}.npz"


NAMES = Names()


@checked(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class Manifest:
    """What an artefact says of itself. No time and no machine: the same content gives the same bytes."""

    format: int
    version: str
    embedder: str
    dimensions: dict[str, int]
    recipe: str
    counts: dict[str, int]
    files: dict[str, str]
    metrics: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a folder; ArtefactError where it is missing, cannot be read or has other fields."""
        path = folder / MANIFEST
        try:
            content = json.loads(path.read_text("utf-8"))
        except FileNotFoundError as error:
            raise ArtefactError(f"{folder} is not an artefact: it has no {MANIFEST}; {NEXT_STEP}") from error
        except (OSError, ValueError) as error:
            raise ArtefactError(f"{path} cannot be read ({error}); {NEXT_STEP}") from error
        found = content.get("format") if isinstance(content, dict) else None
        if found != FORMAT:
            raise ArtefactError(f"{path} has format {found!r}, this program reads {FORMAT}; {NEXT_STEP}")
        try:
            return cls(**content)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise ArtefactError(f"{path} does not have the fields of format {FORMAT} ({wrong}); {NEXT_STEP}") from error


def digest(content: bytes) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(content).hexdigest()


def canonical(content: object) -> bytes:
    """JSON with one spelling for one value."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode("utf-8")


def verify(folder: Path, embedder: str | None = None) -> Manifest:
    """The manifest, once every listed file is there with its hash and the embedder is the one in use."""
    manifest = Manifest.read(folder)
    if VERSION.fullmatch(folder.name) and manifest.version != folder.name:
        raise ArtefactError(f"{folder} holds artefact {manifest.version!r}, not its own: {NEXT_STEP}")
    if embedder is not None and manifest.embedder != embedder:
        raise ArtefactError(
            f"artefact {manifest.version} was built with embedder {manifest.embedder}, this service runs {embedder}: "
            f"set HUASHU_EMBEDDER to it, or {NEXT_STEP}"
        )
    for name, expected in sorted(manifest.files.items()):
        try:
            found = digest((folder / name).read_bytes())
        except OSError as error:
            raise ArtefactError(f"artefact {manifest.version} lacks {name} ({error.strerror}); {NEXT_STEP}") from error
        if found != expected:
            raise ArtefactError(
                f"artefact {manifest.version}: {name} has hash {found[:12]}, "
                f"the manifest says {expected[:12]}; {NEXT_STEP}"
            )
    return manifest
