"""From a query to a decision: which entries, how sure, and what in the conversation asks for more.

Tiers: the normalised query is a stored phrasing (exact: it wins, always); else candidates (`index.nearby`), ranked by
the learnt ranker, with calibrated confidence. A query that comes to no answer as it stands is read once more as it was
probably meant to be typed (`index.spelling`), and that reading holds where it is surer.
It decides and explains; it composes no reply and knows no clock but the day it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from index.channels import Channels, Seen
from index.confidence import contradicted, spread
from index.contents import Contents
from index.embedder import Embedder, Matrix
from index.evidence import Near, centre_all, mean_cosines
from index.guard import Catalogue, Contradiction, Marks, Profile, contradictions, marks
from index.holdout import TOP
from index.nearby import Nearby
from index.spelling import Speller
from index.triggers import LOOK_ALIKE_LEAD
from knowledge.model import ApprovedEntry, Trigger
from knowledge.text import normalise

Decision = Literal["answer", "clarify", "abstain"]
Tier = Literal["exact", "ranked"]
Allowed = Callable[[ApprovedEntry], bool]

NEAREST = 128  # variants a channel brings in, or entries by the kernel
ALL = 384  # entries up to which all are ranked: to choose among them would take longer
OPTIONS = 3  # entries a clarification offers at the most
ELLIPTICAL = 12  # characters up to which a query may lean on what was said before
HISTORY_TURNS = 3  # customer turns looked back at


@dataclass(frozen=True)
class Candidate:
    """An entry for a query. `score` is the cosine (−1..1) to its nearest variant, `confidence` 0..1.

    `contradictions` say where the query and the entry cannot both hold; they have lowered the confidence.
    """

    entry: ApprovedEntry
    confidence: float
    score: float
    variant: str
    tier: Tier
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True)
class Alarm:
    """A trigger that was heard; `phrase` is its stored variant nearest to the text, `text` what was said."""

    trigger: Trigger
    phrase: str
    text: str


@dataclass(frozen=True)
class Finding:
    """What a query comes to.

    `options` are what a clarification offers, two or three, and empty for other decisions; `repeats` counts how often
    the matter was asked, this time included; `inside` is the probability (0..1) that any entry is meant, and `evidence`
    (1, f) what it and the first confidence were read from, None where that was a stored phrasing or nothing.
    `look_alikes` are the candidates' entries that a trigger's look-alike is clearly nearer to the query than any
    phrasing of, where nothing is answered. `read_as` is the query as it was probably meant, normalised, where it was
    read so and not as it was typed.
    """

    decision: Decision
    candidates: tuple[Candidate, ...]
    options: tuple[Candidate, ...]
    alarms: tuple[Alarm, ...]
    repeats: int
    used_history: bool
    inside: float = 0.0
    evidence: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)
    look_alikes: frozenset[str] = frozenset()
    read_as: str | None = None


@dataclass(frozen=True)
class _Ranked:
    """Entries best first with their confidence; `inside`: the probability that any is meant, by `features` (1, f)."""

    entries: NDArray[np.int64]
    confidence: NDArray[np.float64]
    exact: frozenset[int]
    rows: dict[str, Matrix | sparse.csr_matrix]
    key: str
    inside: float = 0.0
    features: NDArray[np.float64] | None = None
    contradictions: Mapping[int, tuple[Contradiction, ...]] = field(default_factory=dict)
    among: float = 0.0  # probability that one of the options is meant
    read_as: str | None = None  # what stands in place of the text as it was typed


class Retriever:
    """Answers queries from one artefact's contents; safe to share between threads."""

    def __init__(self, contents: Contents, embedder: Embedder, version: str) -> None:
        self.contents = contents
        self.version = version
        self._embedder = embedder
        self._exact: dict[str, list[int]] = {}
        for key, owner in zip(contents.keys, contents.owner.tolist(), strict=True):
            owners = self._exact.setdefault(key, [])
            if owner not in owners:
                owners.append(owner)
        self._dense_rows = {part: index.rows() for part, index in contents.dense.items()}
        starts = np.searchsorted(contents.owner, np.arange(len(contents.entries) + 1)).tolist()
        self._variants_of = [slice(*ends) for ends in pairwise(starts)]  # which makes views, and no copies
        self._number = {approved.entry.id: number for number, approved in enumerate(contents.entries)}
        self._catalogue = Catalogue.of(contents.products, contents.variants)
        self._profiles: dict[int, Profile] = {}
        self._marked: dict[int, Marks] = {}
        self._channels = Channels(contents, embedder)
        self._nearby = Nearby(contents, self._dense_rows, NEAREST)

    @property
    def embedder_name(self) -> str:
        return self._embedder.name

    def find(self, query: str, history: Sequence[str] = (), allowed: Allowed | None = None, limit: int = 10) -> Finding:
        """The decision for a query.

        `history` are the customer's earlier turns, oldest first; `allowed` narrows the entries; at most
        `limit` candidates come back. The decision depends on neither `limit` nor anything but the rest.
        """
        mask = np.array([allowed(entry) for entry in self.contents.entries], bool) if allowed else None
        turns = [turn for turn in history if normalise(turn)][-HISTORY_TURNS:]
        ranked = self._read(query, mask)
        decision = self._decide(ranked)
        leaned, said = False, ranked.read_as or query
        if decision != "answer" and turns and len(ranked.key) <= ELLIPTICAL:
            together = self._rank(f"{turns[-1]}，{said}", mask)
            if self._decide(together) == "answer" and together.confidence[0] > self._top(ranked):
                ranked, decision, leaned = together, "answer", True
        candidates = self._candidates(ranked, max(limit, OPTIONS))
        return Finding(
            decision,
            candidates[:limit],
            self._options(candidates) if decision == "clarify" else (),
            self._alarms([*dict.fromkeys((query, said)), *reversed(turns)]),
            self._repeats(normalise(query), ranked, decision, turns, mask, leaned),
            leaned,
            ranked.inside,
            ranked.features,
            # What is answered is beyond doubt, and nobody asks.
            self._look_alikes(said, candidates[:limit]) if decision != "answer" else frozenset(),
            None if said == query else said,
        )

    def warm(self) -> None:
        """Pays now for what the first queries would wait for."""
        self.find("您好")
        _ = self._speller

    def exact(self, text: str) -> tuple[ApprovedEntry, ...]:
        """The first tier alone: the entries that hold the text as a phrasing, which come before all others."""
        return tuple(self.contents.entries[owner] for owner in self._owners(normalise(text)))

    def _owners(self, key: str) -> list[int]:
        return self._exact.get(key, [])

    @cached_property
    def _speller(self) -> Speller:
        """Made when first asked for: that takes as long as several queries."""
        return Speller(self.contents.keys)

    def _read(self, query: str, mask: NDArray[np.bool_] | None) -> _Ranked:
        """The query as it was typed, or as it was probably meant where that comes to no answer and this is surer."""
        typed = self._rank(query, mask)
        if typed.exact or self._decide(typed) == "answer":
            return typed
        meant = self._speller.corrected(query)
        if meant is None:
            return typed
        # What was never typed is no stored phrasing, and so not certain.
        ranked = self._rank(meant, mask, known=False)
        return replace(ranked, read_as=meant) if self._top(ranked) > self._top(typed) else typed

    def _rank(self, query: str, mask: NDArray[np.bool_] | None, known: bool = True) -> _Ranked:
        """Entries for a text; `known`: one that is a stored phrasing is certain."""
        key = normalise(query)
        if not key:
            return _Ranked(np.zeros(0, np.int64), np.zeros(0), frozenset(), {}, key)
        seen = self._channels.see(query)
        exact = [owner for owner in self._owners(key) if known and (mask is None or mask[owner])]
        allowed = np.flatnonzero(mask) if mask is not None else np.arange(len(self.contents.entries))
        near = self._nearby.variants(seen)
        entries = allowed if len(allowed) <= ALL else self._nearby.entries(seen, near, exact)
        if mask is not None:
            entries = entries[mask[entries]]
        if not len(entries):
            return _Ranked(entries, np.zeros(0), frozenset(), seen.rows, key)
        scores = self.contents.ranker.scores(seen.values, entries)[0] + self._nearby.amends(seen, near)[entries]
        order = np.argsort(-scores, kind="stable")
        entries, scores = entries[order], scores[order]
        if exact:
            # An approved phrasing of exactly one entry is certain; of several, they share what is certain.
            first = np.isin(entries, exact)
            entries = np.concatenate([entries[first], entries[~first]])
            confidence = np.concatenate([np.full(int(first.sum()), 1.0 / len(exact)), np.zeros(int((~first).sum()))])
            return _Ranked(entries, confidence, frozenset(exact), seen.rows, key, 1.0)
        features, nearest = self._evidence(seen, key, entries[:TOP], scores[:TOP])
        verdict = self.contents.confidence.verdict(features)
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
        among = float(verdict.among[0]) - max(likely - float(confidence[:OPTIONS].sum()), 0.0)
        inside = float(verdict.inside[0])
        return _Ranked(entries, confidence, frozenset(), seen.rows, key, inside, features, against, among)

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
            entry = self.contents.entries[number].entry
            replies = [reply.text for reply in entry.replies]
            self._profiles[number] = Profile.of(entry.phrasings, entry.products, self._catalogue, replies)
        return self._profiles[number]

    def _centred(self, variants: slice) -> dict[str, Matrix]:
        """The variants' dense rows as seen from the centre; where each is a landmark, the kernel has them so."""
        kernel = self.contents.ranker.kernel
        if self.contents.all_are_landmarks:
            return {part: kernel.bases[part][variants] for part in self._dense_rows}
        return centre_all({part: stored[variants] for part, stored in self._dense_rows.items()}, kernel.means)

    def _marks(self, place: int) -> Marks:
        """What a variant says, read when first asked for."""
        if place not in self._marked:
            self._marked[place] = marks(self.contents.variants[place], self._catalogue)
        return self._marked[place]

    def _evidence(
        self, seen: Seen, key: str, entries: NDArray[np.int64], scores: Matrix
    ) -> tuple[NDArray[np.float64], list[int]]:
        """(1, f) features of the first of the ranked entries, and the number of each one's nearest variant."""
        asked = centre_all(seen.rows, self.contents.ranker.kernel.means)
        variants = [self._variants_of[entry] for entry in entries.tolist()]
        near = [mean_cosines(asked, self._centred(one))[0] for one in variants]
        evidence = Near(
            scores[None].astype(float),
            np.array([[float(one.max()) for one in near]]),
            np.array([seen.stranger]),
            np.array([float(len(key))]),
            self.contents.ranker.known(seen.values).astype(float),
        )
        return evidence.features(), [one.start + int(row.argmax()) for one, row in zip(variants, near, strict=True)]

    def _decide(self, ranked: _Ranked) -> Decision:
        if not len(ranked.entries):
            return "abstain"
        if len(ranked.exact) > 1:
            return "clarify"  # an approved phrasing of several entries: only the customer knows which is meant
        thresholds = self.contents.confidence.thresholds
        if ranked.confidence[0] >= thresholds.answer:
            return "answer"
        return "clarify" if len(ranked.entries) > 1 and ranked.among >= thresholds.clarify else "abstain"

    def _options(self, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The two best, and the third where it is worth showing."""
        least = self.contents.confidence.thresholds.show
        third = [candidate for candidate in candidates[2:OPTIONS] if candidate.confidence >= least]
        return (*candidates[:2], *third)

    @staticmethod
    def _top(ranked: _Ranked) -> float:
        return float(ranked.confidence[0]) if len(ranked.confidence) else 0.0

    def _candidates(self, ranked: _Ranked, limit: int) -> tuple[Candidate, ...]:
        found = []
        for entry, confidence in zip(ranked.entries[:limit].tolist(), ranked.confidence.tolist(), strict=False):
            variants = self._variants_of[entry]
            cosine = mean_cosines(ranked.rows, {part: stored[variants] for part, stored in self._dense_rows.items()})[0]
            tier: Tier = "exact" if entry in ranked.exact else "ranked"
            best = int(cosine.argmax())
            if tier == "exact":
                best = self.contents.keys[variants].index(ranked.key)
            score = float(np.clip(cosine[best], -1, 1))
            found.append(
                Candidate(
                    self.contents.entries[entry],
                    confidence,
                    score,
                    self.contents.variants[variants.start + best],
                    tier,
                    ranked.contradictions.get(entry, ()),
                )
            )
        return tuple(found)

    def _alarms(self, texts: Sequence[str]) -> tuple[Alarm, ...]:
        """Triggers heard in the texts, each at most once, the query's own before the history's."""
        detectors = self.contents.triggers
        if detectors is None:
            return ()
        heard: dict[int, Alarm] = {}
        for text in texts:
            if not normalise(text):
                continue
            seen = self._channels.see(text)
            for trigger, _, example in detectors.detect(seen.examples, seen.values)[0]:
                heard.setdefault(
                    trigger,
                    Alarm(self.contents.policy.triggers[trigger], self.contents.trigger_variants[example], text),
                )
        return tuple(heard.values())

    def _look_alikes(self, query: str, candidates: Sequence[Candidate]) -> frozenset[str]:
        """Ids of candidates whose phrasings are all clearly further from the query than some trigger's look-alike is.

        Only of those that must escalate, as nobody asks of others.
        """
        detectors = self.contents.triggers
        required = [one.entry.entry.id for one in candidates if one.entry.entry.escalation.level == "required"]
        if detectors is None or not required or not normalise(query):
            return frozenset()
        seen = self._channels.see(query)
        near = float(detectors.nearest_look_alike(seen.examples)[0]) - LOOK_ALIKE_LEAD
        return frozenset(name for name in required if near > self._nearness(seen, self._number[name]))

    def _nearness(self, seen: Seen, entry: int) -> float:
        """The kernel value of an entry's nearest phrasing; infinite where none of them is a landmark to be seen."""
        own = self.contents.owner[self.contents.ranker.landmarks] == entry
        return float(seen.values[0, own].max()) if own.any() else np.inf

    def _repeats(
        self,
        key: str,
        ranked: _Ranked,
        decision: Decision,
        turns: Sequence[str],
        mask: NDArray[np.bool_] | None,
        leaned: bool,
    ) -> int:
        """How often the matter of this query was asked: same words, or the same entry with enough confidence."""
        same = 1
        for turn in turns:
            if normalise(turn) == key:
                same += 1
            elif decision == "answer" and not leaned:
                earlier = self._read(turn, mask)
                if self._decide(earlier) == "answer" and earlier.entries[0] == ranked.entries[0]:
                    same += 1
        return same

    def embed(self, texts: Sequence[str]) -> dict[str, Matrix]:
        """The texts as this index's embedder sees them: part → one row a text."""
        return self._embedder.encode(texts)

    def nearest(self, query: str) -> tuple[str | None, float]:
        """The reference: the entry id and cosine of the nearest variant in the embedder's first part."""
        if not normalise(query):
            return None, 0.0
        part, index = next(iter(self.contents.dense.items()))
        places, scores = index.search(self._channels.see(query).rows[part], 1)[0]
        return self.contents.entries[self.contents.owner[places[0]]].entry.id, float(scores[0])
