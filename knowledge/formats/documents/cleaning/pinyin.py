"""Pinyin that a converter put behind characters: 務(wù).

It goes where it is a reading of the character before it, and in a Simplified text it takes the conversion along: 务. A note that a writer made, such as 行(háng), looks the same, so
nothing is done unless the document has several.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.formats.documents.blocks import Block, Cleaned, mended
from knowledge.pinyin import readings
from knowledge.text import CJK, simplified, traditional

# The opening bracket may have been lost to a question mark on the way.
INSERTED = re.compile(r"([\u3400-\u9fff])[(（?？]([a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]{1,6})[)）]")
LEAST = 3  # in a document, below which they may be meant
SIMPLIFIED = 10  # characters that only a Simplified text has, from which it was one before it was converted


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Without it, where the document has at least `LEAST`."""
    found = sum(_reads(match) for block in blocks for match in INSERTED.finditer(block.text))
    if found < LEAST:
        return Cleaned(list(blocks), [])
    own = sum(traditional(character) != character for block in blocks for character in CJK.findall(block.text))
    return mended(blocks, "pinyin", lambda text: _mend(text, own >= SIMPLIFIED))


def _mend(text: str, was_simplified: bool) -> tuple[str, int]:
    count = 0

    def bare(match: re.Match[str]) -> str:
        nonlocal count
        if not _reads(match):
            return match[0]
        count += 1
        return simplified(match[1]) if was_simplified else match[1]

    return INSERTED.sub(bare, text), count


def _reads(match: re.Match[str]) -> bool:
    return match[2] in readings(match[1])
