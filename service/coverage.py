"""Which entry already covers a proposal: by the live index where there is one, else by shared characters."""

from __future__ import annotations

from index.retriever import Retriever
from knowledge.formats.documents.comparison import compared
from knowledge.formats.documents.coverage import ASKED, Lexical
from knowledge.formats.documents.proposals import Coverage, Covered, Proposal, Reading
from knowledge.model import Pack
from knowledge.text import normalise

LIKELY, NEAR = 0.75, 0.35  # confidence of the best candidate
LONGEST = 400  # characters of a title or variant that are asked


class Indexed:
    """Asks the index with the title and the first variants; wordings are compared by characters."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._lexical = Lexical(approved.entry for approved in retriever.contents.entries)

    def find(self, proposal: Proposal) -> Covered | None:
        """The entry that covers it best; None where none comes near."""
        found = [one for text in (proposal.title, *proposal.variants)[:ASKED] if (one := self._asked(text)) is not None]
        if (alike := self._lexical.find(proposal)) is not None:
            found.append(alike)
        order: tuple[Coverage, ...] = ("near", "likely", "exact")
        return max(found, key=lambda one: (order.index(one.how), one.score), default=None)

    def _asked(self, text: str) -> Covered | None:
        if not normalise(text):
            return None
        candidates = self._retriever.find(text[:LONGEST], limit=1).candidates
        if not candidates or candidates[0].confidence < NEAR:
            return None
        best = candidates[0]
        how: Coverage = "exact" if best.tier == "exact" else "likely" if best.confidence >= LIKELY else "near"
        return Covered(
            entry_id=best.entry.entry.id,
            title=best.entry.entry.title,
            how=how,
            score=round(min(max(best.confidence, 0.0), 1.0), 4),
        )


def by_index(reading: Reading, retriever: Retriever) -> Reading:
    """Held against what is live."""
    return compared(reading, retriever.contents.policy, Indexed(retriever).find)


def by_words(reading: Reading, pack: Pack | None) -> Reading:
    """Held against what is approved, where no index is; against nothing where nothing is."""
    if pack is None:
        return compared(reading, None, lambda proposal: None)
    return compared(reading, pack.policy, Lexical(pack.entries).find)
