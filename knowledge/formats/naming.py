"""Proposes an id for an entry that came without one: category and question spelt in Latin letters.

The same words always give the same id, whatever stands around them, so that a file imported again finds its entries.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Sequence
from functools import lru_cache

from knowledge.model import LONGEST_ID
from knowledge.pinyin import latin
from knowledge.text import normalise

SYLLABLES, LONGEST = 8, 60
LEVELS = re.compile(r"[/\\>＞»→、，,；;\n]+")
DIGEST = 6


@lru_cache(maxsize=2**12)  # a sheet has few categories and many rows
def slug(text: str) -> str:
    """Letters and digits with hyphens; a digest where the text has none, or is longer than an id should be."""
    folded, words = normalise(text), latin(text)
    short = "-".join(words[:SYLLABLES])[:LONGEST].strip("-")
    if not words:
        return f"q-{digest(folded)}"
    return short if short == "-".join(words) else f"{short}-{digest(folded)}"


def digest(text: str) -> str:
    """A few letters that stand for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]


def fitting(name: str) -> str:
    """A name that is an id, but for its length, cut to that of ids; a digest tells it from others that begin so."""
    if len(name) <= LONGEST_ID:
        return name
    return f"{name[: LONGEST_ID - DIGEST - 1].rstrip('.-')}-{digest(name)}"


def levels(category: str) -> list[str]:
    """The levels of a category such as 售后/退款."""
    return [part.strip() for part in LEVELS.split(category) if part.strip()]


def propose(categories: Sequence[str], title: str, kind: str, taken: Container[str]) -> str:
    """An id that nothing else has; entries without a category are kept together by their kind."""
    path = [slug(level) for category in categories for level in levels(category)] or [kind]
    wanted = fitting(".".join([*path[:3], slug(title)]))
    return wanted if wanted not in taken else fitting(f"{wanted}-{digest(title)}")
