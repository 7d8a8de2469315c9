"""The desk: composes the response to a query from what the retriever found and what the policy says.

Retriever in, the API's shape out. It finds nothing itself, writes no text of its own, and keeps nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from index.retriever import Candidate, Finding, Retriever
from knowledge.calendar import BusinessCalendar
from knowledge.escalation import Claim, Hint, escalate
from knowledge.model import ApprovedEntry, Entry, Language, Lines, Reply
from knowledge.references import fill
from knowledge.text import is_cjk
from service.api.requests import SuggestionRequest
from service.api.responses import (
    ClarificationOut,
    CollectOut,
    ContradictionOut,
    EscalationOut,
    MatchOut,
    OptionOut,
    ReasonOut,
    RelatedOut,
    ReplyOut,
    SuggestionOut,
    SuggestionResponse,
)
from service.claims import CONSIDERED, claims_if, claims_of

# Told of every answer with what it was made from and its language; must neither wait nor raise.
Note = Callable[[SuggestionRequest, SuggestionResponse, Finding, Language], None]

SHOWN_DIGITS = 4  # of a confidence; a request that repeats one as its threshold means the same


class Desk:
    """Composes responses: retriever and policy in, the API's shape out. The clock is handed in."""

    def __init__(
        self,
        retriever: Callable[[], Retriever],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        note: Note | None = None,
    ) -> None:
        self._retriever = retriever
        self._now = now
        self._note = note
        self._calendars: dict[str, BusinessCalendar] = {}

    def suggest(self, request: SuggestionRequest, request_id: str = "-") -> SuggestionResponse:
        """The response to a request; NoArtefact where no index is loaded."""
        started = time.perf_counter()
        retriever = self._retriever()
        policy = retriever.contents.policy
        calendar = self._calendar(retriever)
        now = self._now()
        today = policy.business_hours.day_of(now)
        finding = retriever.find(
            request.query,
            request.history,
            lambda approved: _allowed(approved, request, today),
            max(request.limit, CONSIDERED),
        )
        language = request.language or _language(request.query)
        thresholds = retriever.contents.confidence.thresholds
        least = thresholds.show if request.min_confidence is None else request.min_confidence
        best = finding.candidates[: request.limit]
        shown = [candidate for candidate in best if round(candidate.confidence, SHOWN_DIGITS) >= least]
        entries = (approved.entry for approved in retriever.contents.entries)
        titles = {entry.id: entry.title for entry in entries if entry.valid_on(today)}

        def escalation(claims: list[Claim]) -> EscalationOut:
            return _escalation(escalate(policy, calendar, now, claims, language), request)

        response = SuggestionResponse(
            request_id=request_id,
            decision=finding.decision,
            suggestions=[
                _suggestion(
                    candidate,
                    request,
                    language,
                    titles,
                    escalation(claims_if(candidate.entry.entry, finding, language)),
                )
                for candidate in shown
            ],
            clarification=_clarification(finding, policy.lines, language) if finding.decision == "clarify" else None,
            escalation=escalation(claims_of(finding, retriever, language)),
            holding_reply=_reply(
                *_in(language, policy.lines.holding, policy.lines.holding_en), request.channel, request.slots
            ),
            language=language,
            used_history=finding.used_history,
            read_as=finding.read_as,
            index_version=retriever.version,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
        )
        if self._note is not None:
            self._note(request, response, finding, language)
        return response

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


def _reply(text: str, language: Language, channel: str, slots: Mapping[str, str]) -> ReplyOut:
    filled, missing = fill(text, {name: value for name, value in slots.items() if value})
    return ReplyOut(channel=channel, language=language, text=filled, missing_slots=list(missing))


def _suggestion(
    candidate: Candidate,
    request: SuggestionRequest,
    language: Language,
    titles: Mapping[str, str],
    escalation: EscalationOut,
) -> SuggestionOut:
    entry = candidate.entry.entry
    reply = choose_reply(entry, request.channel, language)
    return SuggestionOut(
        entry_id=entry.id,
        version=candidate.entry.version,
        kind=entry.kind,
        category=entry.category,
        title=entry.title,
        confidence=round(candidate.confidence, SHOWN_DIGITS),
        reply=_reply(reply.text, reply.language, reply.channel, request.slots),
        match=MatchOut(
            tier=candidate.tier,
            variant=candidate.variant,
            score=round(candidate.score, 4),
            contradictions=[
                ContradictionOut(kind=one.kind, query=one.query, entry=one.entry) for one in candidate.contradictions
            ],
        ),
        related=[RelatedOut(entry_id=name, title=titles[name]) for name in entry.related if name in titles],
        escalation=escalation,
        approved_by=candidate.entry.approved_by,
        approved_at=candidate.entry.approved_at,
        valid_until=entry.valid_until,
    )


def _clarification(finding: Finding, lines: Lines, language: Language) -> ClarificationOut:
    text, spoken = _in(language, lines.clarify, lines.clarify_en)
    return ClarificationOut(
        text=text,
        language=spoken,
        options=[
            OptionOut(
                entry_id=option.entry.entry.id,
                title=option.entry.entry.title,
                confidence=round(option.confidence, SHOWN_DIGITS),
            )
            for option in finding.options
        ],
    )


def _in(language: Language, chinese: str, english: str | None) -> tuple[str, Language]:
    """The policy's line in that language, Chinese where it has none; and what it is in."""
    return (english, "en") if language == "en" and english is not None else (chinese, "zh")


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
        else _reply(hint.holding_reply, hint.holding_language, request.channel, request.slots),
    )
