"""How Chinese characters are read: for telling inserted pinyin, and for ids that can be typed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin, pinyin

NOT_SLUG = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=10_000)
def readings(character: str) -> frozenset[str]:
    """Every reading of one character, with tone marks and without: 务 → wù, wu."""
    toned = pinyin(character, style=Style.TONE, heteronym=True)[0]
    return frozenset(toned) | {_plain(reading) for reading in toned}


def _plain(reading: str) -> str:
    """Without tone marks; the dots of ü are none."""
    parts = unicodedata.normalize("NFD", reading)
    kept = "".join(part for part in parts if part == "\u0308" or unicodedata.category(part) != "Mn")
    return unicodedata.normalize("NFC", kept)


def syllables(text: str) -> list[str]:
    """The commonest reading of each Chinese character, without tone; runs of anything else as they stand."""
    return list(lazy_pinyin(text, errors="default"))


def slug(text: str, longest: int = 40) -> str:
    """The text in small letters, digits and hyphens, cut between syllables; empty where there is nothing to read."""
    parts = [part for part in NOT_SLUG.split(" ".join(syllables(text)).lower()) if part]
    kept: list[str] = []
    for syllable in parts:
        if sum(map(len, kept)) + len(kept) + len(syllable) > longest:
            break
        kept.append(syllable)
    return "-".join(kept)
