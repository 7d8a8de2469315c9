"""From a query to a decision: which entries, how sure, and what in the conversation asks for more.

`index.ranking` ranks and decides one text; here what was said before, alarms and repeats are added.
It decides and explains; it composes no reply and knows no clock but the day it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.channels import Seen
from index.contents import Contents
from index.conversation import FOLLOWS, Turn, from_customer, led_to
from index.embedder import Embedder, Matrix
from index.guard import Contradiction
from index.nearby import Mask
from index.ranking import OPTIONS, Decision, Ranked, Ranking
from index.triggers import LOOK_ALIKE_LEAD
from knowledge.model import ApprovedEntry, Trigger
from knowledge.text import normalise

Tier = Literal["exact", "ranked"]
Allowed = Callable[[ApprovedEntry], bool]


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


class Retriever:
    """Answers queries from one artefact's contents; safe to share between threads."""

    def __init__(self, contents: Contents, embedder: Embedder, version: str) -> None:
        self.contents = contents
        self.version = version
        self._embedder = embedder
        self._ranking = Ranking(contents, embedder)
        self._number = {approved.entry.id: number for number, approved in enumerate(contents.entries)}

    @property
    def embedder_name(self) -> str:
        return self._embedder.name

    def find(
        self, query: str, history: Sequence[Turn] = (), allowed: Allowed | None = None, limit: int = 10
    ) -> Finding:
        """The decision for a query.

        `history` are the turns before it, oldest first; `allowed` narrows the entries; at most
        `limit` candidates come back. The decision depends on neither `limit` nor anything but the rest.
        """
        mask = np.array([allowed(entry) for entry in self.contents.entries], bool) if allowed else None
        turns = from_customer(history)
        ranked = self._ranking.rank_as_meant(query, mask)
        decision = self._ranking.decide(ranked)
        leaned, said = False, ranked.read_as or query
        if decision != "answer" and 0 < len(ranked.key) <= FOLLOWS and (earlier := led_to(history)):
            together = self._ranking.rank_after(said, earlier, turns, mask)
            if together.top > ranked.top:
                ranked, decision, leaned = together, self._ranking.decide(together), True
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
        _ = self._ranking.speller

    def exact(self, text: str) -> tuple[ApprovedEntry, ...]:
        """The first tier alone: the entries that hold the text as a phrasing, which come before all others."""
        return tuple(self.contents.entries[owner] for owner in self._ranking.owners(normalise(text)))

    def _options(self, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The two best, and the third where it is worth showing."""
        least = self.contents.confidence.thresholds.show
        third = [candidate for candidate in candidates[2:OPTIONS] if candidate.confidence >= least]
        return (*candidates[:2], *third)

    def _candidates(self, ranked: Ranked, limit: int) -> tuple[Candidate, ...]:
        found = []
        for entry, confidence in zip(ranked.entries[:limit].tolist(), ranked.confidence.tolist(), strict=False):
            start, cosines = self._ranking.cosines(ranked, entry)
            tier: Tier = "exact" if entry in ranked.exact else "ranked"
            best = int(cosines.argmax())
            if tier == "exact":
                best = self.contents.keys[start : start + len(cosines)].index(ranked.key)
            score = float(np.clip(cosines[best], -1, 1))
            found.append(
                Candidate(
                    self.contents.entries[entry],
                    confidence,
                    score,
                    self.contents.variants[start + best],
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
            seen = self._ranking.channels.see(text)
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
        seen = self._ranking.channels.see(query)
        near = float(detectors.nearest_look_alike(seen.examples)[0]) - LOOK_ALIKE_LEAD
        return frozenset(name for name in required if near > self._nearness(seen, self._number[name]))

    def _nearness(self, seen: Seen, entry: int) -> float:
        """The kernel value of an entry's nearest phrasing; infinite where none of them is a landmark to be seen."""
        own = self.contents.owner[self.contents.ranker.landmarks] == entry
        return float(seen.values[0, own].max()) if own.any() else np.inf

    def _repeats(
        self,
        key: str,
        ranked: Ranked,
        decision: Decision,
        turns: Sequence[str],
        mask: Mask | None,
        leaned: bool,
    ) -> int:
        """How often the matter of this query was asked: same words, or the same entry with enough confidence."""
        same = 1
        for turn in turns:
            if normalise(turn) == key:
                same += 1
            elif decision == "answer" and not leaned:
                earlier = self._ranking.rank_as_meant(turn, mask)
                if self._ranking.decide(earlier) == "answer" and earlier.entries[0] == ranked.entries[0]:
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
        places, scores = index.search(self._ranking.channels.see(query).rows[part], 1)[0]
        return self.contents.entries[self.contents.owner[places[0]]].entry.id, float(scores[0])
