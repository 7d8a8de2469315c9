"""Whether the service lives, whether it can answer, and what it counts."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from service.errors import Problem
from service.identity.people import needs, public

router = APIRouter(tags=["operations"])

PROBES = "what starts and stops containers has no key"


class Health(BaseModel):
    """The process runs."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """The service can answer. `problem` says why a newer artefact is not used, if one is not."""

    status: Literal["ready"] = "ready"
    index_version: str
    entries: int
    problem: str | None


@router.get("/healthz", summary="Is the process alive?", dependencies=[Depends(public(PROBES))])
async def healthz() -> Health:
    """Always 200 while the process answers at all."""
    return Health()


@router.get(
    "/readyz",
    summary="Can it answer queries?",
    dependencies=[Depends(public(PROBES))],
    responses={503: {"model": Problem, "description": "No index is loaded."}},
)
async def readyz(request: Request) -> Readiness:
    """200 once an index is loaded, 503 with the next step before."""
    live = request.app.state.live
    retriever = live.retriever
    return Readiness(
        index_version=retriever.version,
        entries=len(retriever.contents.entries),
        problem=str(live.problem) if live.problem else None,
    )


@router.get(
    "/metrics",
    summary="Counters for Prometheus",
    response_class=PlainTextResponse,
    dependencies=[Depends(needs("search"))],
)
async def metrics(request: Request) -> Response:
    """The Prometheus text format."""
    state = request.app.state
    entries = len(state.live.retriever.contents.entries) if state.live.version else 0
    text = state.metrics.text(state.live.version, entries, state.admission.waiting)
    return Response(text, media_type=CONTENT_TYPE_LATEST)
