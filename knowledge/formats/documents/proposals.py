"""What a document yields, for a person to accept one by one: draft entries, time limits and forbidden phrases.

It writes no knowledge: `drafts` makes an entry of a proposal once somebody has accepted it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from knowledge.formats.documents.blocks import BlockKind, Change, Count, Place, StepName
from knowledge.formats.documents.recognition.found import Certainty, Rule
from knowledge.model import Channel, Clock, Frozen, Kind

Format = Literal["docx", "html", "pdf", "txt"]
# What a person must look at before accepting: see documents.md for each.
ProposalProblem = Literal[
    "damaged",
    "placeholder",
    "informal",
    "long_title",
    "short_title",
    "no_category",
    "too_long",
    "rule",
    "staff",
    "ocr",
]
Coverage = Literal["exact", "likely", "near"]
LevelState = Literal["same", "differs", "new"]


class Covered(Frozen):
    """The entry of the knowledge base that already answers it, or comes near. `score` is 0..1."""

    entry_id: str
    title: str
    how: Coverage
    score: Annotated[float, Field(ge=0, le=1)]


class Proposal(Frozen):
    """One situation with its wording. `alternatives` are further wordings that the document offers for it."""

    number: Count
    title: str
    entry_id: str
    category: str | None
    kind: Kind
    channel: Channel = "any"
    variants: tuple[str, ...] = ()
    reply: str
    alternatives: tuple[str, ...] = ()
    place: Place
    lines: tuple[int, ...]
    section: str = ""
    rule: Rule
    certainty: Certainty
    problems: tuple[ProposalProblem, ...] = ()
    covered: Covered | None = None


class FoundPhrase(Frozen):
    """A phrase never to use; `known` where the policy forbids it already."""

    phrase: str
    instead: str | None = None
    place: Place
    known: bool | None = None


class FoundLevel(Frozen):
    """A promise in time. `policy` is the service level it may be, and whether that says the same."""

    text: str
    act: str
    clock: Clock
    seconds: int | None = None
    days: int | None = None
    place: Place
    state: LevelState | None = None
    policy: str | None = None


class TextLine(Frozen):
    """A line of the cleaned text."""

    text: str
    place: Place
    kind: BlockKind = "text"


class StepCount(Frozen):
    """How many repairs a step made."""

    step: StepName
    count: Count


class Reading(Frozen):
    """All of a document: its cleaned text, what was repaired, and what was found in it."""

    name: str
    format: Format
    size: int
    pages: int | None = None
    lines: tuple[TextLine, ...]
    repairs: tuple[StepCount, ...]
    changes: tuple[Change, ...]
    unlisted_changes: int = 0
    proposals: tuple[Proposal, ...]
    phrases: tuple[FoundPhrase, ...]
    levels: tuple[FoundLevel, ...]
    seconds: float = 0.0
