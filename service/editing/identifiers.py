"""A new entry's id: proposed from its category and title, and free.

Ids are ASCII; a Chinese title is spelt in pinyin, as people who read it would.
"""

from __future__ import annotations

from collections.abc import Container

from knowledge.pinyin import slug

FALLBACK = "entry"


def propose(category: str, title: str, taken: Container[str]) -> str:
    """Such as `refund.duo-jiu-dao-zhang`, with a number behind it where that is taken."""
    base = ".".join(slug(part) or FALLBACK for part in (category, title))
    number, proposed = 2, base
    while proposed in taken:
        proposed, number = f"{base}-{number}", number + 1
    return proposed
