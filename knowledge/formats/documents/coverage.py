"""Which entry of a knowledge base already says what a proposal says, by the characters they share.

For where no index answers: it finds the same words in another order, not the same meaning in other words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from knowledge.formats.documents.proposals import Coverage, Covered, Proposal
from knowledge.model import Entry
from knowledge.text import normalise

NOT_WORDS = re.compile(r"[\W_]+")
LIKELY, NEAR = 0.7, 0.45  # Dice score of the character pairs
ASKED = 3  # phrasings of a proposal that are looked up


class Lexical:
    """Finds by pairs of adjoining characters: titles and variants among phrasings, wordings among replies."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._exact: dict[str, int] = {}
        self._phrasings = _Pairs()
        self._replies = _Pairs()
        for number, entry in enumerate(self._entries):
            for phrasing in entry.phrasings:
                self._exact.setdefault(_squeezed(phrasing), number)
                self._phrasings.add(number, phrasing)
            for reply in entry.replies:
                self._replies.add(number, reply.text)

    def find(self, proposal: Proposal) -> Covered | None:
        """The entry most like it; None where none comes near."""
        asked = (proposal.title, *proposal.variants)[:ASKED]
        for text in asked:
            if (number := self._exact.get(_squeezed(text))) is not None:
                return self._covered(number, "exact", 1.0)
        found = [self._phrasings.best(text) for text in asked] + [self._replies.best(proposal.reply)]
        number, score = max(found, key=lambda one: one[1])
        if score < NEAR:
            return None
        return self._covered(number, "likely" if score >= LIKELY else "near", score)

    def _covered(self, number: int, how: Coverage, score: float) -> Covered:
        entry = self._entries[number]
        return Covered(entry_id=entry.id, title=entry.title, how=how, score=round(min(score, 1.0), 4))


class _Pairs:
    """Texts by their character pairs."""

    def __init__(self) -> None:
        self._owners: list[int] = []
        self._sizes: list[int] = []
        self._holding: dict[str, list[int]] = defaultdict(list)

    def add(self, owner: int, text: str) -> None:
        pairs = _pairs(text)
        for pair in pairs:
            self._holding[pair].append(len(self._owners))
        self._owners.append(owner)
        self._sizes.append(len(pairs))

    def best(self, text: str) -> tuple[int, float]:
        """The owner of the text that shares most of both, and the Dice score; 0 where nothing is shared."""
        pairs = _pairs(text)
        shared = Counter(place for pair in pairs for place in self._holding.get(pair, ()))
        scored = ((2 * count / (len(pairs) + self._sizes[place]), -place) for place, count in shared.items())
        score, place = max(scored, default=(0.0, 0))
        return (self._owners[-place], score) if score else (0, 0.0)


def _squeezed(text: str) -> str:
    return NOT_WORDS.sub("", normalise(text))


def _pairs(text: str) -> frozenset[str]:
    squeezed = _squeezed(text)
    return frozenset(f"{one}{other}" for one, other in pairwise(squeezed))
