"""POST /v1/suggestions: a customer's query in, approved replies and an escalation hint out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionResponse
from service.errors import PROBLEMS, Problem, request_id

router = APIRouter(prefix="/v1", tags=["suggestions"])


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
