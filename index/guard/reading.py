"""The two sides of a contradiction: the marks of one text, and the profile of an entry from all its phrasings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from index.guard.numbers import Number, Voice, numbers_of, voices_of
from index.guard.polarity import polarity_of
from index.guard.products import CODE, COMMON, NO_CATALOGUE, Catalogue, beside, codes_of, family
from knowledge.text import normalise

READ = 300  # characters of a text that are read: what comes after is a story
FAMILY = 2  # codes that begin alike, from which an entry lists them all
# What may stand before the code of the thing asked about; after other words (三星s24) it is another thing's.
ITS_CODE = re.compile(r"(?:^|[\s,.。?!:;、(我你您们家的款是买用了个号这那和跟台]|\b(?:the|my|your|an?|this|for|of) )$")
BESIDE = re.compile(
    r"(?:\s|的|这款|那款|型号|款|是|:|显示|报|报错|故障|代码|亮|出现|错误|跳|shows?|displays?|error|code|with|has)*"
)
NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Marks:
    """What of a text can be contradicted. `affirmed` is the text without what it negates, `frame` without numbers."""

    text: str
    products: frozenset[str]
    codes: frozenset[str]
    named_by: Mapping[str, str]
    its_codes: frozenset[str]
    code_beside: frozenset[tuple[str, str]]
    numbers: tuple[Number, ...]
    negated: frozenset[str]
    affirmed: str
    verbs: frozenset[str]

    @property
    def frame(self) -> str:
        """The text without its numbers, spaces and punctuation."""
        text = self.text
        for number in self.numbers:
            text = text.replace(number.text, "", 1)
        return NOT_WORDS.sub("", text)


@dataclass(frozen=True, slots=True)
class Profile:
    """An entry's side of a contradiction, gathered from all its phrasings."""

    products: frozenset[str]
    codes: frozenset[str]
    listed: frozenset[str]
    voices: Mapping[str, Voice]
    negated: frozenset[str]
    affirmed: str
    verbs: frozenset[str]

    @classmethod
    def of(
        cls,
        phrasings: Sequence[str],
        products: Sequence[str] = (),
        catalogue: Catalogue = NO_CATALOGUE,
        replies: Sequence[str] = (),
    ) -> Profile:
        """Of an entry's phrasings and product ids; the numbers of its replies (facts filled in) are known, too."""
        return cls.gathered([marks(phrasing, catalogue) for phrasing in phrasings], products, numbers_in(replies))

    @classmethod
    def gathered(cls, read: Sequence[Marks], products: Sequence[str] = (), replied: Sequence[Number] = ()) -> Profile:
        """The same from marks, and the replies' numbers, at hand."""
        own = frozenset(products)
        names = {normalise(product) for product in products}
        codes = frozenset(code for one in read for code in one.codes) | {name for name in names if CODE.fullmatch(name)}
        families = Counter(family(code) for code in codes - names)
        listed = frozenset(family for family, count in families.items() if count >= FAMILY)
        return cls(
            own,
            codes,
            listed,
            MappingProxyType(voices_of([number for one in read for number in one.numbers], replied, len(read))),
            frozenset(stem for one in read for stem in one.negated),
            "\n".join(one.affirmed for one in read),
            frozenset(verb for one in read for verb in one.verbs),
        )


def numbers_in(replies: Sequence[str]) -> list[Number]:
    """The numbers that an entry's replies name."""
    return [number for reply in replies for number in numbers_of(normalise(reply)[: 4 * READ], [])]


def marks(text: str, catalogue: Catalogue = NO_CATALOGUE) -> Marks:
    """The marks of any text; what follows the first few hundred characters is not read."""
    key = normalise(text)[:READ]
    codes = dict(codes_of(key))
    spans = list(codes.values())
    named = [
        mention
        for mention in catalogue.mentions(key)
        if not any(start <= mention[0] < end and (start, end) != mention[:2] for start, end in spans)
    ]
    named_by = {product: name for _, _, name in reversed(named) for product in catalogue.names[name]}
    places = [(start, end, catalogue.names[name]) for start, end, name in named]
    product_codes = {name for _, _, name in named}
    kept = {code: span for code, span in codes.items() if not COMMON.match(code) or code in catalogue.names}
    return Marks(
        key,
        frozenset(named_by),
        frozenset(kept),
        named_by,
        frozenset(
            code
            for code, (start, _) in kept.items()
            if code not in catalogue.names and code not in catalogue.codes and ITS_CODE.search(key[:start])
        ),
        frozenset(
            (code, product)
            for code, span in kept.items()
            if code not in product_codes
            for product in beside(key, span, places, BESIDE)
        ),
        tuple(numbers_of(key, places)),
        *polarity_of(key),
    )
