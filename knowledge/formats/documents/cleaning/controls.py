"""What is no text at all: control, invisible and private-use characters, and the codes of Word's fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.formats.documents.blocks import CELLS, Block, Cleaned, mended
from knowledge.text import INVISIBLE, encodable

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff\ufffe\uffff]")
FIELD = re.compile(r'\s*(?:HYPERLINK|PAGEREF|TOC|MERGEFORMAT)\s*(?:"[^"]*"|\\[a-z*](?:\s*"[^"]*")?|\s)+')
SPACES = re.compile(r"[ \u00a0\u2000-\u200a\u202f\u205f\u3000]+")


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Without them, and with one blank for several."""
    return mended(blocks, "controls", _mend)


def _mend(text: str) -> tuple[str, int]:
    count = 0
    for pattern in (FIELD, CONTROL, INVISIBLE):
        text, found = pattern.subn("", text)
        count += found
    kept = encodable(text)
    count += len(text) - len(kept)
    # Only what lies between words is a blank; around cells it is nothing.
    tidy = CELLS.join(SPACES.sub(" ", cell).strip() for cell in kept.split(CELLS))
    return tidy, count
