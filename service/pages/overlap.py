"""Which part of a stored phrasing the customer said too; `static/overlap.js` says the same in the browser."""

from __future__ import annotations

from dataclasses import dataclass

SHORTEST, SHORTEST_ASCII = 2, 3  # characters in a row; single ones, or "th", say nothing


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the phrasing; `hit` where the customer said it as well."""

    text: str
    hit: bool


def overlap(variant: str, query: str) -> list[Part]:
    """The variant cut where it begins or ends to agree with the query, longest agreement first from the left."""
    said = "".join(map(_alike, query))
    marks: list[bool] = []
    while len(marks) < len(variant):
        length = _run([_alike(character) for character in variant[len(marks) :]], said)
        marks += [True] * length if length else [False]
    parts: list[Part] = []
    for character, hit in zip(variant, marks, strict=True):
        if parts and parts[-1].hit == hit:
            parts[-1] = Part(parts[-1].text + character, hit)
        else:
            parts.append(Part(character, hit))
    return parts


def _run(characters: list[str], said: str) -> int:
    """How many of the characters, from the first, stand together in what was said; 0 where too few to mean much."""
    length = 0
    while length < len(characters) and "".join(characters[: length + 1]) in said:
        length += 1
    found = "".join(characters[:length])
    return length if length >= (SHORTEST_ASCII if found.isascii() else SHORTEST) else 0


def _alike(character: str) -> str:
    """Case aside, where that changes no length."""
    lower = character.lower()
    return lower if len(lower) == 1 else character
