"""The gate: whether what was built may be published, and why not.

Every stored phrasing finds its own entry first (one that several entries hold, finds them all), and the golden queries
that have an entry do not find it first less often than before by more than the policy's tolerance. Only the second may
be overridden, by a person who says why. Errors of lint stop a build before there is anything to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.comparison import Comparison, Tally
from index.retriever import Retriever
from knowledge.model import ApprovedEntry
from knowledge.text import normalise

Verdict = Literal["pass", "worse", "refuse"]


@dataclass(frozen=True, slots=True)
class Lost:
    """A stored phrasing that does not find its entry first, and what it finds in its place."""

    entry_id: str
    variant: str
    finds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the gate found. `shared` counts phrasings that several entries hold; `drop` is how much of hit@1 is lost."""

    verdict: Verdict
    variants: int
    lost: tuple[Lost, ...]
    shared: int
    drop: float
    tolerance: float


def check(
    entries: Sequence[ApprovedEntry],
    retriever: Retriever,
    comparison: Comparison | None,
    tolerance: float,
) -> Checked:
    """The verdict on an artefact made of `entries`; `comparison` is None where there was nothing to compare with."""
    variants, shared, lost = _phrasings(entries, retriever)
    drop = dropped(comparison.judged) if comparison is not None else 0.0
    verdict: Verdict = "pass"
    if lost:
        verdict = "refuse"
    elif drop > tolerance:
        verdict = "worse"
    return Checked(verdict, variants, lost, shared, drop, tolerance)


def dropped(judged: Tally) -> float:
    """By how much hit@1 fell, 0 where it did not."""
    return round(max(judged.before - judged.after, 0) / judged.queries, 6) if judged.queries else 0.0


def _phrasings(entries: Sequence[ApprovedEntry], retriever: Retriever) -> tuple[int, int, tuple[Lost, ...]]:
    """How many phrasings there are, how many of them several entries hold, and those that are lost."""
    count, shared, lost = 0, 0, []
    for approved in entries:
        name = approved.entry.id
        for text in dict.fromkeys(text for text in approved.entry.phrasings if normalise(text)):
            count += 1
            found = tuple(owner.entry.id for owner in retriever.exact(text))
            if name not in found:
                lost.append(Lost(name, text, found))
            elif len(found) > 1:
                shared += 1
    return count, shared, tuple(lost)
