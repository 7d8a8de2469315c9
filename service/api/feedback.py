"""POST /v1/feedback: what became of a suggestion, or which of a clarification's options was meant.

It is joined with what its request was shown, as long as the service remembers it, and kept in the knowledge database,
its texts masked. Queries never wait for it.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from knowledge.model import EntryId
from knowledge.store import Act, FeedbackRecord, Source
from service.api.requests import Message, Name, StrictRequest
from service.errors import Problem, RequestError
from service.identity.people import needs
from service.privacy import mask
from service.shown import Shown

router = APIRouter(prefix="/v1", tags=["feedback"])

# An id of a request as the service gives it, a batch's row number included.
RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$", min_length=1, max_length=80)]


class FeedbackRequest(StrictRequest):
    """What became of it. `request_id` and `act` are enough for a request that the service still remembers."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"request_id": "0f6e", "act": "used"},
                {
                    "request_id": "0f6e",
                    "entry_id": "ship.no-update",
                    "act": "edited",
                    "source": "agent",
                    "text": "让您担心了，我马上请物流专员核查，24 小时内回复您。",
                    "agent_id": "a-7",
                },
                {"request_id": "51c2", "entry_id": "refund.time", "act": "chosen", "source": "customer"},
                {"request_id": "51c2", "act": "none_fits"},
            ]
        },
    )

    request_id: Annotated[RequestId, Field(description="Of the response the feedback is about.")]
    act: Annotated[
        Act,
        Field(
            description="`used` as it stands, `edited` before it was sent, `rejected`; of a clarification, `chosen`: "
            "this option was meant, or `none_fits`: none of them."
        ),
    ]
    source: Annotated[Source, Field(description="Who says so.")] = "agent"
    entry_id: Annotated[
        EntryId | None,
        Field(
            description="The entry it is about. Left out, it is the first suggestion of an `answer`, and of any other "
            "decision its own line: the question, or the holding reply. `chosen` needs it, `none_fits` has none."
        ),
    ] = None
    text: Annotated[
        Message | None, Field(description="What an edited reply became, 1 to 2000 characters; kept masked.")
    ] = None
    query: Annotated[
        Message | None,
        Field(description="The customer's message, where the service may have forgotten it; kept masked."),
    ] = None
    conversation_id: Annotated[Name | None, Field(description="By default the request's own.")] = None
    agent_id: Annotated[Name | None, Field(description="By default the request's own.")] = None
    escalated: Annotated[bool | None, Field(description="Whether the matter was handed over.")] = None
    resolved_in_time: Annotated[
        bool | None, Field(description="Whether it was resolved before `due_at`, where that is known by now.")
    ] = None


class FeedbackOut(BaseModel):
    """The feedback as it is kept. `decision` and `index_version` are null for a request that was not remembered."""

    request_id: str
    entry_id: str | None
    act: Act
    source: Source
    at: AwareDatetime
    text: str | None
    query: str | None
    decision: str | None
    index_version: str | None
    conversation_id: str | None
    agent_id: str | None
    escalated: bool | None
    resolved_in_time: bool | None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "request_id": "0f6e",
                    "entry_id": "ship.no-update",
                    "act": "used",
                    "source": "agent",
                    "at": "2026-11-22T15:05:09+08:00",
                    "text": None,
                    "query": "快递三天没动了，电话 [phone]",
                    "decision": "answer",
                    "index_version": "1d9160960ea3",
                    "conversation_id": "c-1",
                    "agent_id": "a-7",
                    "escalated": None,
                    "resolved_in_time": None,
                }
            ]
        }
    )


@router.post(
    "/feedback",
    status_code=201,
    summary="Say what became of a suggestion",
    dependencies=[Depends(needs("feedback"))],
    responses={
        200: {"model": FeedbackOut, "description": "The same was said before: the first record, unchanged."},
        422: {
            "model": Problem,
            "description": "A field cannot be used, or the request was never shown the entry; `errors` names it.",
        },
        503: {"model": Problem, "description": "The knowledge database cannot be reached: try again later."},
    },
)
async def feedback(body: FeedbackRequest, request: Request, response: Response) -> FeedbackOut:
    """Keep what became of it. The same request, entry, act and source again changes nothing.

    What a request was shown is remembered for the last 10 000 requests, by all workers together, until the service
    restarts; feedback on an older one is kept as it is sent.
    """
    shown: Shown | None = request.app.state.recent.find(body.request_id)
    record = joined(body, shown, request.app.state.now())
    entries = shown.all if shown is not None else ()
    kept, new = await request.app.state.storage.run(lambda store: store.add_feedback(record, entries))
    if new:
        request.app.state.metrics.feedback.labels(kept.act, kept.source).inc()
    else:
        response.status_code = 200
    return FeedbackOut(**asdict(kept))


def joined(body: FeedbackRequest, shown: Shown | None, at: datetime) -> FeedbackRecord:
    """The feedback with what is known of its request, masked; RequestError where the two do not fit."""
    entry_id = _entry(body, shown)
    query = shown.query if shown is not None else body.query
    return FeedbackRecord(
        request_id=body.request_id,
        entry_id=entry_id,
        act=body.act,
        source=body.source,
        at=at,
        text=None if body.text is None else mask(body.text),
        query=None if query is None else mask(query),
        decision=shown.decision if shown is not None else None,
        index_version=shown.index_version if shown is not None else None,
        conversation_id=body.conversation_id or (shown.conversation_id if shown is not None else None),
        agent_id=body.agent_id or (shown.agent_id if shown is not None else None),
        escalated=body.escalated,
        resolved_in_time=body.resolved_in_time,
    )


def _entry(body: FeedbackRequest, shown: Shown | None) -> str | None:
    """The entry the feedback is about, where it is about one."""
    if body.text is not None and body.act != "edited":
        raise RequestError("text", f"is what an edited reply became: leave it out for {body.act}")
    if body.act == "chosen" and body.entry_id is None:
        raise RequestError("entry_id", "is required for chosen: name the option that was meant")
    if body.act == "none_fits" and body.entry_id is not None:
        raise RequestError("entry_id", "says none_fits of one entry: leave it out, or send rejected")
    if shown is None:
        return body.entry_id
    if body.act in ("chosen", "none_fits"):
        return _option(body, shown)
    if body.entry_id is not None and body.entry_id not in shown.all:
        raise RequestError("entry_id", _never_shown(body, shown.all))
    return body.entry_id or (shown.entries[0] if shown.decision == "answer" and shown.entries else None)


def _option(body: FeedbackRequest, shown: Shown) -> str | None:
    if shown.decision != "clarify":
        raise RequestError(
            "act",
            f"{body.act} is of a clarification, request {body.request_id} came to {shown.decision}: "
            "send used, edited or rejected",
        )
    if body.entry_id is not None and body.entry_id not in shown.options:
        raise RequestError("entry_id", _never_shown(body, shown.options))
    return body.entry_id


def _never_shown(body: FeedbackRequest, entries: tuple[str, ...]) -> str:
    listed = ", ".join(entries) or "no entry"
    return f"{body.entry_id} was never shown for request {body.request_id}, which offered {listed}"
