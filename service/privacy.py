"""mask: what a customer's text loses before it is kept.

The one way by which text from outside reaches the database. Telephone numbers, identity numbers, bank cards, e-mail
addresses and long runs of digits (order and tracking numbers) become words in square brackets; full width, gaps and
invisible characters do not hide them. Names and addresses are not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.lint.rules.personal_data import places
from knowledge.text import aligned

LABELS = {
    "an e-mail address": "[email]",
    "an identity number": "[id-card]",
    "a mobile number": "[phone]",
    "a bank card number": "[bank-card]",
}
# A landline with its area code; a number with a country's.
TELEPHONE = re.compile(r"(?<!\d)0\d{2,3}[ \-–]?\d{7,8}(?!\d)|\+\d[\d \-–]{6,16}\d(?!\d)")
# Eight digits and more, or three groups of four and more. A date with hyphens is neither.
RUN = re.compile(r"\d{8,}|(?<!\d)\d{4,}(?:[ \-–]\d{4,}){2,}(?!\d)")


def mask(text: str) -> str:
    """The text with a label in place of every number or address by which somebody could be found.

    Masking twice changes nothing. Text without any is returned as it is.
    """
    folded = aligned(text)
    kept, end = [], 0
    for start, stop, label in sorted(_without_overlap(folded.text)):
        first, last = folded.span(start, stop)
        kept += [text[end:first], label]
        end = last
    return "".join([*kept, text[end:]])


def _without_overlap(text: str) -> list[tuple[int, int, str]]:
    """Start, end and label of each; where two overlap, the one that says more precisely what it is."""
    taken: list[tuple[int, int, str]] = []
    for start, end, label in _found(text):
        if all(end <= first or last <= start for first, last, _ in taken):
            taken.append((start, end, label))
    return taken


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    known = [(LABELS[kind], start, end) for kind, _, start, end in places(text)]
    for wanted in LABELS.values():
        yield from ((start, end, label) for label, start, end in known if label == wanted)
    for pattern, label in ((TELEPHONE, "[phone]"), (RUN, "[number]")):
        yield from ((*found.span(), label) for found in pattern.finditer(text))
