"""The steps in their order, which matters: characters before lines, furniture before breaks, slips once lines are whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from knowledge.formats.documents.blocks import Block, Change, Cleaned, Step
from knowledge.formats.documents.cleaning import (
    breaks,
    controls,
    doubling,
    furniture,
    mojibake,
    ocr,
    pinyin,
    punctuation,
    script,
    widths,
)

STEPS: Final[tuple[Step, ...]] = (
    mojibake.clean,
    controls.clean,
    widths.clean,
    pinyin.clean,
    script.clean,
    furniture.clean,
    breaks.clean,
    ocr.clean,
    punctuation.clean,
    doubling.clean,
)


def cleaned(blocks: Sequence[Block]) -> Cleaned:
    """The blocks after every step, and every change any of them made."""
    found = list(blocks)
    changes: list[Change] = []
    for step in STEPS:
        found, made = step(found)
        changes += made
    return Cleaned(found, changes)
