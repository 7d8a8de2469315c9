"""Artefacts as files: what they say of themselves, and that damage is named before anybody uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from index.artefact import FORMAT, MANIFEST, NAMES, Manifest, canonical, digest, verify
from index.errors import ArtefactError
from index.shelf import Shelf
from tests.index.shelves import MANIFEST_OF, A, flip, written


def test_one_value_has_one_spelling() -> None:
    """Keys sorted, no spaces, Chinese as it is, a newline at the end."""
    assert canonical({"b": 1, "a": ["退款"]}) == '{"a":["退款"],"b":1}\n'.encode()


def test_file_names_are_declared_once() -> None:
    """Parts and channels name their own files."""
    assert (NAMES.dense("use"), NAMES.lexical("pinyin")) == ("dense-use.faiss", "lexical-pinyin.npz")


def test_an_artefact_describes_itself(shelf: Shelf) -> None:
    """The manifest lists every file with its hash beside what the builder said, and reads back as written."""
    folder = written(shelf, A)
    assert folder == shelf.path(A)
    expected = {"entries.json": digest(b"[]"), "ranker.npz": digest(b"\x00\x01\x02")}
    assert verify(folder, "toy") == Manifest(format=FORMAT, version=A, files=expected, **MANIFEST_OF)
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2


def rewrite(folder: Path, **fields: Any) -> None:
    """Replaces fields of a manifest."""
    path = folder / MANIFEST
    path.write_bytes(canonical(json.loads(path.read_bytes()) | fields))


OTHER_KINDS: tuple[tuple[str, Any], ...] = (
    ("files", None),
    ("files", []),
    ("files", {"ranker.npz": 1}),
    ("dimensions", {"one": "64"}),
    ("metrics", None),
    ("counts", []),
    ("embedder", None),
)
DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: flip(folder / "ranker.npz"), r"a{12}: ranker\.npz has hash \w{12}, the manifest says \w{12}"),
    (lambda folder: (folder / "entries.json").unlink(), r"artefact a{12} lacks entries\.json \(No such file"),
    (lambda folder: (folder / MANIFEST).unlink(), r"is not an artefact: it has no manifest\.json"),
    (lambda folder: (folder / MANIFEST).write_text("{", "utf-8"), r"manifest\.json cannot be read"),
    (lambda folder: (folder / MANIFEST).write_bytes(b"\xff\xfe"), r"manifest\.json cannot be read"),
    (lambda folder: (folder / MANIFEST).write_text("[]", "utf-8"), r"has format None, this program reads 3"),
    (lambda folder: rewrite(folder, format=99), r"has format 99, this program reads 3"),
    (lambda folder: rewrite(folder, extra=1), r"does not have the fields of format 3 .*extra"),
    *(
        (partial(rewrite, **{field: value}), rf"does not have the fields of format 3 \({field}")
        for field, value in OTHER_KINDS
    ),
]


@pytest.mark.parametrize(("damage", "message"), DAMAGES, ids=range(len(DAMAGES)))
def test_damage_is_named_with_the_next_step(damage: Callable[[Path], object], message: str, shelf: Shelf) -> None:
    """One flipped bit, a missing file, a foreign or senseless manifest: file and both values are in the message."""
    folder = written(shelf, A)
    verify(folder)
    damage(folder)
    with pytest.raises(ArtefactError, match=message) as raised:
        verify(folder)
    assert "huashu build" in str(raised.value)


def test_every_listed_file_is_checked(shelf: Shelf) -> None:
    """Whichever file is damaged, it is the one named."""
    for name in ("entries.json", "ranker.npz"):
        folder = written(shelf, A)
        flip(folder / name)
        with pytest.raises(ArtefactError, match=name):
            verify(folder)


def test_another_embedders_artefact_is_refused_with_both_names(shelf: Shelf) -> None:
    """The message says which made it, which runs, and which setting decides."""
    folder = written(shelf, A)
    with pytest.raises(ArtefactError, match=r"embedder toy, this service runs bge-small: set HUASHU_EMBEDDER"):
        verify(folder, "bge-small")
    assert verify(folder).embedder == "toy"
