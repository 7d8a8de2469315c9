"""How Chinese characters are read: for telling inserted pinyin, and for ids that can be typed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin, pinyin

from knowledge.text import normalise

WORD = re.compile(r"[a-z0-9]+")


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


def latin(text: str) -> list[str]:
    """The text in words of small letters and digits, one for each Chinese character."""
    return [word for part in syllables(normalise(text)) for word in WORD.findall(part.lower())]


def slug(text: str, longest: int = 40) -> str:
    """The same joined by hyphens and cut between two words where it is long; empty where there is nothing to read."""
    kept: list[str] = []
    for word in latin(text):
        if kept and len("-".join([*kept, word])) > longest:
            break
        kept.append(word)
    return "-".join(kept)[:longest]
