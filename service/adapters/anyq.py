"""GET and POST /anyq: Huashu in the place of a Baidu AnyQ server.

Confidence is a probability that the entry is the right one; where the desk abstains there is nothing, as AnyQ's
clients take the first row for the answer.
"""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from service.adapters import keys
from service.adapters.asking import ask_for, live_entries, readable
from service.adapters.metadata import shown
from service.adapters.rendering import body_of, described
from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionOut, SuggestionResponse
from service.errors import Code, Problem


class AnyqRequest(BaseModel):
    """AnyQ's request; every other key is taken and not looked at, as AnyQ does."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [{"question": "退款多久能到账"}]})

    question: str


class AnyqRow(BaseModel):
    """One entry: the stored phrasing that matched, its approved reply, confidence (0..1) and id.

    `json_info` is JSON in a string: the entry's fields, the decision, the escalation, and slots left open.
    """

    question: str
    answer: str
    confidence: float
    qa_id: str
    json_info: str


class AnyqError(BaseModel):
    """What AnyQ answers where something failed."""

    code: int = -1
    msg: str


def render(problem: Problem, _: Code) -> Response:
    return JSONResponse(AnyqError(msg=problem.detail).model_dump(), problem.status)


router = APIRouter(tags=["adapters"], route_class=keys.route_class())
ERRORS: dict[int | str, dict[str, object]] = {
    401: {"model": AnyqError, "description": "Neither an API key nor HUASHU_ADAPTER_KEY was sent."},
    422: {"model": AnyqError, "description": "There is no question."},
    503: {"model": AnyqError, "description": "No index is loaded."},
}


@router.get("/anyq", summary="Baidu AnyQ: ask by address", responses=ERRORS)
async def asked_by_address(
    question: Annotated[str, Query(description="What the customer said.")], request: Request
) -> list[AnyqRow]:
    """A bare list, best first; empty where nothing is sure enough."""
    return await _rows(request, question)


@router.post("/anyq", summary="Baidu AnyQ: ask by body", responses=ERRORS, openapi_extra=described(AnyqRequest))
async def asked_by_body(request: Request) -> list[AnyqRow]:
    """The same by a JSON body, whatever its content type."""
    body = await body_of(request, AnyqRequest)
    return await _rows(request, body.question)


async def _rows(request: Request, question: str) -> list[AnyqRow]:
    query = readable(question)
    if query is None:
        return []
    response = await ask_for(request, SuggestionRequest(query=query, kinds=["faq"]))
    if response.decision == "abstain":
        return []
    entries = live_entries(request.app)
    return [_row(item, response, shown(entries.get(item.entry_id))) for item in response.suggestions]


def _row(item: SuggestionOut, response: SuggestionResponse, beside: dict[str, object]) -> AnyqRow:
    info = beside | {
        "title": item.title,
        "version": item.version,
        "decision": response.decision,
        "escalation": response.escalation.level,
        "escalation_target": response.escalation.target or "",
        "missing_slots": item.reply.missing_slots,
        "request_id": response.request_id,
    }
    return AnyqRow(
        question=item.match.variant,
        answer=item.reply.text,
        confidence=item.confidence,
        qa_id=item.entry_id,
        json_info=json.dumps(info, ensure_ascii=False),
    )
