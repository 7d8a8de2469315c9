"""Half-width punctuation between Chinese characters as Chinese punctuation: 您好,请稍等! → 您好，请稍等！

Only beside Chinese text; between digits and letters (8:30, v1.2) it is right as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.formats.documents.blocks import Block, Cleaned, mended

WIDE = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}
BESIDE = r"\u3400-\u9fff”’」』》）"
MARK = re.compile(
    rf"(?<=[{BESIDE}])\s?([,:;?!]+)(?![0-9])|(?<=[{BESIDE}])\s?([,;?!])(?=[0-9])|(?<=[0-9A-Za-z*×])([,;?!])(?=[\u3400-\u9fff“])"
)
BRACKETS = re.compile(r"\(([^()（）\n]*[\u3400-\u9fff][^()（）\n]*)\)")
HALF_OPEN = re.compile(r"\(([^()（）\n]*[\u3400-\u9fff][^()（）\n]*)）|（([^()（）\n]*[\u3400-\u9fff][^()（）\n]*)\)")
QUOTED = re.compile(r'"([^"\n]*[\u3400-\u9fff][^"\n]*)"')
HALF_QUOTED = re.compile(r'"([^"“”\n]{2,})”|“([^"“”\n]{2,})"')


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Each as its full-width twin, brackets and quotation marks in pairs."""
    return mended(blocks, "punctuation", _mend)


def _mend(text: str) -> tuple[str, int]:
    text, brackets = BRACKETS.subn(r"（\1）", text)
    text, open_ones = HALF_OPEN.subn(lambda found: f"（{found[1] or found[2]}）", text)
    text, quotes = QUOTED.subn(r"“\1”", text)
    text, half_quotes = HALF_QUOTED.subn(lambda found: f"“{found[1] or found[2]}”", text)
    text, marks = MARK.subn(lambda found: "".join(WIDE[mark] for mark in found[1] or found[2] or found[3]), text)
    return text, brackets + open_ones + quotes + half_quotes + marks
