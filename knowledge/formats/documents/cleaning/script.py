"""Characters that a site put in another's place: a Traditional display of a Simplified text, 旳 for 的.

Traditional characters are made Simplified only in a document that mixes both, as no writer does; a manual in Traditional
characters stays as it is. 旳 is made 的 only in a document that has hardly any 的.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from knowledge.formats.documents.blocks import Block, Cleaned, mended
from knowledge.text import CJK, simplified, traditional

LEAST = 10  # characters of the smaller kind
LEAST_SHARE = 0.02  # of it among both kinds
# OpenCC keeps 著, which is a character of its own (著名); beside these it is the particle.
PARTICLE = re.compile(r"著(?=急)|(?<=[带急任决定看听拿想说跟朝对等])著(?![名作称录])")
TARGET, STAND_IN = "的", "旳"
# Simplified by their looks and Traditional by right: they say nothing.
BOTH = frozenset("后里台面干斗谷几丑云余于并只松千回才板表布采冲出当复卷困了历辟扑千秋曲舍折制致准据群床峰钟")


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Every block in one script."""
    counts = Counter(character for block in blocks for character in CJK.findall(block.text))
    swapped = counts[STAND_IN] >= LEAST and counts[STAND_IN] > counts[TARGET]
    mixed = _mixed(counts)
    if not swapped and not mixed:
        return Cleaned(list(blocks), [])

    def mend(text: str) -> tuple[str, int]:
        after = text.replace(STAND_IN, TARGET) if swapped else text
        after = PARTICLE.sub("着", simplified(after)) if mixed else after
        return after, sum(one != other for one, other in zip(text, after, strict=False))

    return mended(blocks, "script", mend)


def _mixed(counts: Counter[str]) -> bool:
    kinds = Counter[str]()
    for character, count in counts.items():
        kinds[_script(character)] += count
    fewer, more = sorted((kinds["simplified"], kinds["traditional"]))
    return fewer >= LEAST and fewer >= LEAST_SHARE * (fewer + more)


@lru_cache(maxsize=2**14)
def _script(character: str) -> str:
    if character in BOTH:
        return "both"
    if simplified(character) != character:
        return "traditional"
    return "simplified" if traditional(character) != character else "both"
