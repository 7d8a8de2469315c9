"""What a recogniser finds: a situation and its wording, by which rule, and the lines they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from knowledge.formats.documents.recognition.lines import Line
from knowledge.model import Kind

Rule = Literal["table", "dialogue", "question", "label", "role", "quoted", "says", "list"]
Certainty = Literal["high", "medium", "low"]

# How far each rule can be relied on; measured on five manuals, docs/measurements.md.
CERTAINTY: Final[dict[Rule, Certainty]] = {
    "table": "high",
    "dialogue": "high",
    "question": "medium",
    "label": "high",
    "role": "high",
    "quoted": "medium",
    "says": "medium",
    "list": "low",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A situation with its wordings, the first being the reply; `lines` are where they stand, the first first."""

    rule: Rule
    title: str
    wordings: tuple[str, ...]
    lines: tuple[Line, ...]
    variants: tuple[str, ...] = ()
    kind: Kind = "script"
