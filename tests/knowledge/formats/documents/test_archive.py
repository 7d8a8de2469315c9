"""Archives: what may be opened."""

from __future__ import annotations

import zipfile

import pytest

from knowledge.errors import DocumentError
from knowledge.formats.documents import archive, limits
from tests.knowledge.formats.documents import manuals

BOMB = b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>'
OUTSIDE = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'


def test_an_ordinary_archive_names_its_parts() -> None:
    """As office programs write them."""
    assert archive.checked(manuals.archive({"a.xml": b"<a/>", "b.bin": b"\0" * 1000})) == {"a.xml", "b.bin"}


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE, BOMB.decode().encode("utf-16")])
def test_declared_entities_are_refused(xml: bytes) -> None:
    """Before anything else reads the part, and in any encoding."""
    with pytest.raises(DocumentError, match="declares a document type"):
        archive.checked(manuals.archive({"word/document.xml": xml}))


def test_a_part_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousandfold, or all of them together beyond the limit."""
    with pytest.raises(DocumentError, match="unpacks to"):
        archive.checked(manuals.archive({"a.bin": b"\0" * 3_000_000}))
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 1000)
    with pytest.raises(DocumentError, match="2000 bytes once unpacked, at most 1000"):
        archive.checked(manuals.archive({"a": b"x" * 1000, "b": b"x" * 1000}, zipfile.ZIP_STORED))


def test_too_many_parts_and_broken_archives_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what is wrong."""
    monkeypatch.setattr(limits, "PARTS", 1)
    with pytest.raises(DocumentError, match="2 files inside, at most 1"):
        archive.checked(manuals.archive({"a": b"", "b": b""}))
    with pytest.raises(DocumentError, match="broken"):
        archive.checked(archive.MARK + b"nothing")
    with pytest.raises(DocumentError, match="not well-formed"):
        archive.checked(manuals.archive({"a.xml": b"<a>"}))
