"""What is said back for a query: the decision, the suggestions and the escalation hint, as they leave over HTTP.

Shapes only, with the example that the description shows; `service.desk` fills them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from knowledge.model import Clock, Kind, Language, Level, Priority
from service.errors import Problem


class ReplyOut(BaseModel):
    """An approved text with the given slots filled in; a slot left open is still `{visible}` in it."""

    channel: str
    language: Language
    text: str
    missing_slots: list[str]


class ContradictionOut(BaseModel):
    """Where the query says one thing and the entry another: both sides, as a person would quote them."""

    kind: Literal["product", "code", "number", "unit", "negation"]
    query: str
    entry: str


class MatchOut(BaseModel):
    """Why the entry is suggested: the stored phrasing nearest to the query and its cosine (−1..1).

    `contradictions` are what speaks against it all the same; they have lowered its confidence.
    """

    tier: Literal["exact", "ranked"]
    variant: str
    score: float
    contradictions: list[ContradictionOut]


class RelatedOut(BaseModel):
    """Another entry worth a look."""

    entry_id: str
    title: str


class ReasonOut(BaseModel):
    """Why there is an escalation; `detail` is for people."""

    code: Literal["entry", "trigger", "low_confidence", "repeated", "asked_for_human"]
    detail: str


class CollectOut(BaseModel):
    """Something the target needs to know."""

    field: str
    label: str
    required: bool


class EscalationOut(BaseModel):
    """Who else may (`offer`) or must (`required`) be told, and by when. Durations are ISO 8601."""

    level: Level
    target: str | None
    target_label: str | None
    priority: Priority
    reasons: Annotated[list[ReasonOut], Field(description="Strongest first.")]
    reply_within: str
    resolve_within: str | None
    clock: Annotated[
        Clock | None,
        Field(description="How `resolve_within` counts: wall clock, hours the desk is open, or working days."),
    ]
    due_at: Annotated[AwareDatetime | None, Field(description="When the matter is due, on the desk's calendar.")]
    collect: list[CollectOut]
    holding_reply: Annotated[ReplyOut | None, Field(description="What to tell the customer meanwhile.")]


class SuggestionOut(BaseModel):
    """An entry with its approved reply. `confidence` is the probability (0..1) that it is the right one."""

    entry_id: str
    version: int
    kind: Kind
    category: str
    title: str
    confidence: float
    reply: ReplyOut
    match: MatchOut
    related: list[RelatedOut]
    escalation: Annotated[
        EscalationOut,
        Field(
            description="The escalation if this entry is what is meant: by its own rule, and whatever else was heard. "
            "Show it instead of the response's once this suggestion is chosen."
        ),
    ]
    approved_by: str
    approved_at: AwareDatetime
    valid_until: date | None


class OptionOut(BaseModel):
    """One thing the customer may have meant."""

    entry_id: str
    title: str
    confidence: float


class ClarificationOut(BaseModel):
    """The approved clarifying line and what to choose from."""

    text: str
    language: Language
    options: list[OptionOut]


_HINT: Any = {
    "level": "offer",
    "target": "logistics",
    "target_label": "物流专员",
    "priority": "normal",
    "reasons": [{"code": "entry", "detail": "ship.no-update: 物流信息几天不更新"}],
    "reply_within": "PT30S",
    "resolve_within": "PT24H",
    "clock": "elapsed",
    "due_at": "2026-11-23T15:04:05+08:00",
    "collect": [{"field": "order_no", "label": "订单号", "required": True}],
    "holding_reply": {"channel": "chat", "language": "zh", "text": "让您久等了……", "missing_slots": []},
}


class SuggestionResponse(BaseModel):
    """The decision, the suggestions best first, and the escalation hint."""

    request_id: Annotated[
        str,
        Field(
            description="What feedback names it by: the `X-Request-ID` that was sent; a new one where none was, or "
            "where another query goes by that."
        ),
    ]
    decision: Literal["answer", "clarify", "abstain"]
    suggestions: list[SuggestionOut]
    clarification: ClarificationOut | None
    escalation: EscalationOut
    holding_reply: Annotated[
        ReplyOut,
        Field(
            description="The general line to steady a customer with, such as where none of a clarification's options "
            "was meant. An escalation's own goes before it."
        ),
    ]
    language: Annotated[
        Language,
        Field(
            description="What the query was answered in where there are approved words in it: the one asked for, else "
            "the query's own. A reply's `language` says what it is in."
        ),
    ]
    used_history: Annotated[
        bool, Field(description="Whether the query was understood from what either side said before it.")
    ]
    read_as: Annotated[
        str | None,
        Field(
            description="What a query that is probably misspelt was understood as, normalised; null where it was "
            "understood as it was typed."
        ),
    ]
    index_version: str
    took_ms: Annotated[float, Field(description="Milliseconds spent on this request, embedding included.")]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "request_id": "0f6e…",
                    "decision": "answer",
                    "suggestions": [
                        {
                            "entry_id": "ship.no-update",
                            "version": 3,
                            "kind": "faq",
                            "category": "ship",
                            "title": "物流信息几天不更新",
                            "confidence": 0.94,
                            "reply": {
                                "channel": "chat",
                                "language": "zh",
                                "text": "让您担心了，请把订单号 {order_no} 发我……",
                                "missing_slots": ["order_no"],
                            },
                            "match": {
                                "tier": "ranked",
                                "variant": "快递三天没动静了",
                                "score": 0.97,
                                "contradictions": [],
                            },
                            "related": [{"entry_id": "ship.lost", "title": "快递丢件"}],
                            "escalation": _HINT,
                            "approved_by": "王敏",
                            "approved_at": "2026-11-20T09:30:00+08:00",
                            "valid_until": None,
                        }
                    ],
                    "clarification": None,
                    "escalation": _HINT,
                    "holding_reply": {
                        "channel": "chat",
                        "language": "zh",
                        "text": "您的问题我需要核实一下……",
                        "missing_slots": [],
                    },
                    "language": "zh",
                    "used_history": False,
                    "read_as": None,
                    "index_version": "1d9160960ea3",
                    "took_ms": 9.8,
                }
            ]
        }
    )


class BatchResponse(BaseModel):
    """One response for each request, in the order they were sent. What could not be answered is a problem in its place.

    A row's `request_id` is the whole batch's with the row's number, from 0, behind a dot; a new one where another query
    goes by that.
    """

    responses: Annotated[
        list[SuggestionResponse | Problem],
        Field(description="A suggestion response, or a problem, which is told by its `status`."),
    ]
