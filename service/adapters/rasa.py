"""POST /model/parse and POST /webhooks/rest/webhook: Huashu in the place of a Rasa server.

To the REST channel Huashu speaks by itself, so only what may be said without a person in between is said; to
/model/parse it is a response selector. Confidence is absolute, not a softmax: the ranking need not sum to 1.
"""

from __future__ import annotations

from importlib import metadata
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from service.adapters import keys
from service.adapters.asking import MOST, ask_for, live_entries, name, readable
from service.adapters.conversations import Conversations
from service.adapters.numbers import numbers
from service.adapters.rendering import body_of, described
from service.adapters.speech import Line, lines
from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionOut, SuggestionResponse
from service.errors import Code, Problem

FALLBACK = "nlu_fallback"
RESTART = "/restart"
NOBODY = "default"  # whom Rasa answers where the client names no sender


class ParseRequest(BaseModel):
    """Rasa's request to understand one text."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "退款多久能到账", "message_id": "b2831e73"}]})

    text: str
    message_id: str | None = None


class Intent(BaseModel):
    """What is meant; `nlu_fallback` where nothing is sure enough to be answered at once."""

    name: str | None
    confidence: float


class Utterance(BaseModel):
    """An approved reply."""

    text: str


class Chosen(BaseModel):
    """The reply to give; empty where nothing is sure enough."""

    id: int | None = None
    responses: list[Utterance] = []
    confidence: float = 0.0
    intent_response_key: str | None = None
    utter_action: str | None = None


class Ranked(BaseModel):
    """One entry, `kind/entry_id`, with the probability that it is the right one."""

    id: int
    confidence: float
    intent_response_key: str


class Selector(BaseModel):
    """What the response selector found."""

    response: Chosen
    ranking: list[Ranked]


class ParseResponse(BaseModel):
    """As Rasa's NLU says it, with one selector named `default`."""

    text: str
    message_id: str | None = None
    intent: Intent
    entities: list[dict[str, Any]] = []
    intent_ranking: list[Intent]
    response_selector: dict[str, Selector | list[str]]


class ChannelRequest(BaseModel):
    """A customer's message. `metadata.slots` fills the slots of replies. Without a sender nothing is remembered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"sender": "c-1", "message": "退款多久能到账", "metadata": {"slots": {"customer_name": "张女士"}}}
            ]
        }
    )

    sender: str | int | None = None
    message: str = ""
    metadata: dict[str, Any] | None = None


class Button(BaseModel):
    """One thing the customer may have meant; the payload is sent back as the next message."""

    title: str
    payload: str


class ChannelMessage(BaseModel):
    """One message to the customer. The first one's `custom` has the decision and the escalation."""

    recipient_id: str
    text: str
    buttons: list[Button] | None = None
    custom: dict[str, Any] | None = None


class RasaError(BaseModel):
    """Rasa's error."""

    version: str
    status: str = "failure"
    message: str
    reason: str
    details: dict[str, str] = {}
    help: str | None = None
    code: int


REASONS = {401: "NotAuthenticated", 422: "BadRequest", 503: "ModelNotLoaded"}


def render(problem: Problem, _: Code) -> Response:
    body = RasaError(
        version=metadata.version("huashu"),
        message=problem.detail,
        reason=REASONS.get(problem.status, problem.title),
        code=problem.status,
    )
    return JSONResponse(body.model_dump(), problem.status)


router = APIRouter(tags=["adapters"], route_class=keys.route_class())
ERRORS: dict[int | str, dict[str, object]] = {
    401: {"model": RasaError, "description": "No API key, nor HUASHU_ADAPTER_KEY, was sent as ?token= or bearer."},
    422: {"model": RasaError, "description": "The request is malformed."},
    503: {"model": RasaError, "description": "No index is loaded."},
}


