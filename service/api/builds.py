"""Builds over HTTP: start, follow, look at the report, publish what was looked at, and go back."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import anyio
import structlog
from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from index.errors import NoArtefact
from index.gate import Verdict
from index.retriever import Retriever
from index.shelf import Shelf
from knowledge.errors import KnowledgeError, NotFound
from service import building, publishing
from service.builds import BuildRecord, Builds, Progress, State
from service.errors import Problem
from service.identity.people import Person, needs
from service.publishing import Pending
from service.reports import Report
from service.settings import Settings

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.2  # how often a stream looks for progress
BEAT_SECONDS = 10.0  # a line that says nothing, so that nobody between takes the stream for dead
STREAM_SECONDS = 60.0  # a stream's life; the browser goes on from where it was with the next

BuildId = Annotated[str, Path(max_length=40, description="A build's id.", examples=["20261127-091500-3fa94c01"])]
Version = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", max_length=12, description="A version of the index.")]

DENIED: dict[int | str, dict[str, object]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "The roles of whoever asks do not allow it."},
    422: {"model": Problem, "description": "A field is missing, unknown or out of its limits; `errors` names each."},
}
MISSING: dict[int | str, dict[str, object]] = {
    404: {"model": Problem, "description": "There is no such build or version; `detail` says what there is."}
}
CONFLICT: dict[int | str, dict[str, object]] = {
    409: {"model": Problem, "description": "What is there is not what was looked at; `detail` says what differs."}
}
STREAM: dict[int | str, dict[str, object]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
AWAY: dict[int | str, dict[str, object]] = {
    503: {"model": Problem, "description": "The knowledge database cannot be reached."}
}

router = APIRouter(prefix="/v1/builds", tags=["builds"], responses=DENIED)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PublishRequest(_Body):
    """The report that was looked at: its version, and the version it was compared with."""

    version: Version
    live: Annotated[Version | None, Field(description="What the report calls `live`; null where nothing was.")]
    accept_worse: Annotated[
        str,
        Field(max_length=1000, description="Why golden queries that got worse are accepted; kept in the audit."),
    ] = ""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": "0f3c5a9b21de", "live": "77aa01c3f5e2"}]}
    )


class RollbackRequest(_Body):
    """The version to go back to, and the one it takes the place of."""

    version: Version
    live: Annotated[Version | None, Field(description="What is live, as whoever asks knows it.")]
    reason: Annotated[str, Field(max_length=1000, description="Kept in the history and the audit.")] = ""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": "77aa01c3f5e2", "live": "0f3c5a9b21de"}]}
    )


class ProgressOut(BaseModel):
    """One step: so many of all are done."""

    number: int
    step: str
    done: int
    all: int


class BuildOut(BaseModel):
    """A build and what it came to; `progress` is the last step it told of."""

    id: str
    by: str
    started_at: datetime
    state: State
    finished_at: datetime | None
    version: str | None
    verdict: Annotated[
        Verdict | None,
        Field(description="The gate's: `pass`, `worse` (needs a reason to be published), or `refuse`."),
    ]
    reason: Annotated[str | None, Field(description="Why it failed.")]
    progress: ProgressOut | None


class BuildList(BaseModel):
    """The builds that are remembered, newest first, and the version that is live."""

    live: str | None
    builds: list[BuildOut]


class VersionOut(BaseModel):
    """A publish or rollback. `live` is true for the one that made the live version what it is."""

    act: str
    version: str
    at: datetime
    by: str
    reason: str
    on_disk: bool
    live: bool


class History(BaseModel):
    """Every publish and rollback, newest first."""

    live: str | None
    acts: list[VersionOut]


class Live(BaseModel):
    """The version that is live now; a running service has taken it over within a second."""

    live: str


# Routes that only look into the home's files are plain functions: those run in a worker thread, as a network's disk may
# keep whoever asks.
@router.get("", summary="List the builds")
def list_builds(request: Request, person: Annotated[Person, Depends(needs("read"))]) -> BuildList:
    """The last builds, newest first: running, ready to look at, published, failed, cancelled or killed."""
    settings = settings_of(request)
    builds = Builds(settings.home)
    return BuildList(
        live=Shelf(settings.artefacts).live(), builds=[_out(builds, record) for record in builds.records()]
    )


@router.post("", summary="Start a build", status_code=202, responses=CONFLICT)
def start_build(request: Request, response: Response, person: Annotated[Person, Depends(needs("publish"))]) -> BuildOut:
    """Build from what is approved now, in a process of its own, and publish nothing. One build at a time."""
    settings = settings_of(request)
    record = building.start(settings, person.name)
    response.headers["Location"] = f"/v1/builds/{record.id}"
    return _out(Builds(settings.home), record)


@router.get("/pending", summary="What a build would bring", responses=MISSING | AWAY)
async def pending_changes(request: Request, person: Annotated[Person, Depends(needs("read"))]) -> Pending:
    """What is approved and not live yet; where `version` is `live`, there is nothing to build."""
    return await find_pending(request)


@router.get("/history", summary="List publishes and rollbacks")
def history(request: Request, person: Annotated[Person, Depends(needs("read"))]) -> History:
    """Newest first, with the reasons that were given. A version `on_disk` can be gone back to."""
    settings = settings_of(request)
    return History(
        live=Shelf(settings.artefacts).live(),
        acts=[VersionOut(**asdict(act)) for act in publishing.acts(settings)],
    )


@router.post("/rollback", summary="Go back to an earlier version", responses=MISSING | CONFLICT)
async def roll_back(
    asked: RollbackRequest, request: Request, person: Annotated[Person, Depends(needs("publish"))]
) -> Live:
    """Make a version that was live before live again; its report is not asked for."""
    target = await go_back(request, asked.version, asked.live, person.name, asked.reason)
    return Live(live=target)


@router.get("/{build_id}", summary="Look at a build", responses=MISSING)
def get_build(build_id: BuildId, request: Request, person: Annotated[Person, Depends(needs("read"))]) -> BuildOut:
    """What it came to, or how far it is."""
    builds = Builds(settings_of(request).home)
    return _out(builds, builds.get(build_id))


@router.get(
    "/{build_id}/events",
    summary="Follow a build",
    response_class=StreamingResponse,
    responses=STREAM | MISSING,
)
def follow_build(
    build_id: BuildId,
    request: Request,
    person: Annotated[Person, Depends(needs("read"))],
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> Response:
    """Server-sent events: `progress` for every step, then `end` with the build as it ended.

    The id of an event is its number, so a client that comes back with `Last-Event-ID` misses nothing and hears nothing
    twice. A stream ends by itself after a minute while the build goes on; browsers come back by themselves.
    """
    builds = Builds(settings_of(request).home)
    builds.get(build_id)
    after = int(last_event_id) if last_event_id.isascii() and last_event_id.isdecimal() else 0
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(builds, build_id, after), media_type="text/event-stream", headers=headers)


@router.get("/{build_id}/report", summary="Read a build's report", responses=MISSING | CONFLICT)
def get_report(build_id: BuildId, request: Request, person: Annotated[Person, Depends(needs("read"))]) -> Report:
    """What publishing it would change, and whether the gate lets it."""
    return Builds(settings_of(request).home).report(build_id)


@router.post("/{build_id}/cancel", summary="Cancel a build", status_code=202, responses=MISSING | CONFLICT)
def cancel_build(build_id: BuildId, request: Request, person: Annotated[Person, Depends(needs("publish"))]) -> BuildOut:
    """It ends within a second, and leaves nothing behind that matters."""
    builds = Builds(settings_of(request).home)
    builds.cancel(build_id)
    return _out(builds, builds.get(build_id))


@router.post("/{build_id}/publish", summary="Publish a build", responses=MISSING | CONFLICT)
async def publish_build(
    build_id: BuildId,
    asked: PublishRequest,
    request: Request,
    person: Annotated[Person, Depends(needs("publish"))],
) -> Live:
    """Make live what the report that was looked at says; 409 where that is not so any more, or the gate says no."""
    await go_live(request, build_id, asked.version, asked.live, person.name, asked.accept_worse)
    return Live(live=asked.version)


def settings_of(request: Request) -> Settings:
    """The settings the service runs under."""
    found: Settings = request.app.state.settings
    return found


async def find_pending(request: Request) -> Pending:
    """What is approved and not live yet."""
    live = request.app.state.live
    try:
        retriever: Retriever | None = live.retriever
    except NoArtefact:
        retriever = None
    found: Pending = await request.app.state.storage.run(
        lambda store: publishing.pending(store, retriever, live.embedder)
    )
    return found


async def go_live(request: Request, build_id: str, version: str, live: str | None, by: str, accept_worse: str) -> None:
    """Publish, let the service take it over, and bring the audit up to it."""
    settings = settings_of(request)
    await anyio.to_thread.run_sync(publishing.publish, settings, build_id, version, live, by, accept_worse)
    await _settle(request)


async def go_back(request: Request, version: str, live: str | None, by: str, reason: str) -> str:
    """Roll back, let the service take it over, and bring the audit up to it."""
    settings = settings_of(request)
    target = await anyio.to_thread.run_sync(publishing.roll_back, settings, version, live, by, reason)
    await _settle(request)
    return target


async def _settle(request: Request) -> None:
    """The history already has the act; the audit follows now, or with the next one where the database is away."""
    await anyio.to_thread.run_sync(request.app.state.live.reload)  # the watcher would, within a second
    settings = settings_of(request)
    try:
        await request.app.state.storage.run(lambda store: publishing.note(settings, store))
    except KnowledgeError as error:
        log.error("a publish stands in the history and not yet in the audit", problem=str(error))


def _out(builds: Builds, record: BuildRecord) -> BuildOut:
    steps = builds.progress(record.id)
    return BuildOut(**asdict(record), progress=ProgressOut(**asdict(steps[-1])) if steps else None)


async def _events(builds: Builds, build_id: str, after: int) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    until, beat = time.monotonic() + STREAM_SECONDS, time.monotonic()
    while time.monotonic() < until:
        try:
            record, lines = await anyio.to_thread.run_sync(_look, builds, build_id, after)
        except NotFound:
            return  # many builds later it is forgotten
        for line in lines:
            after, beat = line.number, time.monotonic()
            yield _event("progress", after, asdict(line))
        if record.state != "running":
            ended = await anyio.to_thread.run_sync(_out, builds, record)
            yield _event("end", after, ended.model_dump(mode="json"))
            return
        if time.monotonic() - beat > BEAT_SECONDS:
            beat = time.monotonic()
            yield ": still building\n\n"
        await anyio.sleep(LOOK_SECONDS)


def _look(builds: Builds, build_id: str, after: int) -> tuple[BuildRecord, tuple[Progress, ...]]:
    """A build and its steps since. The state first: what was said before the end is then among the lines."""
    return builds.get(build_id), builds.progress(build_id, after)


def _event(name: str, number: int, data: Any) -> str:
    return f"event: {name}\nid: {number}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
