"""POST /retrieval: Huashu as an external knowledge base of Dify.

The wire format is Dify's External Knowledge API. Whatever is not 200 is shown to Dify's user, so what can be
understood is answered: limits are clamped, unknown fields are empty, finding nothing is an empty list.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from knowledge.model import ApprovedEntry
from service.adapters import keys
from service.adapters.asking import MOST, ask_for, live_entries, readable
from service.adapters.metadata import NAMES, OPERATORS, Condition, shown
from service.adapters.narrowing import Keep
from service.adapters.rendering import Refused
from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionOut, SuggestionResponse
from service.errors import Code, Problem
from service.identity.tokens import bearer


def _operator(given: object) -> object:
    """Operators as older clients write them."""
    return {"!=": "≠", "==": "=", ">=": "≥", "<=": "≤"}.get(str(given), given)


Operator = Annotated[str, BeforeValidator(_operator), Field(pattern="^(" + "|".join(OPERATORS) + ")$")]


class MetadataTest(BaseModel):
    """One condition. `name` is a field or, as older documents have it, a list of fields."""

    name: str | list[str]
    comparison_operator: Operator
    value: str | float | list[str | float] | None = None

    def condition(self) -> Condition:
        names = [self.name] if isinstance(self.name, str) else self.name
        given = [] if self.value is None else self.value if isinstance(self.value, list) else [self.value]
        if self.comparison_operator in ("in", "not in") and isinstance(self.value, str):
            given = [part.strip() for part in self.value.split(",")]
        return Condition(tuple(names), self.comparison_operator, tuple(str(value) for value in given))


class MetadataCondition(BaseModel):
    """Which entries are considered at all: fields category, kind, product, stage, audience, tags, channel, language."""

    logical_operator: Literal["and", "or"] | None = "and"
    conditions: list[MetadataTest] | None = None


class RetrievalSetting(BaseModel):
    """How many records, and from which score on."""

    top_k: int | None = 4
    score_threshold: float | None = 0.0


class RetrievalRequest(BaseModel):
    """Dify's request."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "knowledge_id": "huashu",
                    "query": "退款多久能到账",
                    "retrieval_setting": {"top_k": 3, "score_threshold": 0.5},
                    "metadata_condition": {
                        "logical_operator": "and",
                        "conditions": [{"name": "category", "comparison_operator": "is", "value": "refund"}],
                    },
                }
            ]
        }
    )

    knowledge_id: Annotated[str, Field(description="One of HUASHU_DIFY_KNOWLEDGE; `huashu` by default.")]
    query: str
    retrieval_setting: RetrievalSetting
    metadata_condition: MetadataCondition | None = None


class Record(BaseModel):
    """An approved reply as it stands; `score` is the confidence (0..1), a slot that is open stays `{visible}`."""

    content: str
    score: float
    title: str
    metadata: dict[str, Any]


class RetrievalResponse(BaseModel):
    """The records, best first; empty where nothing is sure enough."""

    records: list[Record]


class DifyError(BaseModel):
    """1001 malformed Authorization header, 1002 wrong key, 2001 no such knowledge; else the HTTP status."""

    error_code: int
    error_msg: str


def render(problem: Problem, code: Code) -> Response:
    body = DifyError(error_code=code if isinstance(code, int) else problem.status, error_msg=problem.detail)
    return JSONResponse(body.model_dump(), problem.status)


def _guard(request: Request) -> None:
    """Dify always sends a bearer; its form is checked even where no key is set."""
    header = request.headers.get("authorization")
    known = keys.allowed(request)
    if (header is not None and not bearer(request)) or (header is None and not known):
        raise Refused(
            403,
            1001,
            "Invalid Authorization header format. Expected 'Bearer <api-key>', an API key or HUASHU_ADAPTER_KEY.",
        )
    if not known:
        wanted = "an API key that may suggest, or HUASHU_ADAPTER_KEY"
        raise Refused(403, 1002, f"Authorization failed: the key is none of {wanted}.")


