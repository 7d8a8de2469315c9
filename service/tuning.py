"""What `huashu tune` does: teaches the bundled encoders a team's own phrasings, and measures whether that pays.

Measured is what was not learnt from: every fifth variant is held out, the shipped tuning goes on learning from the
rest, and both find the entries of those held out in a knowledge base without them. Learning always starts from the
shipped tuning, as one taught before would know what is held out. What is written in the end has learnt from all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from index.constants import DEFAULT_EMBEDDER, SHIPPED_TUNING
from index.loading import load_embedder
from index.teaching import teach, versions
from index.tuning import load_tuning, save_tuning
from knowledge.formats.jsonl import Query
from knowledge.model import Entry, Pack
from knowledge.text import normalise
from service.measuring import Step, retriever_over

EVERY = 5  # one variant in so many is held out
LEAST = 4  # phrasings that an entry must have to give one up


@dataclass(frozen=True)
class Comparison:
    """How many of the held-out variants found their entry first, and how many changed sides."""

    asked: int
    before: int
    after: int
    gained: int
    lost: int

    @property
    def better(self) -> bool:
        return self.after > self.before


def held_out(pack: Pack) -> tuple[Pack, tuple[Query, ...]]:
    """The pack without every fifth variant, counted over all entries that can spare one, and those variants as queries.

    Titles stay, and so does what stands twice, in one entry or in two. The same pack gives the same.
    """
    copies = Counter(normalise(text) for entry in pack.entries for text in entry.phrasings)
    places = count(1)
    kept: list[Entry] = []
    queries: list[Query] = []
    for entry in pack.entries:
        out = set(_spared(entry, copies, places))
        kept.append(entry.model_copy(update={"variants": tuple(text for text in entry.variants if text not in out)}))
        queries += [Query(text=text, gold=entry.id) for text in entry.variants if text in out]
    return pack.model_copy(update={"entries": tuple(kept)}), tuple(queries)


def _spared(entry: Entry, copies: Counter[str], places: Iterator[int]) -> Iterator[str]:
    if len({normalise(text) for text in entry.phrasings} - {""}) >= LEAST:
        alone = (text for text in entry.variants if normalise(text) and copies[normalise(text)] == 1)
        yield from (text for text in alone if next(places) % EVERY == 0)


def compare(pack: Pack, queries: Sequence[Query], epochs: int, step: Step) -> Comparison:
    """What the shipped tuning finds in `pack`, and what it finds once it has learnt `pack`."""
    before = _found(pack, queries, SHIPPED_TUNING, step)
    with TemporaryDirectory(prefix="huashu-") as folder:
        learnt = Path(folder) / "tuning.npz"
        write(pack, learnt, epochs, lambda name, done, all_: step(f"trial, {name}", done, all_))
        after = _found(pack, queries, learnt, step)
    gained = sum(now and not then for then, now in zip(before, after, strict=True))
    return Comparison(len(queries), sum(before), sum(after), gained, sum(before) + gained - sum(after))


def _found(pack: Pack, queries: Sequence[Query], tuning: Path, step: Step) -> list[bool]:
    """Which queries found their entry first."""
    retriever = retriever_over(pack, load_embedder(DEFAULT_EMBEDDER, tuning), step)
    found = []
    for number, query in enumerate(queries, start=1):
        first = retriever.find(query.text, limit=1).candidates[:1]
        found.append([candidate.entry.entry.id for candidate in first] == [query.gold])
        step("asking", number, len(queries))
    return found


def write(pack: Pack, path: Path, epochs: int, step: Step) -> None:
    """Teach the encoders every phrasing of the pack, from the shipped tuning on, and write what they learnt.

    An encoder that is not installed here keeps the shipped corrections, for wherever the file is used with it.
    """
    start = load_tuning(SHIPPED_TUNING)
    learnt = teach(
        [entry.phrasings for entry in pack.entries],
        start=start,
        epochs=epochs,
        progress=lambda part, done, all_: step(f"teaching {part}", done, all_),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    save_tuning(path, start.packages | versions(learnt), start.corrections | learnt)
