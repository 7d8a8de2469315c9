"""The editors' inbox: queries that need words, grouped into themes, each with the entry it may belong to.

Grouping needs the vectors of all queries. They are kept in memory by the query's key, a thread of its own embeds new
ones between visits, one at a time and at a quarter of one core, and so the groups are there within seconds when an
editor comes. What is accepted is `adopting`'s.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import structlog
from numpy.typing import NDArray

from index.embedder import Matrix
from index.errors import RetrievalError
from index.retriever import Retriever
from index.themes import group, joined, medoid
from knowledge.errors import DatabaseError
from knowledge.store import InboxItem, Mark, Store
from knowledge.store.inbox import gone
from service.storage import Storage

MOST = 5_000  # queries looked at
DAYS = 30  # looked back
CHUNK = 16  # texts embedded at once for an editor who waits
EAGER = 320  # texts an editor waits for; more are left to the thread
FIRST_VISIT, BETWEEN = 90.0, 600.0  # seconds after the start, and between two rounds of the thread
REST = 3.0  # times as long as it embedded, the thread rests
LIKELY = 0.5  # confidence from which a proposal is the card's first button
MEANT = 0.5  # probability that any entry is meant, from which one is proposed

log = structlog.get_logger(__name__)


class StillGrouping(RetrievalError):
    """More queries are new than an editor should wait for: they are being read, and it will be a moment."""


@dataclass(frozen=True)
class Theme:
    """Queries that ask the same, the most frequent first; `lead` stands for them."""

    id: str
    lead: InboxItem
    items: tuple[InboxItem, ...]

    @property
    def count(self) -> int:
        return sum(item.count for item in self.items)

    @property
    def last_seen(self) -> datetime:
        return max(item.last_seen for item in self.items)

    @property
    def decisions(self) -> Counter[str]:
        return _summed(item.decisions for item in self.items)

    @property
    def acts(self) -> Counter[str]:
        return _summed(item.acts for item in self.items)

    @property
    def meant(self) -> Counter[str]:
        return _summed(item.meant for item in self.items)

    @property
    def edits(self) -> tuple[tuple[str | None, str], ...]:
        return tuple(dict.fromkeys(edit for item in self.items for edit in item.edits))


@dataclass(frozen=True)
class Proposal:
    """The entry a theme may belong to; `said` where people chose it, else `confidence` (0..1) is the index's.

    `exact`: the theme's lead is a variant of it already, so it is the reply that did not serve.
    """

    entry_id: str
    title: str
    confidence: float
    said: int = 0
    exact: bool = False

    @property
    def likely(self) -> bool:
        """Whether it may be what one key does: people said so, or it is more likely right than wrong."""
        return self.said > 0 or self.confidence >= LIKELY


class Inbox:
    """Groups and proposes; safe to share between threads."""

    def __init__(self, retriever: Callable[[], Retriever], storage: Storage, now: Callable[[], datetime]) -> None:
        self._retriever, self._storage, self._now = retriever, storage, now
        self._vectors: dict[str, dict[str, NDArray[np.float16]]] = {}
        self._embedder = ""
        self._grouped: tuple[tuple[str, ...], tuple[Theme, ...]] = ((), ())
        self._working = threading.Lock()
        self._stopping = False
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)

    def start(self) -> None:
        """Embed what comes in from time to time."""
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._hurry.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def forget(self) -> None:
        """Keep no query's text until the next visit."""
        self._grouped = ((), ())

    def items(self, store: Store) -> tuple[InboxItem, ...]:
        """The queries of the last days that need an editor."""
        return store.queries.inbox(self._now() - timedelta(days=DAYS), MOST)

    def themes(self, items: Sequence[InboxItem]) -> tuple[Theme, ...]:
        """The items in groups, the most asked first. The same items give the same groups.

        StillGrouping where too many are new, as after a start: they are read without rests from then on.
        """
        retriever = self._retriever()
        if (new := sum(item.key not in self._vectors for item in items)) > EAGER:
            self._hurry.set()
            raise StillGrouping(f"{new} of {len(items)} queries are still being read: try again in a minute")
        # By key, so that the order in which they were asked changes nothing.
        ordered = sorted(items, key=lambda item: item.key)
        with self._working:
            drawn = (retriever.version, *(f"{item.key} {item.count} {item.last_seen} {item.acts}" for item in ordered))
            if drawn != self._grouped[0]:
                rows = joined(self._rows(retriever, ordered), retriever.contents.ranker.kernel.means)
                self._grouped = drawn, _themes(ordered, rows)
            return self._grouped[1]

    def proposal(self, theme: Theme) -> Proposal | None:
        """The entry people chose for it, else the one the index thinks of, else None: a new one."""
        retriever = self._retriever()
        titles = {approved.entry.id: approved.entry.title for approved in retriever.contents.entries}
        finding = retriever.find(theme.lead.text, limit=len(titles))
        sure = {candidate.entry.entry.id: round(candidate.confidence, 4) for candidate in finding.candidates}
        for entry_id, said in sorted(theme.meant.items(), key=lambda pair: (-pair[1], pair[0])):
            if entry_id in titles:
                return Proposal(entry_id, titles[entry_id], sure.get(entry_id, 0.0), said)
        if finding.candidates and finding.inside >= MEANT:
            first = finding.candidates[0]
            entry_id = first.entry.entry.id
            return Proposal(entry_id, titles[entry_id], sure[entry_id], exact=first.tier == "exact")
        return None

    def chosen(self, store: Store, keys: Sequence[str]) -> tuple[InboxItem, ...]:
        """The queries with these keys, each once; StateError where one needs no editor, or none any more."""
        known = {item.key: item for item in self.items(store)}
        if missing := [key for key in keys if key not in known]:
            raise gone(missing, len(keys))
        return tuple(known[key] for key in dict.fromkeys(keys))

    def dismiss(self, store: Store, keys: Sequence[str], who: str) -> None:
        """Take queries off the list for good."""
        chosen, at = self.chosen(store, keys), self._now()
        store.queries.mark_inbox([Mark("query", item.key, "dismissed", who, at) for item in chosen], chosen)

    def _rows(self, retriever: Retriever, items: Sequence[InboxItem]) -> dict[str, Matrix]:
        """The items' vectors, part → one row an item; only what is not known yet is embedded."""
        if retriever.embedder_name != self._embedder:
            self._vectors, self._embedder = {}, retriever.embedder_name
        wanted = {item.key: item.text for item in items}
        self._vectors = {key: row for key, row in self._vectors.items() if key in wanted}
        missing = [(key, text) for key, text in wanted.items() if key not in self._vectors]
        for start in range(0, len(missing), CHUNK):
            self._learn(retriever, missing[start : start + CHUNK])
        parts = retriever.contents.ranker.kernel.means
        if not wanted:
            return {part: np.zeros((0, len(mean)), np.float32) for part, mean in parts.items()}
        return {part: np.stack([self._vectors[key][part] for key in wanted]).astype(np.float32) for part in parts}

    def _learn(self, retriever: Retriever, missing: Sequence[tuple[str, str]]) -> None:
        found = retriever.embed([text for _, text in missing])
        for place, (key, _) in enumerate(missing):
            # To group by, half the precision is plenty; a copy, as a row would keep its whole matrix.
            self._vectors[key] = {part: rows[place].astype(np.float16) for part, rows in found.items()}

    def _run(self) -> None:
        wait = FIRST_VISIT
        while not self._stopping:
            hurried = self._hurry.wait(wait)
            self._hurry.clear()
            if self._stopping:
                return
            wait = BETWEEN
            try:
                self.prepare(0.0 if hurried else REST)
            except (DatabaseError, RetrievalError):
                continue  # said elsewhere; the next round may find both
            except Exception as error:
                log.error("preparing the inbox failed", problem=type(error).__name__)

    def prepare(self, rest: float = REST) -> None:
        """Embed one by one what an editor would have to wait for, resting `rest` times as long as each took."""
        items = self._storage.call(self.items)
        retriever = self._retriever()
        for item in items:
            if self._stopping:
                return
            with self._working:
                if retriever.embedder_name != self._embedder:
                    self._vectors, self._embedder = {}, retriever.embedder_name
                if item.key in self._vectors:
                    continue
                begun = time.perf_counter()
                self._learn(retriever, [(item.key, item.text)])
            if rest:
                self._hurry.wait(rest * (time.perf_counter() - begun))  # an editor who comes ends the rest


def _themes(items: Sequence[InboxItem], rows: Matrix) -> tuple[Theme, ...]:
    labels = group(rows)
    found = []
    for theme in range(int(labels.max(initial=-1)) + 1):
        places: list[int] = np.flatnonzero(labels == theme).tolist()
        weights = np.array([items[place].count for place in places], np.float64)
        lead = items[places[medoid(rows[places], weights)]]
        members = sorted((items[place] for place in places), key=lambda item: (-item.count, item.text))
        name = hashlib.sha256(lead.key.encode()).hexdigest()[:12]
        found.append(Theme(name, lead, tuple(members)))
    return tuple(sorted(found, key=lambda one: (-one.count, -one.last_seen.timestamp(), one.id)))


def _summed(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total
