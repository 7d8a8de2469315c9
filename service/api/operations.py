"""Whether the service lives, whether it can answer, and what it counts."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict

from service.condition import Code, reasons
from service.errors import Problem
from service.identity.people import needs, public
from service.metrics import Now

router = APIRouter(tags=["operations"])

PROBES = "what starts and stops containers has no key"


class Health(BaseModel):
    """The process runs."""

    status: Literal["ok"] = "ok"


class Degradation(BaseModel):
    """One thing that is wrong while queries are answered."""

    code: Code
    detail: str


class Readiness(BaseModel):
    """The service can answer. `problem` says why a newer artefact is not used, if one is not; `degraded` lists that
    and all else that is wrong: the database does not answer, the disk is nearly full or cannot be written.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "index_version": "3f1c9a0b7d52",
                    "entries": 196,
                    "problem": None,
                    "degraded": [{"code": "disk", "detail": "301 MiB are free, less than 512: make room"}],
                }
            ]
        }
    )

    status: Literal["ready"] = "ready"
    index_version: str
    entries: int
    problem: str | None
    degraded: list[Degradation]


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
    """200 once an index is loaded, whatever else is wrong, as queries need nothing else; 503 with the next step
    before.
    """
    state = request.app.state
    retriever, problem = state.live.retriever, state.live.problem
    directory = state.identity.directory
    found = reasons(problem, directory.answering, await state.home.disk(), directory.lost)
    return Readiness(
        index_version=retriever.version,
        entries=len(retriever.contents.entries),
        problem=str(problem) if problem else None,
        degraded=[Degradation(code=reason.code, detail=reason.detail) for reason in found],
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
    live = state.live
    now = Now(
        version=live.version,
        entries=len(live.retriever.contents.entries) if live.version else 0,
        age=(state.now() - live.published_at).total_seconds() if live.published_at else None,
        refused=live.version is not None and live.problem is not None,
        waiting=state.admission.waiting,
        database=state.identity.directory.answering,
        free=(await state.home.disk()).free,
    )
    return Response(state.metrics.text(now), media_type=CONTENT_TYPE_LATEST)
