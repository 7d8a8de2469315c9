"""The two kinds of braces in a reply: facts `{shop.fee}` and slots `{order_no}`.

A dotted name is a fact, put in when an artefact is built; an undotted one is a slot, filled per case. Both are
replaced in one pass, so nothing that was put in is ever read as a reference again. Other braces are just text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.errors import KnowledgeError
from knowledge.model import Facts, Language

# The look-ahead asks for one character that is no digit, so that `{3.5}` stays text.
FACT = re.compile(r"\{((?=[\d.]*[^\d.}])[\w-]+(?:\.[\w-]+)+)\}")
SLOT = re.compile(r"\{([^\W\d]\w*)\}")


def fact_names(text: str) -> tuple[str, ...]:
    """The facts a text refers to, each once, in order."""
    return tuple(dict.fromkeys(FACT.findall(text)))


def slot_names(text: str) -> tuple[str, ...]:
    """The slots a text has, each once, in order."""
    return tuple(dict.fromkeys(SLOT.findall(text)))


def resolve_facts(text: str, facts: Facts, language: Language) -> str:
    """The text with every fact put in; KnowledgeError names those that do not exist."""
    found = {name: facts.resolve(name) for name in fact_names(text)}
    if missing := [name for name, fact in found.items() if fact is None]:
        names = ", ".join(missing)
        raise KnowledgeError(f"fact {names} does not exist: add it to shop.yaml or products.yaml, or correct the name")
    words = {name: fact.text(language) for name, fact in found.items() if fact is not None}
    return FACT.sub(lambda match: words[match[1]], text)


def fill(text: str, slots: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The text with the given slots filled, and the names of those that were not given and stay visible."""
    filled = SLOT.sub(lambda match: slots.get(match[1], match[0]), text)
    return filled, tuple(name for name in slot_names(text) if name not in slots)
