"""Time of all of a query but its embedding as a ratio to the embedding, one thread, for the live index.

With --phrasings for one of so many: the live entries' first ones, with all triggers and strangers. With --copies for so
many times the live one: copies whose vectors are turned and whose characters are others, so that none resembles
another; they are trained first, which takes minutes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.queries import golden_texts, show
from benchmarks.serving import require_index
from benchmarks.vectors import Remembering, turn
from index import channels
from index.assembly import assemble
from index.builder import CACHE
from index.contents import Contents, load
from index.embedder import Matrix, Progress
from index.loading import load_embedder
from index.retriever import Retriever
from index.shelf import Shelf
from service.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--phrasings", type=int, nargs="*", default=[], help="sizes to measure, smaller than the index")
    parser.add_argument("--copies", type=int, nargs="*", default=[], help="times the index's own size to measure")
    parser.add_argument("--texts", type=int, default=300)


def run(asked: argparse.Namespace) -> None:
    """Each text is embedded, then asked with that vector at hand, as is what it is read as besides."""
    require_index()
    settings = Settings.from_environment()
    embedder = Remembering(load_embedder(settings.embedder, settings.tuning), settings.home / CACHE)
    shelf = Shelf(settings.artefacts)
    live = load(shelf.path(shelf.current()), embedder.name)[1]
    texts = golden_texts()
    random.Random(1).shuffle(texts)
    channels.REMEMBERED = 4  # those of one query; asked again a text is new, but for its normal form and its syllables
    texts = texts[: asked.texts]
    for size in asked.phrasings:
        _measure(_of(live, size, embedder), embedder, texts)
    _measure(live, embedder, texts)
    for times in asked.copies:
        _measure(_copied(live, times, embedder), embedder, texts)


def _of(live: Contents, size: int, embedder: Remembering) -> Contents:
    """What would be built of the entries' first phrasings, about so many in all."""
    each = max(1, round(size / len(live.entries)) - 1)  # beside the title
    few = [
        approved.model_copy(
            update={"entry": approved.entry.model_copy(update={"variants": approved.entry.variants[:each]})}
        )
        for approved in live.entries
    ]
    return assemble(few, live.policy, embedder.encode, products=live.products)


class _Turning:
    """An embedder that gives a copy of a text the vectors of the text itself, turned."""

    def __init__(self, known: Remembering, copies: Mapping[str, tuple[str, int]]) -> None:
        self._known, self._copies = known, copies
        self._turns = {
            (part, copy): turn(size, copy)
            for part, size in known.dimensions.items()
            for copy in {copy for _, copy in copies.values()}
        }

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> dict[str, Matrix]:
        of = [self._copies.get(text, (text, 0)) for text in texts]
        found = self._known.encode([text for text, _ in of], progress)
        which = np.array([copy for _, copy in of])
        for (part, copy), rotation in self._turns.items():
            found[part][which == copy] = found[part][which == copy] @ rotation
        return found


def _copied(live: Contents, times: int, embedder: Remembering) -> Contents:
    """What would be built of the entries and `times` − 1 copies of each, up to 25."""
    copies: dict[str, tuple[str, int]] = {}
    entries = list(live.entries)
    for copy in range(1, times):
        for approved in live.entries:
            title, *variants = (_otherwise(text, copy) for text in approved.entry.phrasings)
            both = zip((title, *variants), approved.entry.phrasings, strict=True)
            copies |= {other: (text, copy) for other, text in both if other != text}  # 12315 stays itself
            change = {"id": f"{approved.entry.id}.{copy}", "title": title, "variants": tuple(variants)}
            entries.append(approved.model_copy(update={"entry": approved.entry.model_copy(update=change)}))
    return assemble(entries, live.policy, _Turning(embedder, copies).encode, products=live.products)


def _otherwise(text: str, copy: int) -> str:
    """The text in other characters: Chinese ones and small letters moved on in their ranges."""

    def moved(character: str) -> str:
        for first, size, step in ((0x4E00, 20_902, 2003), (0x61, 26, 3)):
            if first <= ord(character) < first + size:
                return chr(first + (ord(character) - first + copy * step) % size)
        return character

    return "".join(map(moved, text))


def _measure(contents: Contents, embedder: Remembering, texts: Sequence[str]) -> None:
    retriever = Retriever(contents, embedder, "measured")
    retriever.warm()
    for text in texts:  # what is made when an entry is first met is made now
        retriever.find(text)
    alone, rest = [], []
    for text in texts:
        started = time.perf_counter()
        embedder.engine.encode([text])
        between = time.perf_counter()
        retriever.find(text)
        alone.append(between - started)
        rest.append(time.perf_counter() - between)
    print(
        f"{len(contents.variants)} phrasings, {len(contents.entries)} entries, {len(contents.trigger_keys)} of triggers"
    )
    show("embedding, ms", [value * 1000 for value in alone])
    show("all else, ms", [value * 1000 for value in rest])
    show("ratio", [one / other for one, other in zip(rest, alone, strict=True)])
    print(f"ratio of the means {np.mean(rest) / np.mean(alone):.3f}", flush=True)
