"""A reply as chat, telephone and e-mail show it: facts put in, slots left visible, the e-mail in the policy's frame.

It is drawn from what is typed, so a name that no fact has stays visible as well, set apart from the slots.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from knowledge.manuscript import Manuscript
from knowledge.model import Facts, Language, Policy
from knowledge.references import FACT, SLOT

View = Literal["chat", "phone", "email"]
VIEWS: tuple[View, ...] = ("chat", "phone", "email")
PieceKind = Literal["text", "fact", "slot", "unknown"]


@dataclass(frozen=True)
class Piece:
    """A stretch of a preview. `name` is the reference it stands for; an `unknown` one is none there is."""

    kind: PieceKind
    text: str
    name: str = ""


@dataclass(frozen=True)
class Preview:
    """One reply, by its number in the manuscript, as one channel shows it. `length` is in characters."""

    reply: int
    view: View
    language: Language
    pieces: tuple[Piece, ...]
    length: int


def previews(manuscript: Manuscript, policy: Policy, facts: Facts) -> list[Preview]:
    """Every reply in every channel it is for, in the order typed."""
    found = []
    for number, reply in enumerate(manuscript.replies):
        language: Language = "en" if reply.language == "en" else "zh"
        for view in VIEWS if reply.channel == "any" else [cast(View, reply.channel)]:
            if view in VIEWS and reply.text.strip():
                text = framed(reply.text.strip(), language, policy) if view == "email" else reply.text.strip()
                pieces = tuple(_pieces(text, policy, facts, language))
                found.append(Preview(number, view, language, pieces, sum(len(piece.text) for piece in pieces)))
    return found


def framed(text: str, language: Language, policy: Policy) -> str:
    """A reply between the policy's opening and closing lines of an e-mail, which are written in Chinese."""
    if language == "en":
        return text
    return f"{policy.lines.email_open}\n\n{text}\n\n{policy.lines.email_close}"


def _pieces(text: str, policy: Policy, facts: Facts, language: Language) -> Iterator[Piece]:
    """The text cut at its references, in one pass, so that nothing put in is read as one."""
    places = sorted([*FACT.finditer(text), *SLOT.finditer(text)], key=lambda found: found.start())
    start = 0
    for found in places:
        if found.start() > start:
            yield Piece("text", text[start : found.start()])
        yield _reference(found[1], found[0], policy, facts, language)
        start = found.end()
    if start < len(text):
        yield Piece("text", text[start:])


def _reference(name: str, written: str, policy: Policy, facts: Facts, language: Language) -> Piece:
    fact = facts.resolve(name)
    if fact is not None:
        return Piece("fact", fact.text(language), name)
    if name in policy.slots:
        return Piece("slot", policy.slots[name], name)
    return Piece("unknown", written, name)
