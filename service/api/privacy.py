"""/v1/privacy: all that is kept of one conversation, to be handed out or erased."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from knowledge.errors import DatabaseError
from service.api.inbox import AWAY, DENIED
from service.api.requests import Name
from service.errors import PROBLEMS
from service.identity.people import Person, needs
from service.storage import UNREACHABLE

router = APIRouter(prefix="/v1/privacy", tags=["privacy"])

Administrator = Annotated[Person, Depends(needs("administer"))]
RESPONSES: dict[int | str, dict[str, Any]] = {**PROBLEMS, **DENIED, **AWAY}

log = structlog.get_logger(__name__)


class Asked(BaseModel):
    """Which conversation."""

    model_config = ConfigDict(extra="forbid")

    conversation_id: Annotated[Name, Field(description="As the console sent it.")]


class ConversationOut(BaseModel):
    """Queries and feedback, masked as they are kept, oldest first, every field of each."""

    conversation_id: str
    queries: list[dict[str, Any]]
    feedback: list[dict[str, Any]]


class ErasedOut(BaseModel):
    """How many of each were deleted."""

    queries: int
    feedback: int


@router.get("/conversation", summary="Export a conversation", responses=RESPONSES)
async def export(asked: Annotated[Asked, Query()], request: Request, person: Administrator) -> ConversationOut:
    """All that the database keeps of it. Unknown ones are empty: nothing is kept of them.

    The audit log says who asked for it and when, with a hash of the conversation's id and how many rows there were.
    """
    await _written(request)
    at = request.app.state.now()
    kept = await request.app.state.storage.run(
        lambda store: store.queries.export_conversation(asked.conversation_id, person.name, at)
    )
    return ConversationOut(conversation_id=asked.conversation_id, **asdict(kept))


@router.delete("/conversation", summary="Erase a conversation", responses=RESPONSES)
async def erase(asked: Annotated[Asked, Query()], request: Request, person: Administrator) -> ErasedOut:
    """Deleted for good: from the database, and within a second or two from what every worker remembers.

    The audit log says who did it and when, with a hash of the conversation's id and how many rows there were.
    """
    await _written(request)
    at = request.app.state.now()
    removed = await request.app.state.storage.run(
        lambda store: store.queries.erase_conversation(asked.conversation_id, person.name, at)
    )
    request.app.state.forget(asked.conversation_id.__eq__)  # at once; other workers see it within a second
    log.info("a conversation was erased", by=person.name, queries=removed.queries, feedback=removed.feedback)
    return ErasedOut(**asdict(removed))


async def _written(request: Request) -> None:
    """DatabaseError where queries still wait to be written: they would outlive the erasure, and lack in an export."""
    if not await run_in_threadpool(request.app.state.queries.flush):
        raise DatabaseError(UNREACHABLE)
