"""POST /language/:query-knowledgebases: Huashu in the place of Azure's custom question answering.

The wire format is that of api-version 2023-04-01 (2021-10-01, which released client libraries send, is the same
here): confidence 0..1, one row with id −1 and the policy's holding line where nothing is found.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from knowledge.model import ApprovedEntry
from service.adapters import keys
from service.adapters.asking import MOST, ask_for, live_entries, name, readable
from service.adapters.metadata import NAMES, fields
from service.adapters.narrowing import Keep
from service.adapters.numbers import numbers
from service.adapters.rendering import Refused
from service.api.requests import SuggestionRequest, Turn
from service.api.responses import SuggestionOut, SuggestionResponse
from service.errors import Code, Problem
from service.fields import FieldProblem

VERSIONS = ("2023-04-01", "2021-10-01")
NOT_FOUND = -1


def _pair(given: object) -> object:
    """A pair as some client libraries write it: a list of two."""
    return {"key": given[0], "value": given[1]} if isinstance(given, list) and len(given) == 2 else given


class MetadataPair(BaseModel):
    """A field of the entry (category, kind, product, stage, audience, tags, …) and the value it must have."""

    key: str
    value: str


class MetadataFilter(BaseModel):
    """Pairs, all of which (`AND`) or any of which (`OR`) must hold."""

    metadata: list[Annotated[MetadataPair, BeforeValidator(_pair)]] | None = None
    logicalOperation: Literal["AND", "OR"] | None = "AND"  # noqa: N815


class Filters(BaseModel):
    """By metadata, by source, or both."""

    metadataFilter: MetadataFilter | None = None  # noqa: N815
    sourceFilter: list[str] | None = None  # noqa: N815
    logicalOperation: Literal["AND", "OR"] | None = "AND"  # noqa: N815


class Context(BaseModel):
    """What the customer asked before."""

    previousQnaId: int | None = None  # noqa: N815
    previousUserQuery: str | None = None  # noqa: N815


class AnswersRequest(BaseModel):
    """Azure's AnswersOptions. rankerType, answerSpanRequest and includeUnstructuredSources change nothing here."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "question": "退款多久能到账",
                    "top": 3,
                    "confidenceScoreThreshold": 0.5,
                    "context": {"previousQnaId": 12, "previousUserQuery": "我要退货"},
                    "filters": {"metadataFilter": {"metadata": [{"key": "category", "value": "refund"}]}},
                }
            ]
        }
    )

    qnaId: Annotated[int | None, Field(description="Exactly this entry; goes before `question`.")] = None  # noqa: N815
    question: str | None = None
    top: int | None = None
    userId: str | None = None  # noqa: N815
    confidenceScoreThreshold: Annotated[float | None, Field(ge=0, le=1)] = None  # noqa: N815
    context: Context | None = None
    filters: Filters | None = None


class Prompt(BaseModel):
    """A related entry."""

    displayOrder: int  # noqa: N815
    qnaId: int  # noqa: N815
    displayText: str  # noqa: N815


class Dialog(BaseModel):
    """What may be asked next."""

    isContextOnly: bool = False  # noqa: N815
    prompts: list[Prompt] = []


class Answer(BaseModel):
    """An approved reply. `metadata` holds the entry's fields, the decision, the escalation and slots left open."""

    questions: list[str]
    answer: str
    confidenceScore: float  # noqa: N815
    id: int
    source: str
    metadata: dict[str, str]
    dialog: Dialog


class AnswersResponse(BaseModel):
    """Azure's AnswersResult."""

    answers: list[Answer]


class AzureDetail(BaseModel):
    """What is wrong with one field."""

    code: str
    message: str
    target: str | None = None


class AzureFault(AzureDetail):
    """What is wrong."""

    details: list[AzureDetail] = []


class AzureError(BaseModel):
    """Azure's error."""

    error: AzureFault


CODES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    408: "Timeout",
    422: "InvalidArgument",
    429: "TooManyRequests",
    503: "ServiceUnavailable",
}


def render(problem: Problem, code: Code) -> Response:
    status = 400 if problem.status == 422 else problem.status
    other = "InvalidRequest" if problem.status < 500 else "InternalServerError"
    named = str(code or CODES.get(problem.status, other))
    fault = AzureFault(
        code=named,
        message=problem.detail,
        target=problem.errors[0].field if problem.errors else None,
        details=[_detail(item) for item in problem.errors],
    )
    return JSONResponse(AzureError(error=fault).model_dump(exclude_none=True), status)


def _detail(item: FieldProblem) -> AzureDetail:
    return AzureDetail(code="InvalidArgument", message=item.message, target=item.field)


router = APIRouter(tags=["adapters"], route_class=keys.route_class())


