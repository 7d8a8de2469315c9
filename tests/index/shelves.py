"""Artefacts of two files, on shelves of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.shelf import Shelf

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
A, B, C = "a" * 12, "b" * 12, "c" * 12
MANIFEST_OF: dict[str, Any] = {
    "embedder": "toy",
    "dimensions": {"one": 64},
    "recipe": "r",
    "counts": {"entries": 2},
    "metrics": {},
}


def fill(folder: Path) -> None:
    """Two files."""
    (folder / "entries.json").write_text("[]", "utf-8")
    (folder / "ranker.npz").write_bytes(b"\x00\x01\x02")


def written(shelf: Shelf, *versions: str) -> Path:
    """Writes artefacts of these versions; the last one's folder."""
    return [shelf.write(version, fill, MANIFEST_OF) for version in versions][-1]


def published(shelf: Shelf, *versions: str) -> None:
    """Writes and publishes these versions, one after the other."""
    for version in versions:
        written(shelf, version)
        shelf.publish(version, AT, "li")


def flip(path: Path) -> None:
    """Changes one bit of the file's last byte."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
