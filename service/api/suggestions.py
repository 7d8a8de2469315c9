"""POST /v1/suggestions: a customer's query in, approved replies and an escalation hint out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from index.retriever import Candidate, Finding, Retriever
from knowledge.calendar import BusinessCalendar
from knowledge.escalation import Claim, Hint, escalate, from_entry, from_trigger, low_confidence, repeated
from knowledge.model import ApprovedEntry, Audience, Clock, Entry, Kind, Language, Level, Priority, Reply
from knowledge.references import fill
from knowledge.text import is_cjk
from service.errors import Problem, request_id

LONGEST_QUERY = 2000
CUSTOMER = "customer"
LIKELIER_THAN_NOT = 0.5
CONSIDERED = 5  # candidates looked at for an escalation, however few are shown

router = APIRouter(prefix="/v1", tags=["suggestions"])


def _plain(text: str) -> str:
    """Text a person could have typed: no control character but line breaks and tabs."""
    for position, character in enumerate(text):
        if (character < " " and character not in "\n\r\t") or character == "\x7f":
            raise ValueError(f"holds control character U+{ord(character):04X} at position {position}: remove it")
    if not text.strip():
        raise ValueError(f"is empty: give 1 to {LONGEST_QUERY} characters")
    return text


Message = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_QUERY), AfterValidator(_plain)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Turn(_Request):
    """One earlier message of the conversation."""

    role: Literal["customer", "agent"]
    text: Message


EXAMPLE_REQUEST: Any = {"query": "快递三天没动了", "channel": "chat", "slots": {"customer_name": "张女士"}, "limit": 3}


class SuggestionRequest(_Request):
    """What the customer said, and what is known beside it. Only `query` is required."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                EXAMPLE_REQUEST,
                {"query": "那要几天呢", "history": [{"role": "customer", "text": "退款怎么还没到"}]},
            ]
        },
    )

    query: Annotated[Message, Field(description="The customer's message, 1 to 2000 characters.")]
    history: Annotated[list[Turn], Field(max_length=50, description="Earlier messages, oldest first.")] = []
    channel: Annotated[Literal["chat", "phone", "email"], Field(description="For which channel the reply is.")] = "chat"
    audience: Annotated[Audience | None, Field(description="Only entries for this audience; both where left out.")] = (
        None
    )
    kinds: Annotated[
        list[Kind], Field(max_length=2, description="Only entries of these kinds; both where left out.")
    ] = []
    products: Annotated[
        list[Name], Field(max_length=50, description="Only entries of these products, or of none in particular.")
    ] = []
    slots: Annotated[
        dict[Name, Annotated[str, StringConstraints(max_length=500)]],
        Field(max_length=50, description="Values for the slots of replies."),
    ] = {}
    language: Annotated[
        Language | None, Field(description="Of the reply; by the query's own language where left out.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=10, description="At most so many suggestions.")] = 3
    min_confidence: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            strict=False,
            description="Show suggestions from this confidence on; by default the artefact's own threshold. "
            "Never changes the decision.",
        ),
    ] = None
    conversation_id: Annotated[Name | None, Field(description="The console's own id; not interpreted.")] = None
    agent_id: Annotated[Name | None, Field(description="The console's own id; not interpreted.")] = None


class ReplyOut(BaseModel):
    """An approved text with the given slots filled in; a slot left open is still `{visible}` in it."""

    channel: str
    language: Language
    text: str
    missing_slots: list[str]


class MatchOut(BaseModel):
    """Why the entry is suggested: the stored phrasing nearest to the query and its cosine (−1..1)."""

    tier: Literal["exact", "ranked"]
    variant: str
    score: float


class RelatedOut(BaseModel):
    """Another entry worth a look."""

    entry_id: str
    title: str


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
    options: list[OptionOut]


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
    reasons: list[ReasonOut]
    reply_within: str
    resolve_within: str | None
    clock: Annotated[
        Clock | None,
        Field(description="How `resolve_within` counts: wall clock, hours the desk is open, or working days."),
    ]
    due_at: Annotated[AwareDatetime | None, Field(description="When the matter is due, on the desk's calendar.")]
    collect: list[CollectOut]
    holding_reply: Annotated[ReplyOut | None, Field(description="What to tell the customer meanwhile.")]


