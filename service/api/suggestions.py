"""POST /v1/suggestions and its batch: a customer's query in, approved replies and an escalation hint out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from fastapi import APIRouter, Depends, FastAPI, Request

from service.api.requests import BatchRequest, SuggestionRequest
from service.api.responses import BatchResponse, SuggestionResponse
from service.errors import PROBLEMS, Problem, problem_of, request_id
from service.identity.people import needs
from service.metrics import Metrics

Suggest = Callable[[SuggestionRequest, str], SuggestionResponse]

router = APIRouter(prefix="/v1", tags=["suggestions"])

TOO_LARGE: dict[int | str, dict[str, object]] = {
    413: {"model": Problem, "description": "The body is larger than any request needs to be."}
}


@router.post(
    "/suggestions",
    summary="Suggest approved replies for a customer's query",
    responses={**PROBLEMS, **TOO_LARGE},
    dependencies=[Depends(needs("suggest"))],
)
async def suggestions(body: SuggestionRequest, request: Request) -> SuggestionResponse:
    """The best approved replies, whether one of them may be sent as it is, and who else must know.

    `abstain` is an answer: nothing approved fits well enough, and the holding reply says so honestly.
    """
    response = await suggested(request.app, body, request_id(request), request.is_disconnected)
    request.state.request_id = response.request_id  # another than was sent, where that was taken
    return response


@router.post(
    "/suggestions/batch",
    summary="Suggest for up to 32 queries at once",
    responses={**PROBLEMS, **TOO_LARGE},
    dependencies=[Depends(needs("suggest"))],
)
async def batch(body: BatchRequest, request: Request) -> BatchResponse:
    """As many responses as requests, in their order.

    A request that is malformed is refused with the whole batch, and named by its number from 0; one that fails while
    it is answered becomes a problem in its place and spoils no other.
    """
    _ = request.app.state.live.retriever  # without an index none can be answered: 503 once, not in every row
    state = request.app.state
    responses = await state.admission.run(
        partial(_answer, state.suggest, body.requests, request_id(request)), len(body.requests), request.is_disconnected
    )
    for response in responses:
        if isinstance(response, SuggestionResponse):
            _count(state.metrics, response)
    return BatchResponse(responses=responses)


def _answer(
    suggest: Suggest, requests: Sequence[SuggestionRequest], request_id: str
) -> list[SuggestionResponse | Problem]:
    answered: list[SuggestionResponse | Problem] = []
    for number, asked in enumerate(requests):
        row_id = f"{request_id}.{number}"
        try:
            answered.append(suggest(asked, row_id))
        except Exception as error:
            answered.append(problem_of(error, row_id))
    return answered


async def suggested(
    app: FastAPI,
    asked: SuggestionRequest,
    request_id: str,
    gone: Callable[[], Awaitable[bool]] | None = None,
    suggest: Suggest | None = None,
) -> SuggestionResponse:
    """The desk's response at its turn, counted; Busy where too many wait, Abandoned where whoever asked is `gone`.

    `suggest` stands for the app's own, where not all of the knowledge is meant.
    """
    state = app.state
    response: SuggestionResponse = await state.admission.run(
        partial(suggest or state.suggest, asked, request_id), gone=gone
    )
    _count(state.metrics, response)
    return response


def _count(metrics: Metrics, response: SuggestionResponse) -> None:
    """Count a response's decision and escalation."""
    metrics.decisions.labels(response.decision).inc()
    metrics.escalations.labels(response.escalation.level, response.escalation.target or "").inc()
