"""TXT: every line is a block; paragraphs are what blank lines part."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.formats.documents import limits
from knowledge.formats.documents.blocks import Block, Place
from knowledge.formats.documents.decoding import decode


def read(data: bytes) -> tuple[Block, ...]:
    """The lines that are not blank."""
    limits.at_most(len(data), limits.PLAIN_BYTES, "bytes of plain text")
    return tuple(_lines(decode(data)))


def _lines(text: str) -> Iterator[Block]:
    paragraph, between = 0, True
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n"), 1):
        if not line.strip():
            between = True
            continue
        paragraph, between = paragraph + between, False
        yield Block(line.replace("\t", " "), Place(paragraph=paragraph, line=number))
