"""personal-data: knowledge holds nobody's personal data.

Mainland mobile numbers, identity numbers with a right check digit, bank cards with a right Luhn digit, and e-mail
addresses are errors in titles, variants and replies, also in full width or with spaces or hyphens between the digits.
The shop's own, as they stand in its facts, are let through. The finding shows only the ends of what it found.

PASS:
    variants: [我手机号换了怎么改, 发票发到我邮箱]

FAIL:
    variants: [我手机号是 13912345678 帮我查下]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from knowledge.lint.context import Context, Text
from knowledge.lint.finding import Finding, Mark
from knowledge.text import aligned

RULE = "personal-data"

GAP = r"[ \-–]?"
EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
MOBILE = re.compile(rf"(?<![\d.])(?:\+?86{GAP})?(1[3-9]\d{GAP}\d{{4}}{GAP}\d{{4}})(?![\d.]\d|\d)")
IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
CARD = re.compile(rf"(?<!\d)(?:62|4\d|5[1-5])\d{{2}}(?:{GAP}\d{{4}}){{3}}(?:{GAP}\d{{1,3}})?(?!\d)")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check(context: Context) -> Iterator[Finding]:
    """One error for each personal datum in each text."""
    own = _own(context)
    for text in context.texts:
        if text.part == "fact":
            continue
        for kind, value in personal_data(text.value):
            if value not in own:
                yield Finding(RULE, "error", text.entry_id, text.field, _message(kind, value))


def marks(text: Text, context: Context) -> Iterator[Mark]:
    """One error for each place that holds a personal datum."""
    own, folded = _own(context), aligned(text.value)
    for kind, value, start, end in places(folded.text):
        if value not in own:
            yield Mark(RULE, "error", _message(kind, value), *folded.span(start, end))


def _own(context: Context) -> frozenset[str]:
    """The shop's own, which are nobody's secret."""
    return frozenset(value for text in _own_texts(context) for _, value in personal_data(text))


def _own_texts(context: Context) -> Iterator[str]:
    for facts in (context.facts.facts, *(product.facts for product in context.facts.products.values())):
        for fact in facts.values():
            yield f"{fact.zh}\n{fact.en or ''}"


def personal_data(text: str) -> Iterator[tuple[str, str]]:
    """Kind and value of each personal datum, digits without gaps."""
    yield from ((kind, value) for kind, value, _, _ in places(unicodedata.normalize("NFKC", text)))


def places(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Kind, value, start and end of each personal datum in a text of half-width digits."""
    for kind, pattern, is_one in KINDS:
        for found in pattern.finditer(text):
            value = found[found.lastindex or 0]
            value = value.lower() if kind == "an e-mail address" else re.sub(r"[ \-–]", "", value)
            if is_one(value):
                yield kind, value, *found.span()


def is_identity_number(value: str) -> bool:
    """Whether the date is possible and the check digit right (GB 11643-1999)."""
    month, day = int(value[10:12]), int(value[12:14])
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, value, strict=False))
    return 1 <= month <= 12 and 1 <= day <= 31 and "10X98765432"[total % 11] == value[17].upper()


def is_card_number(value: str) -> bool:
    """Whether the Luhn digit is right and the digits are not all alike."""
    doubled = [int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(value))]
    return len(set(value)) > 1 and sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def _message(kind: str, value: str) -> str:
    return f"holds {kind} {_masked(value)}: write it without, or with a slot"


def _masked(value: str) -> str:
    keep = 3 if value[0].isdigit() else 1
    return f"{value[:keep]}…{value[-2:]}"


KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("a mobile number", MOBILE, bool),
    ("an identity number", IDENTITY, is_identity_number),
    ("a bank card number", CARD, is_card_number),
    ("an e-mail address", EMAIL, bool),
)
