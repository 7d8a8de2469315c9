"""A manual as numbered lines under headings: what every recogniser reads.

A line's marker (1、 A. ·) is set apart from its text; a heading is a short line that opens a section.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.formats.documents.blocks import Block, Place

MARKER = re.compile(
    r"\s*(?:第[一二三四五六七八九十\d]+[章节篇条部][：:、\s]*|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)][、.]?|(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.．)）](?!\d)"
    r"|[①-⑳]|[A-Ha-h][.、．)）](?![a-z])|[-•·●■◆➢✓]+(?=[^-])|\*\s|[?？](?=\S)|u(?=[\u3400-\u9fff“*×])|#{1,6}\s)\s*"
)
BOLD = re.compile(r"^\*\*([^*\n]+)\*\*")
SECTION = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十\d]+[章节篇部])"
)
NAMED = re.compile(
    r"(?:规范|用语|话术|流程|要求|标准|须知|守则|技巧|忌语|禁语|禁忌|语言|注意事项|原则|范例|应答|模拟|说法|制度|常见问题|问答|FAQ|参考|方面|篇|情景|场景)[）)]?[：:]?$",
    re.IGNORECASE,
)
LONGEST_HEADING = 30
SENTENCE = tuple("。！？；，、”,;!?.…")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its marker. `section` is the heading it stands under, empty before the first."""

    number: int  # its block's, from 0
    text: str
    marker: str
    place: Place
    heading: bool
    section: str
    cells: tuple[str, ...] = ()


def lines_of(blocks: Iterable[Block]) -> tuple[Line, ...]:
    """The document's lines in their order."""
    return tuple(_lines(blocks))


def _lines(blocks: Iterable[Block]) -> Iterator[Line]:
    section = ""
    for number, block in enumerate(blocks):
        found = MARKER.match(block.text) if block.kind != "row" else None
        marker = found[0].strip() if found else ""
        text = BOLD.sub(r"\1", block.text[found.end() if found else 0 :]).strip()
        if not text and block.kind != "row":
            continue
        heading = _opens_section(block, text)
        yield Line(number, text, marker, block.place, heading, section, block.cells)
        if heading:
            section = text.rstrip("：:")


def _opens_section(block: Block, text: str) -> bool:
    if block.kind == "row" or len(text) > LONGEST_HEADING:
        return False
    if block.kind == "heading":
        return True
    bare = text.rstrip("：:")
    if not bare or bare.endswith(SENTENCE):
        return False
    return SECTION.match(block.text) is not None or NAMED.search(text) is not None
