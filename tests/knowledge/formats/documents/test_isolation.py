"""Reading in a process of its own."""

from __future__ import annotations

import subprocess

import pytest

from knowledge.errors import DocumentError
from knowledge.formats.documents import limits
from knowledge.formats.documents.isolation import read_apart
from knowledge.formats.documents.reading import read
from tests.knowledge.formats.documents.manuals import MESSY


@pytest.mark.slow
def test_it_comes_to_the_same() -> None:
    """But for the time it took; the name goes along in any script."""
    apart, here = read_apart(MESSY.encode(), "青松手册.txt"), read(MESSY.encode(), "青松手册.txt")
    assert apart.model_copy(update={"seconds": 0}) == here.model_copy(update={"seconds": 0})


def test_what_is_wrong_comes_back_as_a_sentence() -> None:
    """The reader's own."""
    with pytest.raises(DocumentError, match="^this is an old Word file"):
        read_apart(b"\xd0\xcf\x11\xe0", "a.doc")


def test_one_that_takes_too_long_is_stopped() -> None:
    """And says how long."""
    with pytest.raises(DocumentError, match=r"longer than 0\.05 s"):
        read_apart(MESSY.encode(), "a.txt", seconds=0.05)


def test_a_reader_that_dies_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its status is told."""
    died = subprocess.CompletedProcess([], -11, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: died)
    with pytest.raises(DocumentError, match="ended with -11"):
        read_apart(b"x", "a.txt")


def test_a_document_beyond_the_limit_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused at once."""
    monkeypatch.setattr(limits, "BYTES", 1)
    monkeypatch.setattr(subprocess, "run", None)
    with pytest.raises(DocumentError, match="2 bytes"):
        read_apart(b"xx", "a.txt")
