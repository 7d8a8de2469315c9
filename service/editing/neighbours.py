"""Who else would claim a variant: what the live index finds for it, this entry's own place, and the nearest other.

The index is the one that is live, so it knows the entry as it was last published, not as it is being typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from index.retriever import Candidate, Retriever

LOOKED_AT = 10  # candidates among which this entry and the others are looked for


@dataclass(frozen=True)
class Neighbour:
    """Another entry near to a variant: its phrasing that is nearest, the cosine to it, and the confidence in it."""

    entry_id: str
    title: str
    phrasing: str
    confidence: float
    score: float


@dataclass(frozen=True)
class Claim:
    """What the live index makes of one variant.

    `place` is this entry's among what it finds, from 1, None where it is not among them; `finds` whether the variant
    would be answered by this entry. `taken` is that the nearest other would be answered in its place.
    """

    variant: str
    place: int | None
    confidence: float
    finds: bool
    taken: bool
    nearest: Neighbour | None


def claim(variant: str, entry_id: str, retriever: Retriever, today: date) -> Claim:
    """Whether the entry claims the variant, and who else would."""
    finding = retriever.find(variant, (), lambda approved: approved.entry.valid_on(today), LOOKED_AT)
    found = finding.candidates
    place = next((n for n, one in enumerate(found, start=1) if one.entry.entry.id == entry_id), None)
    own = found[place - 1].confidence if place is not None else 0.0
    others = [one for one in found if one.entry.entry.id != entry_id]
    nearest = max(others, key=lambda one: (one.confidence, one.score), default=None)
    answered = finding.decision == "answer"
    return Claim(
        variant=variant,
        place=place,
        confidence=own,
        finds=answered and place == 1,
        taken=answered and place != 1,
        nearest=_neighbour(nearest) if nearest is not None else None,
    )


def _neighbour(candidate: Candidate) -> Neighbour:
    entry = candidate.entry.entry
    return Neighbour(entry.id, entry.title, candidate.variant, candidate.confidence, candidate.score)
