"""near-duplicate-variants: phrasings of two entries differ in more than a particle.

Titles and variants of different entries whose sets of character pairs have a Jaccard score of at least 0.8 (option
`near_duplicate_score`) are a warning: no ranker can tell them apart. Punctuation does not count. The same question
about two products is no near duplicate, nor are texts that differ in a figure. Exact ones are the matter of
duplicate-variants.

PASS:
    - {id: refund.time, variants: [退款大概多久能到我账上]}
    - {id: refund.not-arrived, variants: [退款过了一周还没到我账上]}

FAIL:
    - {id: refund.time, variants: [退款大概多久能到我的账上]}
    - {id: refund.not-arrived, variants: [退款大概多久能到我账上]}
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from knowledge.lint.context import Context, form
from knowledge.lint.finding import Finding
from knowledge.model import Entry

RULE = "near-duplicate-variants"
NOT_WORDS = re.compile(r"[\W_]+")
FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, eq=False)
class Phrasing:
    """One phrasing with what it is compared by: its character pairs, the rarest of them, and what tells it apart."""

    entry_id: str
    field: str
    text: str
    matched: str
    pairs: frozenset[str]
    prefix: tuple[str, ...]
    marks: frozenset[str]


def check(context: Context) -> Iterator[Finding]:
    """One finding for each phrasing, about the phrasing of an earlier entry that is most like it."""
    least = context.options.near_duplicate_score
    found = nearest(_phrasings(context), least) if context.subject is None else _nearest_to_subject(context)
    for phrasing, other, score in found:
        message = (
            f'"{phrasing.text}" is nearly "{other.text}" of {other.entry_id} (score {score:.2f}): '
            "write in what tells them apart, or delete one"
        )
        yield Finding(RULE, "warning", phrasing.entry_id, phrasing.field, message)


def _phrasings(context: Context) -> list[Phrasing]:
    """Every phrasing of the pack.

    Prefix filter (Bayardo 2007): two sets with Jaccard ≥ t share one of the first |x| - ⌈t·|x|⌉ + 1 elements in any
    common order, so only these need an index, and rarest first makes its lists short.
    """
    raw = list(_raw(context.pack.entries))
    counts = Counter(pair for *_, pairs in raw for pair in pairs)
    return [_phrasing(one, counts, context) for one in raw]


def _nearest_to_subject(context: Context) -> Iterator[tuple[Phrasing, Phrasing, float]]:
    """The same for the subject's phrasings alone, while an editor types: only they are put in an index.

    Whatever is alike enough shares one pair of the prefix of the subject's, whatever order that was made in.
    """
    least = context.options.near_duplicate_score
    nothing: Mapping[str, int] = Counter()
    own = [_phrasing(one, nothing, context) for one in _raw(context.entries)]
    index: dict[str, list[int]] = defaultdict(list)
    for number, phrasing in enumerate(own):
        for pair in phrasing.prefix:
            index[pair].append(number)
    best: dict[int, tuple[float, Phrasing]] = {}
    for one in _raw(entry for entry in context.pack.entries if entry.id != context.subject):
        for number in {number for pair in one[-1] if pair in index for number in index[pair]}:
            least_now = max(least, best[number][0] if number in best else 0.0)
            score = _score(own[number].pairs, one[-1], least_now)
            if score < least or (number in best and score <= best[number][0]):
                continue
            other = _phrasing(one, nothing, context)
            if _comparable(own[number], other):
                best[number] = score, other
    for number in sorted(best):
        score, other = best[number]
        yield own[number], other, score


_Raw = tuple[str, str, str, str, frozenset[str]]


def _raw(entries: Iterable[Entry]) -> Iterator[_Raw]:
    """Each phrasing that has a word in it: entry, field, text, the form it is matched in, and its pairs."""
    for entry in entries:
        for number, text in enumerate(entry.phrasings):
            matched, pairs = _prepared(text)
            if pairs:
                yield entry.id, f"variants[{number - 1}]" if number else "title", text, matched, pairs


# An editor lints a pack at every pause in typing, and all but a few of its phrasings are those of the time before.
@lru_cache(maxsize=2**16)
def _prepared(text: str) -> tuple[str, frozenset[str]]:
    matched = form(text)
    squeezed = NOT_WORDS.sub("", matched)
    return matched, character_pairs(squeezed) if squeezed else frozenset()


def _phrasing(raw: _Raw, counts: Mapping[str, int], context: Context) -> Phrasing:
    entry_id, field, text, matched, pairs = raw
    names = context.product_names
    marks = {names[name] for name in names if name in matched} | set(FIGURES.findall(matched))
    prefix = prefix_of(pairs, counts, context.options.near_duplicate_score)
    return Phrasing(entry_id, field, text, matched, pairs, prefix, frozenset(marks))


def character_pairs(text: str) -> frozenset[str]:
    """The pairs of adjoining characters; a single character stands for itself."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1)) or frozenset({text})


def prefix_of(pairs: frozenset[str], counts: Mapping[str, int], least: float) -> tuple[str, ...]:
    """The rarest pairs, as many as any set with a score of at least `least` must share one of."""
    rarest = sorted(pairs, key=lambda pair: (counts[pair], pair))
    return tuple(rarest[: len(pairs) - math.ceil(least * len(pairs)) + 1])


def nearest(phrasings: list[Phrasing], least: float) -> Iterator[tuple[Phrasing, Phrasing, float]]:
    """For each phrasing the earlier one of another entry most like it, from `least` on."""
    index: dict[str, list[Phrasing]] = defaultdict(list)
    for phrasing in phrasings:
        others = dict.fromkeys(other for pair in phrasing.prefix for other in index[pair])
        scored = [
            (_score(phrasing.pairs, other.pairs, least), other) for other in others if _comparable(phrasing, other)
        ]
        score, best = max(scored, key=lambda pair: pair[0], default=(0.0, phrasing))
        if score >= least:
            yield phrasing, best, score
        for pair in phrasing.prefix:
            index[pair].append(phrasing)


def _comparable(one: Phrasing, other: Phrasing) -> bool:
    return one.entry_id != other.entry_id and one.marks == other.marks and one.matched != other.matched


def _score(one: frozenset[str], other: frozenset[str], least: float) -> float:
    """The Jaccard score, 0.0 where the sizes alone keep it below `least`."""
    sizes = len(one), len(other)
    if min(sizes) < least * max(sizes):
        return 0.0
    shared = len(one & other)
    return shared / (sum(sizes) - shared)
