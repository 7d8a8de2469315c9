"""An entry while it is being written: every field as it was typed, complete or not.

Owns the way from an entry to what an editor types and back. What cannot be an entry yet is told as findings of the
rule `form`, each at the place where it was typed; nothing typed is altered or dropped before it becomes an entry.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, ValidationError

from knowledge.errors import PackError, Problem
from knowledge.formats.validation import details, explain, field_name
from knowledge.lint.finding import Finding
from knowledge.model import Audience, Entry, Escalation, Frozen, Kind, Level, Priority, Reply, Stage, Variant

FORM = "form"
NUMBERED = re.compile(r"\b(variants|replies)\[(\d+)\]")

Word = Annotated[str, StringConstraints(max_length=200)]
Line = Annotated[str, StringConstraints(max_length=4000)]
Passage = Annotated[str, StringConstraints(max_length=20_000)]
Few, Many = Field(max_length=200), Field(max_length=5000)

Value = TypeVar("Value")
Model = TypeVar("Model", bound=BaseModel)


class TypedReply(Frozen):
    """A reply as typed."""

    channel: Word = "any"
    language: Word = "zh"
    text: Passage = ""


class TypedEscalation(Frozen):
    """An escalation as typed."""

    level: Word = "none"
    target: Word = ""
    priority: Word = "normal"
    collect: Annotated[tuple[Word, ...], Many] = ()
    holding_reply: Passage = ""


class Manuscript(Frozen):
    """An entry as typed: text everywhere, an empty one for what is not given, variants one a line, blank ones too.

    The limits are those of what is sent; of an entry that was imported larger, it has whatever that has.
    """

    kind: Word = "faq"
    title: Line = ""
    variants: Annotated[tuple[Line, ...], Field(max_length=20_000)] = ()
    replies: Annotated[tuple[TypedReply, ...], Few] = ()
    products: Annotated[tuple[Passage, ...], Many] = ()
    audience: Word = "customer"
    stage: Word = ""
    tags: Annotated[tuple[Passage, ...], Many] = ()
    escalation: TypedEscalation = TypedEscalation()
    related: Annotated[tuple[Word, ...], Many] = ()
    valid_from: Word = ""
    valid_until: Word = ""
    source: Passage = ""


@dataclass(frozen=True)
class Reading:
    """A manuscript read as an entry.

    `entry` is None where something cannot be one; `sound` is what can, for lint to judge; `findings` say what cannot.
    `places` are the numbers in the manuscript of the variants and replies of `sound`, by field.
    """

    entry: Entry | None
    sound: Entry
    findings: tuple[Finding, ...]
    places: dict[str, tuple[int, ...]]

    def placed(self, text: str) -> str:
        """The text with the numbers of variants and replies of `sound` turned into those of the manuscript."""
        return _renumbered(text, self.places)


def manuscript_of(entry: Entry) -> Manuscript:
    """What one would have typed for an entry."""
    values, escalation = _typed(entry), _typed(entry.escalation)
    replies = tuple(TypedReply.model_construct(**_typed(reply)) for reply in entry.replies)
    del values["id"]
    values |= {"replies": replies, "escalation": TypedEscalation.model_construct(**escalation)}
    return Manuscript.model_construct(**values)


def _typed(model: BaseModel) -> dict[str, Any]:
    """The fields of a part of an entry; nothing and days as text."""
    return {
        name: "" if value is None else value.isoformat() if isinstance(value, date) else value for name, value in model
    }


def entry_of(manuscript: Manuscript, entry_id: str) -> Entry:
    """The entry; PackError names every place that cannot be one."""
    reading = read(manuscript, entry_id)
    if reading.entry is None:
        raise PackError([Problem("draft", 1, one.message, entry_id, one.field) for one in reading.findings])
    return reading.entry


def read(manuscript: Manuscript, entry_id: str) -> Reading:
    """The manuscript as an entry, as far as it is one. Blank lines and blank replies count for nothing."""
    lines = [(number, line) for number, line in enumerate(manuscript.variants) if line.strip()]
    replies = [(number, reply) for number, reply in enumerate(manuscript.replies) if reply.text.strip()]
    data = _data(manuscript, entry_id, [line for _, line in lines], [reply for _, reply in replies])
    typed = {"variants": tuple(number for number, _ in lines), "replies": tuple(number for number, _ in replies)}
    try:
        entry = Entry.model_validate(data)
    except ValidationError as error:
        findings = tuple(
            Finding(FORM, "error", entry_id, _renumbered(field_name(detail["loc"]), typed), explain(detail))
            for detail in details(error)
        )
        sound, kept = _sound(data)
        return Reading(None, sound, findings, {name: tuple(typed[name][n] for n in kept[name]) for name in typed})
    return Reading(entry, entry, (), typed)


def _data(
    manuscript: Manuscript, entry_id: str, variants: Sequence[str], replies: Sequence[TypedReply]
) -> dict[str, Any]:
    """What is given, for the model to judge."""
    escalation = manuscript.escalation
    return {
        "id": entry_id,
        "kind": manuscript.kind,
        "title": manuscript.title,
        "variants": variants,
        "replies": [reply.model_dump() for reply in replies],
        "products": _given(manuscript.products),
        "audience": manuscript.audience,
        "stage": manuscript.stage.strip() or None,
        "tags": _given(manuscript.tags),
        "escalation": {
            "level": escalation.level,
            "target": escalation.target.strip() or None,
            "priority": escalation.priority,
            "collect": _given(escalation.collect),
            "holding_reply": escalation.holding_reply if escalation.holding_reply.strip() else None,
        },
        "related": _given(manuscript.related),
        "valid_from": manuscript.valid_from.strip() or None,
        "valid_until": manuscript.valid_until.strip() or None,
        "source": manuscript.source.strip() or None,
    }


def _given(words: Sequence[str]) -> list[str]:
    return [word.strip() for word in words if word.strip()]


def _sound(data: dict[str, Any]) -> tuple[Entry, dict[str, list[int]]]:
    """An entry of the parts that are sound, and which variants and replies those are. Never validated as a whole."""
    variants = [_valid(Variant, text) for text in data["variants"]]
    replies = [_valid(Reply, reply) for reply in data["replies"]]
    escalation = data["escalation"]
    kept = {
        "variants": [number for number, variant in enumerate(variants) if variant is not None],
        "replies": [number for number, reply in enumerate(replies) if reply is not None],
    }
    sound = Entry.model_construct(
        id=data["id"],
        kind=_chosen(data["kind"], Kind, "faq"),
        title=data["title"].strip(),
        variants=tuple(variant for variant in variants if variant is not None),
        replies=tuple(reply for reply in replies if reply is not None),
        products=tuple(data["products"]),
        audience=_chosen(data["audience"], Audience, "customer"),
        stage=_chosen(data["stage"], Stage, None),
        tags=tuple(data["tags"]),
        escalation=Escalation.model_construct(
            level=_chosen(escalation["level"], Level, "none"),
            target=escalation["target"],
            priority=_chosen(escalation["priority"], Priority, "normal"),
            collect=tuple(escalation["collect"]),
            holding_reply=(escalation["holding_reply"] or "").strip() or None,
        ),
        related=tuple(data["related"]),
        valid_from=_valid(_Day, data["valid_from"]),
        valid_until=_valid(_Day, data["valid_until"]),
        source=data["source"],
    )
    return sound, kept


_Day = Entry.model_fields["valid_from"].annotation


def _valid(kind: Any, value: object) -> Any:
    """The value as that type, or None."""
    try:
        return _ADAPTERS.setdefault(kind, TypeAdapter(kind)).validate_python(value)
    except ValidationError:
        return None


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _chosen(value: Any, choices: Any, otherwise: Any) -> Any:
    return value if value in get_args(choices) else otherwise


def _renumbered(text: str, places: dict[str, tuple[int, ...]]) -> str:
    def place(found: re.Match[str]) -> str:
        numbers, number = places[found[1]], int(found[2])
        return f"{found[1]}[{numbers[number]}]" if number < len(numbers) else found[0]

    return NUMBERED.sub(place, text)
