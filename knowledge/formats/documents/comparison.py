"""A reading held against the knowledge that is there: what is covered, which phrases and promises are known.

How coverage is found is handed in: an index where one answers, `coverage.Lexical` elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from knowledge.formats.documents.proposals import Covered, FoundLevel, FoundPhrase, LevelState, Proposal, Reading
from knowledge.model import Policy, ServiceLevel
from knowledge.text import normalise

# What a promise of a manual may be called in a policy; the first that it has is compared.
NAMES: Final = {
    "phone-pickup": ("phone-pickup",),
    "first-reply": ("first-reply",),
    "callback": ("callback",),
    "complaint": ("complaint",),
    "lookup": ("lookup",),
    "reply": ("simple", "complex", "lookup", "callback"),
}


def compared(reading: Reading, policy: Policy | None, find: Callable[[Proposal], Covered | None]) -> Reading:
    """The reading with coverage, and with what the policy says already."""
    return reading.model_copy(
        update={
            "proposals": tuple(
                proposal.model_copy(update={"covered": find(proposal)}) for proposal in reading.proposals
            ),
            "phrases": tuple(_phrase(phrase, policy) for phrase in reading.phrases),
            "levels": tuple(_level(level, policy) for level in reading.levels),
        }
    )


def _phrase(found: FoundPhrase, policy: Policy | None) -> FoundPhrase:
    if policy is None:
        return found
    words = normalise(found.phrase)
    known = any(normalise(forbidden.phrase) in words for forbidden in policy.forbidden_phrases)
    return found.model_copy(update={"known": known})


def _level(found: FoundLevel, policy: Policy | None) -> FoundLevel:
    if policy is None:
        return found
    levels = [(name, policy.service_levels[name]) for name in NAMES[found.act] if name in policy.service_levels]
    same = next((name for name, level in levels if _alike(found, level)), None)
    state: LevelState = "same" if same else "differs" if levels else "new"
    return found.model_copy(update={"state": state, "policy": same or (levels[0][0] if levels else None)})


def _alike(found: FoundLevel, level: ServiceLevel) -> bool:
    return (found.seconds, found.days) == (level.seconds, level.days)
