"""How familiar a text looks: the share of its Chinese characters that are everyday ones.

Everyday is level 1 of GB 2312, 3 755 characters chosen by how often they are used; it needs no table of its own, as
the standard lists them in one run of codes. Wrongly decoded Chinese falls almost wholly outside it.
"""

from __future__ import annotations

from functools import cache

from knowledge.text import CJK, simplified

FIRST, LAST = 0xB0, 0xD7


@cache
def everyday() -> frozenset[str]:
    """Level 1 of GB 2312."""
    codes = (bytes((row, cell)) for row in range(FIRST, LAST + 1) for cell in range(0xA1, 0xFF))
    return frozenset("".join(code.decode("gb2312", "ignore") for code in codes))


def familiarity(text: str) -> float:
    """0 for a text without an everyday Chinese character, 1 for one whose Chinese characters are all everyday ones."""
    chinese = CJK.findall(simplified(text))
    known = everyday()
    return sum(character in known for character in chinese) / len(chinese) if chinese else 0.0
