"""DOCX: the body in its order; what is no DOCX, or a dangerous one, is refused."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from knowledge.errors import DocumentError
from knowledge.formats.documents.readers import docx
from tests.knowledge.formats.documents import manuals


def changed(data: bytes, pattern: bytes, by: bytes) -> bytes:
    """A DOCX with something else in its body."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts[docx.BODY] = re.sub(pattern, by, parts[docx.BODY], count=1)
    return manuals.archive(parts)


def test_paragraphs_headings_items_and_rows_are_read_in_order() -> None:
    """Each with its paragraph's number."""
    data = manuals.docx(
        [("Heading 1", "用语"), ("List Bullet", "请稍等"), ("Normal", "好的\n再见")], [manuals.TABLE[:2]]
    )
    found = docx.read(data)
    assert [(one.kind, one.text, one.place.paragraph, one.place.line) for one in found] == [
        ("heading", "用语", 1, 1),
        ("item", "请稍等", 2, 1),
        ("text", "好的", 3, 1),
        ("text", "再见", 3, 2),
        ("row", "情景\t话术", 4, 1),
        ("row", "\t".join(manuals.TABLE[1]), 5, 1),
    ]


def test_a_cell_that_spans_the_world_costs_nothing() -> None:
    """A span of a thousand million columns is read as the one cell it is."""
    data = manuals.docx(tables=[manuals.TABLE])
    spanned = changed(data, rb"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="1000000000"/>')
    assert docx.read(spanned)[1].cells == manuals.TABLE[1]


def test_what_is_no_docx_is_refused() -> None:
    """Another archive, a body that is no XML, an XML without a document."""
    for data in (
        manuals.archive({"a.txt": b"x"}),
        changed(manuals.docx(), rb"<w:body>", b"<w:body"),
        manuals.archive({docx.BODY: b"<a/>"}),
    ):
        with pytest.raises(DocumentError):
            docx.read(data)