router = APIRouter(tags=["adapters"], route_class=keys.route_class(_guard))


@router.post(
    "/retrieval",
    summary="Dify: external knowledge API",
    responses={
        403: {"model": DifyError, "description": "1001 malformed Authorization header, 1002 wrong key."},
        404: {"model": DifyError, "description": "2001: no such knowledge id."},
        422: {"model": DifyError, "description": "The request is malformed."},
        503: {"model": DifyError, "description": "No index is loaded."},
    },
)
async def retrieval(body: RetrievalRequest, request: Request) -> RetrievalResponse:
    """Approved replies for a query, with the desk's confidence as score.

    `top_k` counts up to 10. The larger of `score_threshold` and the knowledge id's own minimum holds; without one the
    live index's threshold for showing does.
    """
    least = _least(request, body)
    query = readable(body.query)
    top_k = MOST if body.retrieval_setting.top_k is None else body.retrieval_setting.top_k
    if query is None or top_k < 1:
        return RetrievalResponse(records=[])
    conditions, every = _conditions(body)
    asked = SuggestionRequest(
        query=query,
        limit=min(top_k, MOST),
        min_confidence=least,
        **_wanted(conditions, every),
    )
    response = await ask_for(request, asked, _keep(conditions, every))
    entries = live_entries(request.app)
    return RetrievalResponse(
        records=[_record(item, response, entries.get(item.entry_id)) for item in response.suggestions]
    )


def _least(request: Request, body: RetrievalRequest) -> float | None:
    """From which confidence on. 0.0 is what Dify sends for no threshold, so it does not lower ours."""
    known: dict[str, float | None] = dict(request.app.state.adapters.knowledge)
    if body.knowledge_id not in known:
        raise Refused(
            404, 2001, f"The knowledge does not exist: use one of {', '.join(known)} (HUASHU_DIFY_KNOWLEDGE)."
        )
    own = known[body.knowledge_id]
    if own is None:
        own = float(request.app.state.live.retriever.contents.confidence.thresholds.show)
    asked = body.retrieval_setting.score_threshold
    return min(own if asked is None else max(own, asked), 1.0)


def _conditions(body: RetrievalRequest) -> tuple[list[Condition], bool]:
    """The conditions, and whether every one must hold or any."""
    given = body.metadata_condition
    tests = given.conditions if given is not None and given.conditions else []
    return [test.condition() for test in tests], given is None or given.logical_operator != "or"


def _keep(conditions: list[Condition], every: bool) -> Keep | None:
    if not conditions:
        return None

    def keep(approved: ApprovedEntry) -> bool:
        found = (condition.holds(approved) for condition in conditions)
        return all(found) if every else any(found)

    return keep


def _wanted(conditions: list[Condition], every: bool) -> dict[str, Any]:
    """The channel and language of the reply, where a condition asks for exactly one."""
    wanted: dict[str, Any] = {}
    for field, allowed in (("channel", ("chat", "phone", "email")), ("language", ("zh", "en"))):
        for condition in conditions if every else ():
            named = [NAMES.get(name, name) for name in condition.names]
            given = [value.casefold() for value in condition.values]
            if named == [field] and condition.operator in ("is", "=", "in") and len(given) == 1 and given[0] in allowed:
                wanted[field] = given[0]
    return wanted


def _record(item: SuggestionOut, response: SuggestionResponse, approved: ApprovedEntry | None) -> Record:
    beside = shown(approved) | {
        "entry_id": item.entry_id,
        "version": item.version,
        "approved_by": item.approved_by,
        "approved_at": item.approved_at.isoformat(),
        "matched": item.match.variant,
        "missing_slots": item.reply.missing_slots,
        "decision": response.decision,
        "escalation": response.escalation.level,
        "escalation_target": response.escalation.target or "",
        "request_id": response.request_id,
        "index_version": response.index_version,
    }
    return Record(content=item.reply.text, score=item.confidence, title=item.title, metadata=beside)