@router.post("/model/parse", summary="Rasa: understand a text", responses=ERRORS, openapi_extra=described(ParseRequest))
async def parse(request: Request) -> ParseResponse:
    """The intent `kind/entry_id` and its approved reply, or `nlu_fallback`."""
    body = await body_of(request, ParseRequest)
    query = readable(body.text)
    if query is None:
        nothing = Selector(response=Chosen(), ranking=[])
        return _parsed(body, Intent(name=None, confidence=0.0), [], nothing)
    asked = SuggestionRequest(query=query, kinds=["faq"], limit=MOST, min_confidence=0)
    response = await ask_for(request, asked)
    numbered = numbers(live_entries(request.app))
    ranking = [
        Ranked(id=numbered.get(item.entry_id, 0), confidence=item.confidence, intent_response_key=_key(item))
        for item in response.suggestions
    ]
    intents = [Intent(name=item.intent_response_key, confidence=item.confidence) for item in ranking]
    if response.decision != "answer":
        likely = intents[0].confidence if intents else 0.0
        none = Intent(name=FALLBACK, confidence=round(1 - likely, 4))
        return _parsed(body, none, [none, *intents], Selector(response=Chosen(), ranking=ranking))
    first = response.suggestions[0]
    chosen = Chosen(
        id=ranking[0].id,
        responses=[Utterance(text=first.reply.text)],
        confidence=first.confidence,
        intent_response_key=_key(first),
        utter_action=f"utter_{_key(first)}",
    )
    return _parsed(body, intents[0], intents, Selector(response=chosen, ranking=ranking))


def _parsed(body: ParseRequest, intent: Intent, ranking: list[Intent], selector: Selector) -> ParseResponse:
    return ParseResponse(
        text=body.text,
        message_id=body.message_id,
        intent=intent,
        intent_ranking=ranking,
        response_selector={"all_retrieval_intents": ["faq"], "default": selector},
    )


def _key(item: SuggestionOut) -> str:
    return f"{item.kind}/{item.entry_id}"


@router.post(
    "/webhooks/rest/webhook",
    summary="Rasa: REST channel",
    response_model_exclude_none=True,
    responses=ERRORS,
    openapi_extra=described(ChannelRequest),
)
async def webhook(request: Request) -> list[ChannelMessage]:
    """What to say to the customer, in order: approved replies, a clarifying line with buttons, or the holding line.

    A reply with a slot that nobody filled is never sent; the holding line is. `/restart` forgets the conversation.
    """
    body = await body_of(request, ChannelRequest)
    conversations: Conversations = request.app.state.conversations
    sender = NOBODY if body.sender is None else str(body.sender)
    key = f"rasa:{sender}"
    query = readable(body.message)
    if body.message.strip() == RESTART:
        conversations.forget(key)
    if query is None or body.message.strip() == RESTART:
        return []
    asked = SuggestionRequest(
        query=query,
        history=[] if body.sender is None else conversations.turns(key),
        kinds=["faq"],
        slots=_slots(body.metadata),
        conversation_id=None if body.sender is None else name(sender),
    )
    response = await ask_for(request, asked)
    said = lines(response)
    if body.sender is not None:
        conversations.add(key, "customer", query)
        for line in said:
            conversations.add(key, "agent", line.text)
    return [_message(sender, line, _custom(response) if n == 0 else None) for n, line in enumerate(said)]


def _slots(given: dict[str, Any] | None) -> dict[str, str]:
    slots = (given or {}).get("slots")
    if not isinstance(slots, dict):
        return {}
    return {key: value[:500] for key, value in list(slots.items())[:50] if isinstance(value, str) and name(key) == key}


def _message(sender: str, line: Line, custom: dict[str, Any] | None) -> ChannelMessage:
    buttons = [Button(title=title, payload=title) for title in line.options] or None
    return ChannelMessage(recipient_id=sender, text=line.text, buttons=buttons, custom=custom)


def _custom(response: SuggestionResponse) -> dict[str, Any]:
    first = response.suggestions[0] if response.suggestions else None
    return {
        "request_id": response.request_id,
        "decision": response.decision,
        "entry_id": first.entry_id if first is not None and response.decision == "answer" else None,
        "missing_slots": first.reply.missing_slots if first is not None and response.decision == "answer" else [],
        "escalation": response.escalation.model_dump(mode="json", include={"level", "target", "priority", "collect"}),
    }
