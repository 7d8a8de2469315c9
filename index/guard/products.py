"""Which products and codes a text names, by the names that a whole knowledge base knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.text import normalise

# Letters and digits: C4 or P20 Pro.
CODE = re.compile(
    r"(?<![a-z0-9.#_-])[a-z]{1,3}\d{1,4}[a-z]{0,2}(?: ?(pro|plus|max|mini|ultra|lite)(?! ?[a-z]))?(?![a-z0-9]|\.\d)"
)
# Standards, formats and sizes: no models, unless a product is called so.
COMMON = re.compile(r"(?:pm|usb|ipx?|rg|qc|pd|mp|win|ios|gb|bt|ver?|no|xp)\d|(?:[abco]2[abco]|p2p|h2o|co2|a4|f\d)$")


@dataclass(frozen=True)
class Catalogue:
    """What a whole knowledge base knows: names (normalised) → the products called so, and every code it mentions."""

    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, products: Mapping[str, Sequence[str]], phrasings: Iterable[str] = ()) -> Catalogue:
        """From product ids with what customers call them, and all phrasings of all entries."""
        names: defaultdict[str, set[str]] = defaultdict(set)
        for product, called in products.items():
            for name in (product, *called):
                names[normalise(name)].add(product)
        names.pop("", None)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for name in names:
            lengths[name[0]].add(len(name))
        codes = {code for phrasing in phrasings for code, _ in codes_of(normalise(phrasing))}
        return cls(
            {name: frozenset(ids) for name, ids in names.items()},
            frozenset(codes),
            {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()},
        )

    def mentions(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and name of the products' names in a normalised text, the longest first, none within another."""
        at = 0
        while at < len(text):
            for length in self.lengths.get(text[at], ()):
                if at + length <= len(text) and text[at : at + length] in self.names and _whole(text, at, at + length):
                    yield at, at + length, text[at : at + length]
                    at += length - 1
                    break
            at += 1


NO_CATALOGUE = Catalogue()


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a Latin name does not continue before or after."""
    return not (
        (text[start].isascii() and start and text[start - 1].isascii() and text[start - 1].isalnum())
        or (text[end - 1].isascii() and text[end : end + 1].isascii() and text[end : end + 1].isalnum())
    )


def codes_of(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in CODE.finditer(text):
        version = match[1] or ""
        yield f"{match[0].removesuffix(version).rstrip()} {version}".strip(), match.span()


def family(code: str) -> str:
    return code.rstrip("0123456789")


def beside(
    text: str, span: tuple[int, int], places: Sequence[tuple[int, int, frozenset[str]]], gap: re.Pattern[str]
) -> Iterator[str]:
    """Products whose name is parted from the span by nothing but what `gap` allows."""
    for start, end, products in places:
        between = text[end : span[0]] if end <= span[0] else text[span[1] : start]
        if len(between) <= 12 and (end <= span[0] or start >= span[1]) and gap.fullmatch(between):
            yield from products
