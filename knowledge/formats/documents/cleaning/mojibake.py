"""Text that was decoded wrongly somewhere on its way: UTF-8 read as GBK or Latin-1, GBK read as Latin-1.

A run is set right only where its bytes are whole text in the other encoding and that text looks more familiar; what lost
bytes on the way stays as it is, as nobody can say what stood there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import ftfy

from knowledge.formats.documents.blocks import Block, Cleaned, mended
from knowledge.formats.documents.familiarity import familiarity
from knowledge.text import CJK

# UTF-8 read as GBK: mostly rare characters, some kana, the euro sign; read as Latin-1: accented letters in a row.
AS_GBK = re.compile(r"[\u00b7\u2014-\u2026\u20ac\u3000-\u33ff\u3400-\u9fff\ue000-\uf8ff\uff00-\uffe5]{3,}")
AS_LATIN = re.compile(r"[\u0080-\u00ff]{4,}")
LONGEST_TAIL = 2  # characters at the end of a run that may belong to what follows


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Every run that is surely misread, as it was meant."""
    return mended(blocks, "mojibake", _mend)


def _mend(text: str) -> tuple[str, int]:
    if text.isascii():
        return text, 0
    count = 0
    fixed = ftfy.fix_encoding(text)
    if fixed != text and len(CJK.findall(fixed)) > len(CJK.findall(text)):
        text, count = fixed, 1

    def again(found: re.Match[str]) -> str:
        nonlocal count
        meant = _as_meant(found[0])
        count += meant != found[0]
        return meant

    return AS_LATIN.sub(again, AS_GBK.sub(again, text)), count


def _as_meant(run: str) -> str:
    if run[0] < "\u0100":
        meant = _recoded(run, "latin-1", "gb18030")
        return meant if meant is not None and familiarity(meant) > 0.9 else run
    if familiarity(run) > 0.8:
        return run
    for tail in range(LONGEST_TAIL + 1):
        head, rest = run[: len(run) - tail], run[len(run) - tail :]
        meant = _recoded(head, "gb18030", "utf-8")
        if meant is not None and familiarity(meant) > max(0.8, familiarity(head)):
            return meant + rest
    return run


def _recoded(run: str, wrong: str, right: str) -> str | None:
    try:
        return run.encode(wrong).decode(right)
    except UnicodeError:
        return None
