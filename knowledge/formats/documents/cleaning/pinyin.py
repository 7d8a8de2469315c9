"""Pinyin that a converter put behind characters: 務(wù).

It goes where it is a reading of the character before it. A note that a writer made, such as 行(háng), looks the same, so
nothing is done unless the document has several.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.formats.documents.blocks import Block, Cleaned, mended
from knowledge.pinyin import readings

# The opening bracket may have been lost to a question mark on the way.
INSERTED = re.compile(r"([\u3400-\u9fff])[(（?？]([a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]{1,6})[)）]")
LEAST = 3  # in a document, below which they may be meant


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Without it, where the document has at least `LEAST`."""
    found = sum(_reads(match) for block in blocks for match in INSERTED.finditer(block.text))
    return mended(blocks, "pinyin", _mend) if found >= LEAST else Cleaned(list(blocks), [])


def _mend(text: str) -> tuple[str, int]:
    count = 0

    def bare(match: re.Match[str]) -> str:
        nonlocal count
        if not _reads(match):
            return match[0]
        count += 1
        return match[1]

    return INSERTED.sub(bare, text), count


def _reads(match: re.Match[str]) -> bool:
    return match[2] in readings(match[1])