class SuggestionResponse(BaseModel):
    """The decision, the suggestions best first, and the escalation hint."""

    request_id: str
    decision: Literal["answer", "clarify", "abstain"]
    suggestions: list[SuggestionOut]
    clarification: ClarificationOut | None
    escalation: EscalationOut
    used_history: Annotated[
        bool, Field(description="Whether the query was understood from the customer's turn before it.")
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
                            "match": {"tier": "ranked", "variant": "快递三天没动静了", "score": 0.97},
                            "related": [{"entry_id": "ship.lost", "title": "快递丢件"}],
                            "approved_by": "王敏",
                            "approved_at": "2026-11-20T09:30:00+08:00",
                            "valid_until": None,
                        }
                    ],
                    "clarification": None,
                    "escalation": {
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
                        "holding_reply": {
                            "channel": "chat",
                            "language": "zh",
                            "text": "让您久等了……",
                            "missing_slots": [],
                        },
                    },
                    "used_history": False,
                    "index_version": "1d9160960ea3",
                    "took_ms": 9.8,
                }
            ]
        }
    )


class Desk:
    """Composes responses: retriever and policy in, the API's shape out. The clock is handed in."""

    def __init__(
        self, retriever: Callable[[], Retriever], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._retriever = retriever
        self._now = now
        self._calendars: dict[str, BusinessCalendar] = {}

    def suggest(self, request: SuggestionRequest, request_id: str = "-") -> SuggestionResponse:
        """The response to a request; NoArtefact where no index is loaded."""
        started = time.perf_counter()
        retriever = self._retriever()
        policy = retriever.contents.policy
        calendar = self._calendar(retriever)
        now = self._now()
        today = now.astimezone(ZoneInfo(policy.business_hours.timezone)).date()
        turns = [turn.text for turn in request.history if turn.role == CUSTOMER]
        finding = retriever.find(
            request.query, turns, lambda approved: _allowed(approved, request, today), max(request.limit, CONSIDERED)
        )
        language = request.language or _language(request.query)
        thresholds = retriever.contents.confidence.thresholds
        least = thresholds.show if request.min_confidence is None else request.min_confidence
        shown = [candidate for candidate in finding.candidates[: request.limit] if candidate.confidence >= least]
        entries = (approved.entry for approved in retriever.contents.entries)
        titles = {entry.id: entry.title for entry in entries if entry.valid_on(today)}
        hint = escalate(policy, calendar, now, _claims(finding, retriever, language), language)
        return SuggestionResponse(
            request_id=request_id,
            decision=finding.decision,
            suggestions=[_suggestion(candidate, request, language, titles) for candidate in shown],
            clarification=_clarification(finding, retriever) if finding.decision == "clarify" else None,
            escalation=_escalation(hint, request),
            used_history=finding.used_history,
            index_version=retriever.version,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
        )

    def _calendar(self, retriever: Retriever) -> BusinessCalendar:
        if retriever.version not in self._calendars:
            self._calendars = {retriever.version: BusinessCalendar(retriever.contents.policy.business_hours)}
        return self._calendars[retriever.version]


def _allowed(approved: ApprovedEntry, request: SuggestionRequest, today: date) -> bool:
    entry = approved.entry
    return (
        entry.valid_on(today)
        and (not request.kinds or entry.kind in request.kinds)
        and (request.audience is None or entry.audience == request.audience)
        and (not request.products or not entry.products or bool(set(entry.products) & set(request.products)))
    )


def _language(query: str) -> Language:
    return (
        "en" if not is_cjk(query) and any(character.isascii() and character.isalpha() for character in query) else "zh"
    )


def choose_reply(entry: Entry, channel: str, language: Language) -> Reply:
    """The reply nearest to what was asked: language before channel, `any` and `chat` before other channels."""

    def distance(reply: Reply) -> tuple[bool, int]:
        order = [channel, "any", "chat", "phone", "email"]
        return reply.language != language, order.index(reply.channel)

    return min(entry.replies, key=distance)


def _reply(text: str, channel: str, language: Language, slots: Mapping[str, str]) -> ReplyOut:
    filled, missing = fill(text, {name: value for name, value in slots.items() if value})
    return ReplyOut(channel=channel, language=language, text=filled, missing_slots=list(missing))


def _suggestion(
    candidate: Candidate, request: SuggestionRequest, language: Language, titles: Mapping[str, str]
) -> SuggestionOut:
    entry = candidate.entry.entry
    reply = choose_reply(entry, request.channel, language)
    return SuggestionOut(
        entry_id=entry.id,
        version=candidate.entry.version,
        kind=entry.kind,
        category=entry.category,
        title=entry.title,
        confidence=round(candidate.confidence, 4),
        reply=_reply(reply.text, reply.channel, reply.language, request.slots),
        match=MatchOut(tier=candidate.tier, variant=candidate.variant, score=round(candidate.score, 4)),
        related=[RelatedOut(entry_id=name, title=titles[name]) for name in entry.related if name in titles],
        approved_by=candidate.entry.approved_by,
        approved_at=candidate.entry.approved_at,
        valid_until=entry.valid_until,
    )


def _claims(finding: Finding, retriever: Retriever, language: Language) -> list[Claim]:
    """Every reason to escalate, whatever ranks first."""
    claims = [
        from_trigger(alarm.trigger, alarm.text if len(alarm.text) <= 40 else alarm.phrase, language)
        for alarm in finding.alarms
    ]
    thresholds = retriever.contents.confidence.thresholds
    if finding.decision == "answer":
        claims.append(from_entry(finding.candidates[0].entry.entry))
    else:
        claims += _likely_required(finding)
    if finding.decision == "clarify":
        # Which entry it is stays open, so its escalation is offered at most until the customer has chosen.
        claims.append(_at_most_offer(from_entry(finding.candidates[0].entry.entry)))
    elif finding.decision == "abstain":
        confidence = finding.candidates[0].confidence if finding.candidates else 0.0
        holding = retriever.contents.policy.lines.holding
        claims.append(replace(low_confidence(confidence, thresholds.answer), holding_reply=holding))
    if finding.repeats > 1:
        claims.append(repeated(finding.repeats))
    return claims


def _likely_required(finding: Finding) -> list[Claim]:
    """The claim of the best entry that must escalate, where it is likelier than not that one of them is meant."""
    considered = finding.candidates[:CONSIDERED]
    required = [candidate for candidate in considered if candidate.entry.entry.escalation.level == "required"]
    if sum(candidate.confidence for candidate in required) < LIKELIER_THAN_NOT:
        return []
    return [from_entry(required[0].entry.entry)]


def _at_most_offer(claim: Claim) -> Claim:
    return replace(claim, level="offer") if claim.level == "required" else claim


def _clarification(finding: Finding, retriever: Retriever) -> ClarificationOut:
    return ClarificationOut(
        text=retriever.contents.policy.lines.clarify,
        options=[
            OptionOut(
                entry_id=option.entry.entry.id, title=option.entry.entry.title, confidence=round(option.confidence, 4)
            )
            for option in finding.options
        ],
    )


def _escalation(hint: Hint, request: SuggestionRequest) -> EscalationOut:
    return EscalationOut(
        level=hint.level,
        target=hint.target,
        target_label=hint.target_label,
        priority=hint.priority,
        reasons=[ReasonOut(code=reason.code, detail=reason.detail) for reason in hint.reasons],
        reply_within=hint.reply_within,
        resolve_within=hint.resolve_within,
        clock=hint.clock,
        due_at=hint.due_at,
        collect=[CollectOut(field=item.field, label=item.label, required=item.required) for item in hint.collect],
        holding_reply=None
        if hint.holding_reply is None
        else _reply(hint.holding_reply, request.channel, "zh", request.slots),
    )


PROBLEMS: dict[int | str, dict[str, object]] = {
    422: {
        "model": Problem,
        "description": "A field is missing, of the wrong type or out of its limits; `errors` names each.",
    },
    503: {"model": Problem, "description": "No index is loaded; `detail` has the command that makes one."},
}


@router.post(
    "/suggestions",
    summary="Suggest approved replies for a customer's query",
    responses={**PROBLEMS, 413: {"model": Problem, "description": "The body is larger than any request needs to be."}},
)
async def suggestions(body: SuggestionRequest, request: Request) -> SuggestionResponse:
    """The best approved replies, whether one of them may be sent as it is, and who else must know.

    `abstain` is an answer: nothing approved fits well enough, and the holding reply says so honestly.
    """
    response: SuggestionResponse = await run_in_threadpool(request.app.state.suggest, body, request_id(request))
    metrics = request.app.state.metrics
    metrics.decisions.labels(response.decision).inc()
    metrics.escalations.labels(response.escalation.level, response.escalation.target or "").inc()
    return response
