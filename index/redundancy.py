"""Redundant variants: phrasings without which their entry would be found just the same.

A variant is redundant where another of its own entry all but equals it, and every phrasing of any other entry is
clearly farther from it. Texts that differ in a figure or a Latin word are never redundant: those are what a query may
hang on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from index.contents import Contents
from index.themes import BLOCK, joined

NEARLY_EQUAL = 0.93  # mean cosine with the variant that stays
CLEARLY_NEARER = 0.25  # than any phrasing of another entry
TELLING = re.compile(r"[0-9]+|[a-z]+")


@dataclass(frozen=True)
class Redundant:
    """A variant, the one of its entry that says the same (mean cosine `score`), and the nearest of another entry's."""

    entry_id: str
    variant: str
    like: str
    score: float
    other: float


def redundant(contents: Contents) -> tuple[Redundant, ...]:
    """Every redundant variant, the most alike first. Of two alike the later in the entry, so never a title."""
    means = contents.ranker.kernel.means
    rows = joined({part: index.rows() for part, index in contents.dense.items()}, means)
    pairs = _pairs(contents, rows)
    found = []
    for start in range(0, len(pairs), BLOCK):
        block = pairs[start : start + BLOCK]
        scores = rows[[late for late, _, _ in block]] @ rows.T
        for (late, early, score), line in zip(block, scores, strict=True):
            owner = contents.owner[late]
            other = float(line[contents.owner != owner].max(initial=-1.0))
            if score - other >= CLEARLY_NEARER:
                found.append(
                    Redundant(
                        contents.entries[owner].entry.id,
                        contents.variants[late],
                        contents.variants[early],
                        round(score, 3),
                        round(other, 3),
                    )
                )
    return tuple(sorted(found, key=lambda one: (-one.score, one.entry_id, one.variant)))


def _pairs(contents: Contents, rows: np.ndarray) -> list[tuple[int, int, float]]:
    """(late, early, score): each late variant with the earlier one, itself kept, that all but equals it."""
    telling = [frozenset(TELLING.findall(key)) for key in contents.keys]
    found = []
    for number in range(len(contents.entries)):
        places = np.flatnonzero(contents.owner == number)
        scores = rows[places] @ rows[places].T
        kept: list[int] = []
        for late, place in enumerate(places.tolist()):
            like = [early for early in kept if telling[places[early]] == telling[place]]
            best = max(like, key=lambda early: float(scores[late, early]), default=None)
            if best is not None and scores[late, best] >= NEARLY_EQUAL:
                found.append((place, int(places[best]), float(scores[late, best])))
            else:
                kept.append(late)
    return found
