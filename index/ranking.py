"""One text: which entries it means, and how sure that is.

The normalised text is a stored phrasing (exact: it wins, always); else candidates (`index.nearby`), ranked by the
learnt ranker, with calibrated confidence that falls where an entry contradicts the text. A text that comes to no answer
as it stands is read once more as it was probably meant to be typed (`index.spelling`), and that reading holds where it
is surer. What was said before is part of a text here (`index.conversation`); it knows no trigger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.channels import Channels, Seen
from index.confidence import contradicted, spread
from index.contents import Contents
from index.conversation import among, behind
from index.embedder import Embedder, Matrix
from index.evidence import Near, centre_all, mean_cosines
from index.guard import Catalogue, Contradiction, Marks, Profile, contradictions, marks
from index.holdout import TOP
from index.kernel import Rows
from index.nearby import Mask, Nearby
from index.spelling import Speller
from knowledge.text import normalise

Decision = Literal["answer", "clarify", "abstain"]

NEAREST = 128  # variants a channel brings in, or entries by the kernel
ALL = 384  # allowed entries up to which all are ranked: to choose among them would take longer
OPTIONS = 3  # entries a clarification offers at the most


@dataclass(frozen=True)
class Ranked:
    """A text's entries by number, best first, with their confidence (0..1).

    `exact` are those that hold the text as a phrasing, `rows` and `key` what was seen of it. `inside` is the
    probability that any entry is meant, by `features` (1, f), `among` that one of the first `OPTIONS` is. `read_as`
    stands in place of the text as it was typed.
    """

    entries: NDArray[np.int64]
    confidence: NDArray[np.float64]
    exact: frozenset[int]
    rows: Rows
    key: str
    inside: float = 0.0
    features: NDArray[np.float64] | None = None
    contradictions: Mapping[int, tuple[Contradiction, ...]] = field(default_factory=dict)
    among: float = 0.0
    read_as: str | None = None

    @property
    def top(self) -> float:
        """The first one's confidence, 0 where there is none."""
        return float(self.confidence[0]) if len(self.confidence) else 0.0


