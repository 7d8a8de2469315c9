"""PDF: lines of pages; scans, locked and broken files say what they are."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfWriter

from knowledge.errors import DocumentError
from knowledge.formats.documents.readers import pdf
from tests.knowledge.formats.documents import manuals


def blank(password: str = "") -> bytes:
    """A PDF with a page and nothing on it."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_lines_know_their_page() -> None:
    """Chinese text comes out as it went in."""
    found = pdf.read(manuals.pdf([["您好，这里是青松书屋。", "请稍等。"], ["再见。"]]))
    assert [(one.text, one.place.page, one.place.line) for one in found] == [
        ("您好，这里是青松书屋。", 1, 1),
        ("请稍等。", 1, 2),
        ("再见。", 2, 1),
    ]


def test_a_scan_says_that_it_has_no_text() -> None:
    """And what to do."""
    with pytest.raises(DocumentError, match="1 pages and no text: it is a scan; run OCR"):
        pdf.read(blank())


def test_a_locked_file_says_so() -> None:
    """Nobody knows its password."""
    with pytest.raises(DocumentError, match="locked by a password"):
        pdf.read(blank("secret"))


@pytest.mark.parametrize("cut", [9, 60, 200])
def test_a_broken_file_says_so(cut: int) -> None:
    """Whatever the library runs into."""
    with pytest.raises(DocumentError):
        pdf.read(manuals.pdf([["您好，这里是青松书屋。"]])[:cut])
