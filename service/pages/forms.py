"""The editor's form and the manuscript: what a browser sends without any script, read as what was typed.

`static/manuscript.js` reads the same form in the browser, and a browser test holds the two to the same result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.datastructures import FormData

from knowledge.manuscript import Manuscript, TypedEscalation, TypedReply

SEPARATORS = re.compile(r"[,，、;；\n]+")
PLAIN = ("kind", "title", "audience", "stage", "valid_from", "valid_until", "source")


def manuscript_from(form: FormData) -> Manuscript:
    """What was typed; a ValidationError only where something is larger than any entry can be."""
    channels, languages, texts = (_all(form, f"reply_{name}") for name in ("channel", "language", "text"))
    replies = [
        TypedReply(channel=channel, language=language, text=text)
        for channel, language, text in zip(channels, languages, texts, strict=False)
        if text.strip()
    ]
    escalation = TypedEscalation(
        level=_one(form, "level"),
        target=_one(form, "target"),
        priority=_one(form, "priority"),
        collect=tuple(_all(form, "collect")),
        holding_reply=_one(form, "holding_reply"),
    )
    return Manuscript(
        **{name: _one(form, name) for name in PLAIN},
        variants=tuple(lines_of(_one(form, "variants"))),
        replies=tuple(replies),
        products=tuple(_all(form, "products")),
        tags=tuple(names_of(_one(form, "tags"))),
        escalation=escalation,
        related=tuple(names_of(_one(form, "related"))),
    )


def lines_of(text: str) -> list[str]:
    """The lines of a field, those at its end that are blank left out."""
    return text.rstrip().split("\n") if text.strip() else []


def names_of(text: str) -> list[str]:
    """Names between commas of any kind."""
    return [name.strip() for name in SEPARATORS.split(text) if name.strip()]


def _one(form: FormData, name: str) -> str:
    """A field's text with a browser's line ends turned into plain ones."""
    return next(iter(_all(form, name)), "")


def _all(form: FormData, name: str) -> list[str]:
    return list(_texts(form.getlist(name)))


def _texts(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value.replace("\r\n", "\n").replace("\r", "\n")
