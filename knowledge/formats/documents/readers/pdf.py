"""PDF with text in it: every line of every page is a block. A scan, which has none, is refused and says so."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from knowledge.errors import DocumentError
from knowledge.formats.documents import limits
from knowledge.formats.documents.blocks import Block, Place

LEAST = 4  # characters a page, below which a document is a scan

# It complains of every flaw of every file, on standard error; what could not be read shows in what was.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read(data: bytes) -> tuple[Block, ...]:
    """The lines of all pages; DocumentError where the file is broken, locked or holds pictures only."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("the PDF is locked by a password: save it without one")
        pages = len(reader.pages)
        limits.at_most(pages, limits.PAGES, "pages")
        blocks = tuple(_lines(reader))
    except DocumentError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        # pypdf meets a broken file with whatever its own code runs into.
        raise DocumentError(
            f"the PDF is broken ({type(error).__name__}): print it to a new PDF, or save it as DOCX"
        ) from error
    if sum(len(block.text) for block in blocks) < LEAST * max(pages, 1):
        raise DocumentError(f"the PDF has {pages} pages and no text: it is a scan; run OCR over it first")
    return blocks


def _lines(reader: PdfReader) -> Iterator[Block]:
    paragraph = characters = 0
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        characters += len(text)
        limits.at_most(characters, limits.CHARACTERS, "characters")
        between = True
        for line, content in enumerate(text.split("\n"), 1):
            if not content.strip():
                between = True
                continue
            paragraph, between = paragraph + between, False
            yield Block(content.replace("\t", " "), Place(page=number, paragraph=paragraph, line=line))
