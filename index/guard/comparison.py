"""Where a query and an entry cannot both be right: what the marks of the one say against the other's profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from index.guard.numbers import NUMBER, Number, Voice, value_of
from index.guard.polarity import ASKS
from index.guard.products import family
from index.guard.reading import NOT_WORDS, Marks, Profile

Kind = Literal["product", "code", "number", "unit", "negation"]

SAME_FRAME = 0.5  # Dice coefficient of two texts without their numbers, from which they ask the same
CLOSE = 0.15  # Dice coefficient of query and phrasing, below which an opposite is of another matter
SPECIFIC = frozenset({"charge", "energy", "power", "volume"})  # what a thing is sold by; the rest is often incidental
SILENT = Voice(frozenset(), frozenset(), None, False, frozenset(), "")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing on which query and entry cannot both be right, each side as a person would quote it."""

    kind: Kind
    query: str
    entry: str


def contradictions(query: Marks, profile: Profile, nearest: Marks) -> tuple[Contradiction, ...]:
    """Where the query cannot mean the entry; `nearest` are the marks of its phrasing most like the query."""
    return (
        *_other_product(query, profile),
        *_other_code(query, profile, nearest),
        *_other_number(query, profile, nearest),
        *_opposite(query, profile, nearest),
    )


def _other_product(query: Marks, profile: Profile) -> Iterator[Contradiction]:
    """Products named, and none of them the entry's; a code that the entry knows otherwise (E2, an error) is none."""
    if not profile.products or query.products & profile.products:
        return
    for product in sorted(query.products):
        if query.named_by[product] not in profile.codes:
            yield Contradiction("product", query.named_by[product], " / ".join(sorted(profile.products)))
            return


def _other_code(query: Marks, profile: Profile, nearest: Marks) -> Iterator[Contradiction]:
    if not profile.codes or query.codes & profile.codes:
        return
    entry = " / ".join(sorted(profile.codes))
    for code in sorted(query.codes):
        if code in query.named_by.values():
            continue
        beside = any(each == code and product in profile.products for each, product in query.code_beside)
        longer = " " in code and code.split(" ")[0] in profile.codes
        if beside or longer or family(code) in profile.listed or _replaces(code, query, profile, nearest):
            yield Contradiction("code", code, entry)
            return


def _replaces(code: str, query: Marks, profile: Profile, nearest: Marks) -> bool:
    """Whether a code that nothing known bears stands where the entry's could: X9 怎么预约 for C4 怎么预约."""
    if code not in query.its_codes or query.products & profile.products:
        return False
    return (
        bool(nearest.products & profile.products or nearest.codes & profile.codes)
        or any(family(code) == family(own) for own in profile.codes)
        or _dice(NOT_WORDS.sub("", query.text.replace(code, "", 1)), NOT_WORDS.sub("", nearest.text)) >= SAME_FRAME
    )


def _other_number(query: Marks, profile: Profile, nearest: Marks) -> Iterator[Contradiction]:
    for number in query.numbers:
        voice = profile.voices.get(number.dimension, SILENT)
        alike = [other.value for other in query.numbers if other.dimension == number.dimension]
        if not number.claim or (voice.own | {voice.agreed}).intersection(alike):
            continue
        if number.dimension in SPECIFIC and number.beside & profile.products and voice.own:
            yield _disagreement(number, voice.text, profile)
        elif voice.values.intersection(alike):
            continue
        elif voice.agreed is not None and (number.head in voice.heads or (voice.central and not number.within)):
            yield _disagreement(number, voice.text, profile)
        elif number.dimension in SPECIFIC and (other := _instead(query, nearest)):
            yield _disagreement(number, other.text, profile)
        else:
            continue
        return


def _instead(query: Marks, nearest: Marks) -> Number | None:
    """The first number of the nearest phrasing that the query lacks, if the rest of both is all but the same."""
    said = {(number.dimension, number.value) for number in query.numbers}
    for number in nearest.numbers:
        if number.dimension in SPECIFIC and (number.dimension, number.value) not in said:
            return number if _dice(query.frame, nearest.frame) >= SAME_FRAME else None
    return None


def _disagreement(number: Number, entry: str, profile: Profile) -> Contradiction:
    """Of the unit where the entry has the same figure in another one: 7 个月 for 7 天, 20000 Wh for 20000 mAh."""
    same = NUMBER.match(entry)
    figures = {value_of(same[1]) if same else None}
    if number.dimension in SPECIFIC:
        others = SPECIFIC - {number.dimension}
        figures |= {value for name in others for value in profile.voices.get(name, SILENT).values}
    return Contradiction("unit" if number.figure in figures else "number", number.text, entry)


def _dice(one: str, other: str) -> float:
    """Twice the shared character pairs by all of both; 1.0 for equal texts, 0.0 without a shared pair."""
    first, second = {*map("".join, pairwise(one))}, {*map("".join, pairwise(other))}
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else float(one == other)


def _opposite(query: Marks, profile: Profile, nearest: Marks) -> Iterator[Contradiction]:
    """A stem negated on one side and affirmed on the other, where no phrasing says it the query's way."""
    if not (query.negated or nearest.negated) or _dice(query.text, nearest.text) < CLOSE:
        return
    for stem in sorted(query.negated - profile.negated - nearest.negated):
        bare = _bare(stem)
        if _affirms(nearest, bare) and not _affirms(query, bare) and _says(nearest, stem):
            yield Contradiction("negation", stem.strip(), bare.strip())
            return
    for stem in sorted(nearest.negated - query.negated):
        bare = _bare(stem)
        if _affirms(query, bare) and not _affirms(nearest, bare) and not _affirms(profile, bare) and _says(query, stem):
            yield Contradiction("negation", bare.strip(), stem.strip())
            return


def _bare(stem: str) -> str:
    """A stem without its negator."""
    return stem[stem.index(" ", 1) :] if stem.startswith(" ") else stem[1:]


def _affirms(of: Marks | Profile, bare: str) -> bool:
    return bare in (of.verbs if len(bare) == 1 else of.affirmed)


def _says(affirming: Marks, stem: str) -> bool:
    """Whether the affirming text is more than a question after what the other side says did not come about."""
    return not stem.startswith(("没", " no ")) or ASKS.search(affirming.affirmed) is None
