"""duplicate-variants: a phrasing finds one entry.

Titles and variants are compared in the form in which queries are matched (case, width, Traditional characters,
repeated punctuation, emoji). The same one in two entries is an error, unless they are never valid on the same day;
twice within an entry, a warning. A text that is both a trigger's variant and a look-alike of it is an error.

PASS:
    - {id: refund.time, variants: [退款多久到]}
    - {id: refund.not-arrived, variants: [退款过了三天没到]}

FAIL:
    - {id: refund.time, variants: [退款多久到]}
    - {id: refund.not-arrived, variants: [退款多久到😡]}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from knowledge.lint.context import Context, form
from knowledge.lint.finding import Finding
from knowledge.model import Entry

RULE = "duplicate-variants"


class Place(NamedTuple):
    """Where a phrasing stands."""

    entry: Entry
    field: str
    phrasing: str


def check(context: Context) -> Iterator[Finding]:
    """One finding for each phrasing that stood somewhere before it."""
    for places in _by_form(context).values():
        if context.subject is not None:  # the subject's phrasings last, so that they are the ones to go
            places.sort(key=lambda place: place.entry.id == context.subject)
        for number, place in enumerate(places):
            if context.subject in (None, place.entry.id):
                yield from _first_conflict(place, places[:number])
    if context.subject is None:
        yield from _triggers(context)


def _by_form(context: Context) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    wanted = None if context.subject is None else {form(text) for entry in context.entries for text in entry.phrasings}
    for entry in context.pack.entries:
        for number, phrasing in enumerate(entry.phrasings):
            key = form(phrasing)
            if key and (wanted is None or key in wanted):
                found[key].append(Place(entry, f"variants[{number - 1}]" if number else "title", phrasing))
    return found


def _first_conflict(place: Place, earlier: list[Place]) -> Iterator[Finding]:
    entry = place.entry
    for other in earlier:
        if other.entry.id == entry.id:
            message = f'"{place.phrasing}" stands here twice ({other.field}): delete one'
            yield Finding(RULE, "warning", entry.id, place.field, message)
            return
        if _meet(entry, other.entry):
            message = f'"{place.phrasing}" also belongs to {other.entry.id} ({other.field}): delete one'
            yield Finding(RULE, "error", entry.id, place.field, message)
            return


def _meet(one: Entry, other: Entry) -> bool:
    """Whether some day both are valid."""
    begin = max(one.valid_from or date.min, other.valid_from or date.min)
    end = min(one.valid_until or date.max, other.valid_until or date.max)
    return begin <= end


def _triggers(context: Context) -> Iterator[Finding]:
    for trigger in context.policy.triggers:
        own = {form(variant) for variant in trigger.variants}
        for number, text in enumerate(trigger.look_alikes):
            if form(text) in own:
                message = f'"{text}" is a variant and a look-alike of trigger {trigger.code}: delete one'
                yield Finding(RULE, "error", None, f"triggers.{trigger.code}.look_alikes[{number}]", message)
