"""A text in every channel: what is asked at once is embedded together, and what was said lately is remembered."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from index.contents import Contents
from index.embedder import Embedder, Matrix
from index.evidence import centre_all, mean_cosines
from index.gathering import Gathering
from index.kernel import row_by_row, take
from knowledge.text import normalise

TOGETHER = 8  # texts that are embedded in one go where so many wait
REMEMBERED = 1024  # texts whose rows are kept


@dataclass(frozen=True)
class Seen:
    """What was computed of a text: one row a channel, and its kernel values.

    `values` (1, landmarks) are with the ranker's landmarks, `examples` (1, texts) with the triggers' texts; `stranger`
    is the cosine (−1..1) to the nearest stranger, mean over the dense parts, centred; −1 where there is none.
    """

    rows: dict[str, Matrix | sparse.csr_matrix]
    values: Matrix
    examples: Matrix
    stranger: float


class Channels:
    """Looks at texts for one index; safe to share between threads."""

    def __init__(self, contents: Contents, embedder: Embedder) -> None:
        self._embedder = embedder
        self._lexical = contents.lexical
        self._ranker = contents.ranker.kernel
        self._triggers = contents.triggers.kernel if contents.triggers else None
        self._strangers = centre_all(contents.strangers, self._ranker.means)
        self._look = Gathering(self._look_at, TOGETHER, os.cpu_count() or 1)
        self._seen: OrderedDict[str, Seen] = OrderedDict()
        self._lock = threading.Lock()

    def see(self, text: str) -> Seen:
        """The text in every channel."""
        key = normalise(text)
        with self._lock:
            if key in self._seen:
                self._seen.move_to_end(key)
                return self._seen[key]
        seen = self._look((key, text))
        with self._lock:
            self._seen[key] = seen
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return seen

    def _look_at(self, texts: Sequence[tuple[str, str]]) -> list[Seen]:
        """Several texts, each with its normalised form; equal ones once."""
        distinct = dict(texts)
        rows: dict[str, Matrix | sparse.csr_matrix] = dict(self._embedder.encode(list(distinct.values())))
        rows |= {name: vocabulary.transform(list(distinct)) for name, vocabulary in self._lexical.items()}
        values = self._ranker.each(rows)
        examples = self._triggers.each(rows) if self._triggers else np.zeros((len(distinct), 0), np.float32)
        near = mean_cosines(centre_all(rows, self._ranker.means), self._strangers, row_by_row)
        strangers = near.max(axis=1, initial=-1.0).tolist()
        places = (slice(place, place + 1) for place in range(len(distinct)))
        seen = {
            key: Seen(take(rows, one), values[one].copy(), examples[one].copy(), stranger)
            for key, one, stranger in zip(distinct, places, strangers, strict=True)
        }
        return [seen[key] for key, _ in texts]
