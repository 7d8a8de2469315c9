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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowledge.lint.context import Context, form
from knowledge.lint.finding import Finding

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
    for phrasing, other, score in nearest(_phrasings(context), least, context.subject):
        message = (
            f'"{phrasing.text}" is nearly "{other.text}" of {other.entry_id} (score {score:.2f}): '
            "write in what tells them apart, or delete one"
        )
        yield Finding(RULE, "warning", phrasing.entry_id, phrasing.field, message)


def _phrasings(context: Context) -> list[Phrasing]:
    """Every phrasing of the pack, the subject's last.

    Prefix filter (Bayardo 2007): two sets with Jaccard ≥ t share one of the first |x| - ⌈t·|x|⌉ + 1 elements in any
    common order, so only these need an index, and rarest first makes its lists short.
    """
    least = context.options.near_duplicate_score
    names = _product_names(context)
    raw = []
    for entry in sorted(context.pack.entries, key=lambda entry: entry.id == context.subject):
        fields = ["title", *(f"variants[{number}]" for number in range(len(entry.variants)))]
        for field, text in zip(fields, entry.phrasings, strict=True):
            matched = form(text)
            if squeezed := NOT_WORDS.sub("", matched):
                marks = {names[name] for name in names if name in matched} | set(FIGURES.findall(matched))
                raw.append((entry.id, field, text, matched, character_pairs(squeezed), frozenset(marks)))
    counts = Counter(pair for *_, pairs, _ in raw for pair in pairs)
    return [
        Phrasing(entry_id, field, text, matched, pairs, prefix_of(pairs, counts, least), marks)
        for entry_id, field, text, matched, pairs, marks in raw
    ]


def _product_names(context: Context) -> dict[str, str]:
    """Normalised product names, and the product each belongs to."""
    products = context.facts.products.items()
    return {form(name): code for code, product in products for name in product.names}


def character_pairs(text: str) -> frozenset[str]:
    """The pairs of adjoining characters; a single character stands for itself."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1)) or frozenset({text})


def prefix_of(pairs: frozenset[str], counts: Mapping[str, int], least: float) -> tuple[str, ...]:
    """The rarest pairs, as many as any set with a score of at least `least` must share one of."""
    rarest = sorted(pairs, key=lambda pair: (counts[pair], pair))
    return tuple(rarest[: len(pairs) - math.ceil(least * len(pairs)) + 1])


def nearest(
    phrasings: list[Phrasing], least: float, subject: str | None = None
) -> Iterator[tuple[Phrasing, Phrasing, float]]:
    """For each phrasing (of the subject) the earlier one of another entry most like it, from `least` on."""
    index: dict[str, list[Phrasing]] = defaultdict(list)
    for phrasing in phrasings:
        if subject in (None, phrasing.entry_id):
            others = dict.fromkeys(other for pair in phrasing.prefix for other in index[pair])
            scored = [(_score(phrasing, other, least), other) for other in others if _comparable(phrasing, other)]
            score, best = max(scored, key=lambda pair: pair[0], default=(0.0, phrasing))
            if score >= least:
                yield phrasing, best, score
        for pair in phrasing.prefix:
            index[pair].append(phrasing)


def _comparable(one: Phrasing, other: Phrasing) -> bool:
    return one.entry_id != other.entry_id and one.marks == other.marks and one.matched != other.matched


def _score(one: Phrasing, other: Phrasing, least: float) -> float:
    """The Jaccard score, 0.0 where the sizes alone keep it below `least`."""
    sizes = len(one.pairs), len(other.pairs)
    if min(sizes) < least * max(sizes):
        return 0.0
    shared = len(one.pairs & other.pairs)
    return shared / (sum(sizes) - shared)