class Ranking:
    """Ranks texts by one artefact's contents; safe to share between threads."""

    def __init__(self, contents: Contents, embedder: Embedder) -> None:
        self._contents = contents
        self._exact: dict[str, list[int]] = {}
        for key, owner in zip(contents.keys, contents.owner.tolist(), strict=True):
            owners = self._exact.setdefault(key, [])
            if owner not in owners:
                owners.append(owner)
        self._dense = {part: index.rows() for part, index in contents.dense.items()}
        starts = np.searchsorted(contents.owner, np.arange(len(contents.entries) + 1)).tolist()
        self._variants_of = [slice(*ends) for ends in pairwise(starts)]  # which makes views, and no copies
        self._catalogue = Catalogue.of(contents.products, contents.variants)
        self._profiles: dict[int, Profile] = {}
        self._marked: dict[int, Marks] = {}
        self.channels = Channels(contents, embedder)
        self._nearby = Nearby(contents, self._dense, NEAREST)

    def owners(self, key: str) -> list[int]:
        """Numbers of the entries that hold a normalised text as a phrasing."""
        return self._exact.get(key, [])

    @cached_property
    def speller(self) -> Speller:
        """Made when first asked for: that takes as long as several queries."""
        return Speller(self._contents.keys)

    def rank_as_meant(self, query: str, mask: Mask | None) -> Ranked:
        """The query as it was typed, or as it was probably meant where that comes to no answer and this is surer."""
        typed = self.rank(query, mask)
        if typed.exact or self.decide(typed) == "answer":
            return typed
        meant = self.speller.corrected(query)
        if meant is None:
            return typed
        # What was never typed is no stored phrasing, and so not certain.
        ranked = self.rank(meant, mask, known=False)
        return replace(ranked, read_as=meant) if ranked.top > typed.top else typed

    def rank(self, query: str, mask: Mask | None, known: bool = True) -> Ranked:
        """Entries for a text; `known`: one that is a stored phrasing is certain."""
        key = normalise(query)
        if not key:
            return Ranked(np.zeros(0, np.int64), np.zeros(0), frozenset(), {}, key)
        exact = [owner for owner in self.owners(key) if known and (mask is None or mask[owner])]
        return self._ranked(query, key, self.channels.see(query), exact, mask)

    def rank_after(self, query: str, turns: Sequence[str], asked: Sequence[str], mask: Mask | None) -> Ranked:
        """Entries for a text as it is meant after `turns`, the last of what was `asked` before being answered.

        No stored phrasing makes it certain. Both are `index.conversation`'s.
        """
        texts = [behind(turn, query) for turn in turns]
        before = self.channels.see(asked[-1]) if asked else None
        seen = among(self.channels.see(query), [*map(self.channels.see, texts)], before)
        return self._ranked(query, normalise(texts[0]), seen, (), mask)

    def _ranked(self, query: str, key: str, seen: Seen, exact: Sequence[int], mask: Mask | None) -> Ranked:
        """Entries for a text, `key` normalised, that was seen so; `exact` hold it as a phrasing."""
        entries, scores = self._candidates(seen, exact, mask)
        if exact:
            return _certain(entries, exact, seen, key)
        if len(entries):
            return self._judged(query, key, seen, entries, scores)
        return Ranked(entries, np.zeros(0), frozenset(), seen.rows, key)

    def _candidates(self, seen: Seen, exact: Sequence[int], mask: Mask | None) -> tuple[NDArray[np.int64], Matrix]:
        """The entries worth ranking, with their scores, best first."""
        near = self._nearby.variants(seen)
        entries = np.arange(len(self._contents.entries)) if mask is None else np.flatnonzero(mask)
        if len(entries) > ALL:
            entries = self._nearby.entries(seen, near, exact, mask)
        scores = self._contents.ranker.scores(seen.values, entries)[0] + self._nearby.amends(seen, near)[entries]
        order = np.argsort(-scores, kind="stable")
        return entries[order], scores[order]

    def _judged(self, query: str, key: str, seen: Seen, entries: NDArray[np.int64], scores: Matrix) -> Ranked:
        """Ranked entries, of which there are some, with how sure each is, less where it contradicts the query."""
        features, nearest = self._evidence(seen, key, entries[:TOP], scores[:TOP])
        verdict = self._contents.confidence.verdict(features)
        confidence = np.zeros(len(entries))
        confidence[:TOP] = spread(verdict, scores[None, :TOP].astype(float))[0]
        against = self._contradictions(query, entries[:TOP].tolist(), nearest)
        likely = float(confidence[:OPTIONS].sum())
        for place, entry in enumerate(entries[:TOP].tolist()):
            confidence[place] = contradicted(confidence[place], against.get(entry, ()))
        if against:
            # Another entry that says what the query says comes before one that says the opposite.
            order = np.argsort(-confidence[:TOP], kind="stable")
            entries[:TOP], confidence[:TOP] = entries[order], confidence[order]
        # In order of rank nobody is surer than the one before, so confidences may sum to less than is known of three.
        among = float(verdict.among[0]) - (likely - float(confidence[:OPTIONS].sum()))
        inside = float(verdict.inside[0])
        return Ranked(entries, confidence, frozenset(), seen.rows, key, inside, features, against, among)

    def _contradictions(
        self, query: str, entries: Sequence[int], nearest: Sequence[int]
    ) -> dict[int, tuple[Contradiction, ...]]:
        """Entry → where the query contradicts it; only those that it does."""
        asked = marks(query, self._catalogue)
        found = {}
        for entry, place in zip(entries, nearest, strict=True):
            against = contradictions(asked, self._profile(entry), self._marks(place))
            if against:
                found[entry] = against
        return found

    def _profile(self, number: int) -> Profile:
        """Made when first asked for: ten thousand entries would take half a minute."""
        if number not in self._profiles:
            entry = self._contents.entries[number].entry
            replies = [reply.text for reply in entry.replies]
            self._profiles[number] = Profile.of(entry.phrasings, entry.products, self._catalogue, replies)
        return self._profiles[number]

    def _centred(self, variants: slice) -> dict[str, Matrix]:
        """The variants' dense rows as seen from the centre; where each is a landmark, the kernel has them so."""
        kernel = self._contents.ranker.kernel
        if self._contents.all_are_landmarks:
            return {part: kernel.bases[part][variants] for part in self._dense}
        return centre_all({part: stored[variants] for part, stored in self._dense.items()}, kernel.means)

    def _marks(self, place: int) -> Marks:
        """What a variant says, read when first asked for."""
        if place not in self._marked:
            self._marked[place] = marks(self._contents.variants[place], self._catalogue)
        return self._marked[place]

    def _evidence(
        self, seen: Seen, key: str, entries: NDArray[np.int64], scores: Matrix
    ) -> tuple[NDArray[np.float64], list[int]]:
        """(1, f) features of the first of the ranked entries, and the number of each one's nearest variant."""
        asked = centre_all(seen.rows, self._contents.ranker.kernel.means)
        variants = [self._variants_of[entry] for entry in entries.tolist()]
        near = [mean_cosines(asked, self._centred(one))[0] for one in variants]
        evidence = Near(
            scores[None].astype(float),
            np.array([[float(one.max()) for one in near]]),
            np.array([seen.stranger]),
            np.array([float(len(key))]),
            self._contents.ranker.known(seen.values).astype(float),
        )
        return evidence.features(), [one.start + int(row.argmax()) for one, row in zip(variants, near, strict=True)]

    def cosines(self, ranked: Ranked, entry: int) -> tuple[int, Matrix]:
        """The number of an entry's first variant, and (variants,) each one's cosine with the text, as embedded."""
        own = self._variants_of[entry]
        return own.start, mean_cosines(ranked.rows, {part: rows[own] for part, rows in self._dense.items()})[0]

    def decide(self, ranked: Ranked) -> Decision:
        """By the thresholds that the build measured."""
        if not len(ranked.entries):
            return "abstain"
        if len(ranked.exact) > 1:
            return "clarify"  # an approved phrasing of several entries: only the customer knows which is meant
        thresholds = self._contents.confidence.thresholds
        if ranked.confidence[0] >= thresholds.answer:
            return "answer"
        return "clarify" if len(ranked.entries) > 1 and ranked.among >= thresholds.clarify else "abstain"


def _certain(entries: NDArray[np.int64], exact: Sequence[int], seen: Seen, key: str) -> Ranked:
    """Those of the ranked entries first that hold the text as a phrasing: one is certain, several share what is."""
    first = np.isin(entries, exact)
    entries = np.concatenate([entries[first], entries[~first]])
    confidence = np.where(np.arange(len(entries)) < len(exact), 1.0 / len(exact), 0.0)
    return Ranked(entries, confidence, frozenset(exact), seen.rows, key, 1.0)
