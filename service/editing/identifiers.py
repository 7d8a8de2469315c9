"""A new entry's id: proposed from its category and title, and free.

Ids are ASCII; a Chinese title is spelt in pinyin, as people who read it would.
"""

from __future__ import annotations

import re
from collections.abc import Container

from knowledge.pinyin import syllables
from knowledge.text import normalise

WORD = re.compile(r"[a-z0-9]+")
LONGEST = 40  # characters of the part behind the category
FALLBACK = "entry"


def propose(category: str, title: str, taken: Container[str]) -> str:
    """Such as `refund.duo-jiu-dao-zhang`, with a number behind it where that is taken."""
    base = f"{slug(category)}.{slug(title)}"
    number, proposed = 2, base
    while proposed in taken:
        proposed, number = f"{base}-{number}", number + 1
    return proposed


def slug(text: str) -> str:
    """A text in lower-case letters, digits and hyphens, cut between two words where it is long."""
    words = [word for part in syllables(normalise(text)) for word in WORD.findall(part.lower())]
    kept = words[:1]
    for word in words[1:]:
        if len("-".join([*kept, word])) > LONGEST:
            break
        kept.append(word)
    return "-".join(kept)[:LONGEST] or FALLBACK
