"""Full-width letters, digits and signs as ordinary ones: ＡＰＰ, ８：３０, １００％.

Full-width punctuation is Chinese punctuation and stays, except between digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.formats.documents.blocks import Block, Cleaned, mended

WIDE = re.compile(r"[０-９Ａ-Ｚａ-ｚ％＋－＝＠＃＆＊／＿]|(?<=[0-9０-９])[：．](?=[0-9０-９])")
OFFSET = 0xFEE0


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Each as its half-width twin."""
    return mended(blocks, "widths", lambda text: WIDE.subn(lambda found: chr(ord(found[0]) - OFFSET), text))
