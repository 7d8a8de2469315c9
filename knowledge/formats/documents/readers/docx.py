"""DOCX: paragraphs, headings and table rows of the body, in their order. Headers and footers are left where they are.

Cells are taken as the file has them: python-docx's own `row.cells` repeats a cell as often as its span says, and a span
may say a thousand million.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from docx import Document
from docx.document import Document as Opened
from docx.opc.exceptions import OpcError
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from lxml import etree

from knowledge.errors import DocumentError
from knowledge.formats.documents import limits
from knowledge.formats.documents.archive import checked
from knowledge.formats.documents.blocks import CELLS, Block, BlockKind, Place

BODY = "word/document.xml"
DEEPEST = 8  # tables within tables
BROKEN = (
    OpcError,
    etree.LxmlError,
    KeyError,
    ValueError,
    AttributeError,
    TypeError,
    IndexError,
    RecursionError,
    OSError,
    EOFError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)


def read(data: bytes) -> tuple[Block, ...]:
    """The blocks of the body; DocumentError where the file is broken or no DOCX."""
    if BODY not in checked(data):
        raise DocumentError(
            f"the archive holds no {BODY}: this is no DOCX; save the document as DOCX, PDF, HTML or TXT"
        )
    try:
        return tuple(_numbered(Document(io.BytesIO(data))))
    except DocumentError:
        raise
    except BROKEN as error:
        raise DocumentError(f"the DOCX is broken ({type(error).__name__}): open it and save it again") from error


def _numbered(document: Opened) -> Iterator[Block]:
    characters = blocks = 0
    for paragraph, (text, kind) in enumerate(_texts(document.iter_inner_content(), 0), 1):
        characters += len(text)
        limits.at_most(characters, limits.CHARACTERS, "characters")
        for line, content in enumerate(text.split("\n"), 1):
            if content.strip():
                blocks += 1
                limits.at_most(blocks, limits.BLOCKS, "lines")
                yield Block(content, Place(paragraph=paragraph, line=line), kind)


def _texts(content: Iterator[Paragraph | Table], depth: int) -> Iterator[tuple[str, BlockKind]]:
    for found in content:
        if isinstance(found, Paragraph):
            yield found.text.replace(CELLS, " "), _kind(found)
        elif depth < DEEPEST:
            yield from _rows(found, depth)


def _rows(table: Table, depth: int) -> Iterator[tuple[str, BlockKind]]:
    for row in table._tbl.tr_lst:
        cells = [_Cell(cell, table) for cell in row.tc_lst]
        if len(cells) == 1:  # a frame around text rather than a table
            yield from _texts(cells[0].iter_inner_content(), depth + 1)
            continue
        # A line break within a cell is no end of a row.
        yield CELLS.join(" ".join(cell.text.split()) for cell in cells), "row"


def _kind(paragraph: Paragraph) -> BlockKind:
    style = paragraph.style.name.lower() if paragraph.style is not None and paragraph.style.name else ""
    if style.startswith(("heading", "title", "标题")):
        return "heading"
    listed = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    return "item" if listed or style.startswith("list") else "text"