@router.post(
    "/language/:query-knowledgebases",
    summary="Azure: custom question answering",
    responses={
        400: {"model": AzureError, "description": "InvalidArgument: the request is malformed."},
        401: {"model": AzureError, "description": "Neither an API key nor HUASHU_ADAPTER_KEY was sent."},
        404: {"model": AzureError, "description": "NotFound: no live entry has this qnaId."},
        503: {"model": AzureError, "description": "No index is loaded."},
        "default": {"model": AzureError, "description": "Whatever else went wrong."},
    },
)
async def answers(
    body: AnswersRequest,
    request: Request,
    project: Annotated[str, Query(alias="projectName", description="Any; there is one knowledge base.")],
    deployment: Annotated[str, Query(alias="deploymentName", description="Any; the live index answers.")],
    version: Annotated[str, Query(alias="api-version", description="2023-04-01 or 2021-10-01.")],
) -> AnswersResponse:
    """Approved replies with confidence 0..1, best first.

    Without `confidenceScoreThreshold` a query the desk abstains from gets the row of id −1, as a client that sets
    none speaks the first row. `kind` is `faq` unless a metadata filter names it.
    """
    if version not in VERSIONS:
        raise Refused(400, "InvalidArgument", f"api-version {version[:40]!r} is not one of {', '.join(VERSIONS)}")
    entries = live_entries(request.app)
    if body.qnaId is not None:
        return await _one(request, body.qnaId, entries)
    query = readable(body.question or "")
    if query is None:
        raise Refused(400, "InvalidArgument", "question: is empty: give a question or a qnaId")
    top = 1 if body.top is None else body.top
    asked = SuggestionRequest(
        query=query,
        history=_history(body.context),
        kinds=[] if _names_kind(body.filters) else ["faq"],
        limit=max(1, min(top, MOST)),
        min_confidence=body.confidenceScoreThreshold,
        conversation_id=name(body.userId),
    )
    response = await ask_for(request, asked, _keep(body.filters))
    silent = response.decision == "abstain" and body.confidenceScoreThreshold is None
    numbered = numbers(entries)
    rows = [_row(item, response, entries, numbered) for item in ([] if silent else response.suggestions)]
    return AnswersResponse(answers=rows or [_none(response)])


async def _one(request: Request, number: int, entries: dict[str, ApprovedEntry]) -> AnswersResponse:
    """The entry of that number: the only one considered, asked for by its own title."""
    numbered = numbers(entries)
    entry_id = next((found for found, own in numbered.items() if own == number), None)
    if entry_id is None:
        raise Refused(404, "NotFound", f"no live entry has qnaId {number}: take the id of an answer")
    asked = SuggestionRequest(query=entries[entry_id].entry.title, limit=1, min_confidence=0)
    response = await ask_for(request, asked, lambda approved: approved.entry.id == entry_id)
    rows = [_row(item, response, entries, numbered) for item in response.suggestions]
    return AnswersResponse(answers=rows or [_none(response)])


def _history(context: Context | None) -> list[Turn]:
    before = readable(context.previousUserQuery or "") if context is not None else None
    return [] if before is None else [Turn(role="customer", text=before)]


def _names_kind(filters: Filters | None) -> bool:
    wanted = filters.metadataFilter if filters is not None else None
    return wanted is not None and any(pair.key.casefold() == "kind" for pair in wanted.metadata or ())


def _keep(filters: Filters | None) -> Keep | None:
    if filters is None:
        return None
    parts = []
    if filters.metadataFilter is not None and filters.metadataFilter.metadata:
        parts.append(_by_metadata(filters.metadataFilter))
    if filters.sourceFilter:
        sources = {source.casefold() for source in filters.sourceFilter}
        parts.append(lambda approved: (approved.entry.source or "").casefold() in sources)
    if not parts:
        return None
    together = any if filters.logicalOperation == "OR" else all
    return lambda approved: together(part(approved) for part in parts)


def _by_metadata(wanted: MetadataFilter) -> Keep:
    pairs = [(_field(pair.key), pair.value.casefold()) for pair in wanted.metadata or ()]
    together = any if wanted.logicalOperation == "OR" else all

    def keep(approved: ApprovedEntry) -> bool:
        have = fields(approved)
        return together(value in (found.casefold() for found in have.get(key, ())) for key, value in pairs)

    return keep


def _field(key: str) -> str:
    return NAMES.get(key.casefold(), key.casefold())


def _row(item: SuggestionOut, response: SuggestionResponse, entries: dict[str, ApprovedEntry], numbered: Any) -> Answer:
    approved = entries.get(item.entry_id)
    have = fields(approved) if approved is not None else {}
    kept = ("category", "kind", "product", "stage", "audience", "tags")
    beside = {key: ",".join(have[key]) for key in kept if have.get(key)}
    prompts = [
        Prompt(displayOrder=n, qnaId=numbered[found.entry_id], displayText=found.title[:200])
        for n, found in enumerate(item.related)
        if found.entry_id in numbered
    ]
    return Answer(
        questions=[item.title, *([item.match.variant] if item.match.variant != item.title else [])],
        answer=item.reply.text,
        confidenceScore=item.confidence,
        id=numbered.get(item.entry_id, NOT_FOUND),
        source=(approved.entry.source if approved is not None else None) or "huashu",
        metadata=beside
        | {"entry_id": item.entry_id, "version": str(item.version), "missing_slots": ",".join(item.reply.missing_slots)}
        | _beside(response),
        dialog=Dialog(prompts=prompts),
    )


def _none(response: SuggestionResponse) -> Answer:
    """The default answer: the policy's approved holding line."""
    return Answer(
        questions=[],
        answer=response.holding_reply.text,
        confidenceScore=0.0,
        id=NOT_FOUND,
        source="Default",
        metadata=_beside(response),
        dialog=Dialog(),
    )


def _beside(response: SuggestionResponse) -> dict[str, str]:
    return {
        "decision": response.decision,
        "escalation": response.escalation.level,
        "escalation_target": response.escalation.target or "",
        "request_id": response.request_id,
    }
