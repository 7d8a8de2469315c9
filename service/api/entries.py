"""GET /v1/entries: search and read the entries that are live, from the artefact alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from index.retriever import Retriever
from knowledge.errors import NotFound
from knowledge.model import ApprovedEntry, Audience, Entry, Kind, Stage
from service.api.requests import Message
from service.errors import PROBLEMS, Problem
from service.identity.people import needs

router = APIRouter(prefix="/v1", tags=["entries"])


class EntryFilter(BaseModel):
    """Which entries, in which order."""

    model_config = ConfigDict(extra="forbid")

    query: Annotated[Message | None, Field(description="Ranked by this text; by id where left out.")] = None
    category: Annotated[str | None, Field(max_length=60, description="The id's first part, such as `refund`.")] = None
    kind: Kind | None = None
    product: Annotated[str | None, Field(max_length=60)] = None
    audience: Audience | None = None
    stage: Stage | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=100_000)] = 0


class EntrySummary(BaseModel):
    """An entry in a list; `confidence` (0..1) only where it was searched for."""

    entry_id: str
    version: int
    kind: Kind
    category: str
    title: str
    products: list[str]
    audience: Audience
    stage: Stage | None
    tags: list[str]
    variants: int
    escalation: str
    confidence: float | None = None


class EntryList(BaseModel):
    """A page of entries; `total` counts all that fit the filter."""

    index_version: str
    total: int
    entries: list[EntrySummary]


class EntryDetail(BaseModel):
    """One entry as it was approved, its facts put in."""

    index_version: str
    version: int
    approved_by: str
    approved_at: AwareDatetime
    valid_today: Annotated[Literal[True], Field(description="Always: an entry outside its validity is not shown.")] = (
        True
    )
    entry: Entry


@router.get(
    "/entries",
    summary="Search or list the live entries",
    responses=PROBLEMS,
    dependencies=[Depends(needs("search"))],
)
async def entries(asked: Annotated[EntryFilter, Query()], request: Request) -> EntryList:
    """All entries that fit, ranked by `query` where there is one. What is not valid today is not among them."""
    state = request.app.state
    retriever: Retriever = state.live.retriever
    today = retriever.contents.policy.business_hours.day_of(state.now())
    call = partial(_page, retriever, asked, today)
    if asked.query is None:
        return await run_in_threadpool(call)
    found: EntryList = await state.admission.run(call, gone=request.is_disconnected)
    return found


@router.get(
    "/entries/{entry_id}",
    response_model=EntryDetail,
    summary="Read one live entry",
    dependencies=[Depends(needs("search"))],
    responses={
        **PROBLEMS,
        304: {"description": "Unchanged."},
        404: {"model": Problem, "description": "No live entry has this id, or it is not valid today."},
    },
)
async def entry(entry_id: str, request: Request, response: Response) -> EntryDetail | Response:
    """The entry as approved, with all variants and replies."""
    detail = detail_of(request, entry_id)
    tag = f'"{detail.index_version}-{detail.version}"'
    if {tag, "*"} & set(request.headers.get("if-none-match", "").replace("W/", "").replace(",", " ").split()):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return detail


def detail_of(request: Request, entry_id: str) -> EntryDetail:
    """One live entry; NotFound where none has the id, or it is not valid today."""
    retriever: Retriever = request.app.state.live.retriever
    for approved in retriever.contents.entries:
        if approved.entry.id == entry_id:
            _valid(approved.entry, retriever.contents.policy.business_hours.day_of(request.app.state.now()))
            return EntryDetail(
                index_version=retriever.version,
                version=approved.version,
                approved_by=approved.approved_by,
                approved_at=approved.approved_at,
                entry=approved.entry,
            )
    raise NotFound(
        f"entry {entry_id[:120]!r} is not in index {retriever.version}: GET /v1/entries lists those that are"
    )


def fitting(retriever: Retriever, asked: EntryFilter, today: date) -> Iterator[ApprovedEntry]:
    """The live entries that fit, by id; `query` is left aside."""
    return (approved for approved in retriever.contents.entries if _fits(approved, asked, today))


def _page(retriever: Retriever, asked: EntryFilter, today: date) -> EntryList:
    found: list[tuple[ApprovedEntry, float | None]]
    if asked.query is None:
        found = [(approved, None) for approved in fitting(retriever, asked, today)]
    else:
        finding = retriever.find(
            asked.query, (), lambda approved: _fits(approved, asked, today), len(retriever.contents.entries)
        )
        found = [(candidate.entry, round(candidate.confidence, 4)) for candidate in finding.candidates]
    return EntryList(
        index_version=retriever.version,
        total=len(found),
        entries=[_summary(approved, confidence) for approved, confidence in found[asked.offset :][: asked.limit]],
    )


def _valid(entry: Entry, today: date) -> None:
    """An expired reply is never shown, with a rebuild or without."""
    if not entry.valid_on(today):
        window = f"from {entry.valid_from or 'any day'} to {entry.valid_until or 'any day'}"
        raise NotFound(f"entry {entry.id!r} is valid {window}, not on {today}: GET /v1/entries lists those that are")


def _fits(approved: ApprovedEntry, asked: EntryFilter, today: date) -> bool:
    entry = approved.entry
    return (
        entry.valid_on(today)
        and (asked.category is None or entry.category == asked.category)
        and (asked.kind is None or entry.kind == asked.kind)
        and (asked.product is None or asked.product in entry.products)
        and (asked.audience is None or entry.audience == asked.audience)
        and (asked.stage is None or entry.stage == asked.stage)
    )


def _summary(approved: ApprovedEntry, confidence: float | None) -> EntrySummary:
    entry = approved.entry
    return EntrySummary(
        entry_id=entry.id,
        version=approved.version,
        kind=entry.kind,
        category=entry.category,
        title=entry.title,
        products=list(entry.products),
        audience=entry.audience,
        stage=entry.stage,
        tags=list(entry.tags),
        variants=len(entry.variants),
        escalation=entry.escalation.level,
        confidence=confidence,
    )
