"""/v1/insights: what the query log says, in JSON and as CSV, by day, channel and product.

`insights.py` beside it counts feedback by entry; all share their dates.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from index.retriever import Retriever
from knowledge.model import EntryId
from knowledge.store import Slice
from knowledge.store.traffic import Bounds
from service.api.inbox import AWAY, DENIED, csv_response
from service.api.insights import Period, span
from service.api.requests import Name
from service.errors import PROBLEMS, RequestError
from service.identity.people import Person, needs
from service.spreadsheet import as_csv
from service.usage import LONGEST, Scope, bounds, entry_table, scope, tables, usage

router = APIRouter(prefix="/v1/insights", tags=["insights"])

Supervisor = Annotated[Person, Depends(needs("insights"))]
RESPONSES: dict[int | str, dict[str, Any]] = {**PROBLEMS, **DENIED, **AWAY}
CSV: dict[int | str, dict[str, Any]] = {**RESPONSES, 200: {"content": {"text/csv": {}}}}


class Cut(Period):
    """Which days, and where given, of which channel and product."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["chat", "phone", "email"] | None = None
    product: Annotated[Name | None, Field(description="As requests name it.")] = None


class Spanned(BaseModel):
    """The days that were counted, both included."""

    model_config = ConfigDict(populate_by_name=True)

    since: Annotated[date, Field(alias="from")]
    until: Annotated[date, Field(alias="to")]


class DecisionsOut(BaseModel):
    """Decisions under one name: a channel or a product."""

    name: str
    answer: int
    clarify: int
    abstain: int


class DayOut(BaseModel):
    """One day's decisions, and the milliseconds that half and 95 % of its queries took at most."""

    day: date
    answer: int
    clarify: int
    abstain: int
    p50: float | None
    p95: float | None


class FirstOut(BaseModel):
    """How many queries were answered with an entry first; `title` is null where it is not live."""

    entry_id: str
    title: str | None
    count: int


class TrafficOut(Spanned):
    """Queries by what they came to; days without any are left out, and one about several products counts for each."""

    total: int
    days: list[DayOut]
    channels: list[DecisionsOut]
    products: list[DecisionsOut]
    entries: list[FirstOut]
    p50: float | None
    p95: float | None


class OutcomeOut(BaseModel):
    """In how many requests each thing became of what was shown, on the day that feedback said so."""

    day: date
    used: int
    edited: int
    rejected: int
    chosen: int
    none_fits: int


class OutcomesOut(Spanned):
    """Every day of the span."""

    days: list[OutcomeOut]


class EscalationCount(BaseModel):
    """Hints of a level and target; `kept` and `missed` where feedback says whether it was resolved in time."""

    level: Literal["offer", "required"]
    target: str | None
    target_label: str | None
    count: int
    kept: int
    missed: int


class EscalationsOut(Spanned):
    """The gravest level first, then by number."""

    escalations: list[EscalationCount]


class EntryDayOut(BaseModel):
    """One entry's day: how often it was the first answer, and what became of it in requests with feedback."""

    day: date
    first: int
    shown: int
    used: int
    edited: int
    rejected: int


class EntryDaysOut(Spanned):
    """Every day of the span."""

    entry_id: str
    title: str | None
    days: list[EntryDayOut]


class ScopeOut(BaseModel):
    """The share of queries (0..1) that no entry was meant by, read off the last `queries` of this index.

    `estimated` is null below 100 queries. `assumed` is the policy's, by which thresholds were set.
    """

    index_version: str
    queries: int
    estimated: float | None
    assumed: float


@router.get("/traffic", summary="Count queries by day, channel, product and entry", responses=RESPONSES)
async def traffic(asked: Annotated[Cut, Query()], request: Request, _: Supervisor) -> TrafficOut:
    """How many queries came, what they came to, and how long they took."""
    part, _days = cut(asked, request)
    found = await request.app.state.storage.run(lambda store: store.queries.traffic(part))
    titles = titles_of(request)
    return TrafficOut(
        since=part.since,
        until=part.until,
        total=found.total,
        days=[DayOut(**asdict(day)) for day in found.days],
        channels=[DecisionsOut(**asdict(row)) for row in found.channels],
        products=[DecisionsOut(**asdict(row)) for row in found.products],
        entries=[FirstOut(entry_id=name, title=titles.get(name), count=count) for name, count in found.entries],
        p50=found.p50,
        p95=found.p95,
    )


@router.get("/outcomes", summary="Count what became of what was shown", responses=RESPONSES)
async def outcomes(asked: Annotated[Cut, Query()], request: Request, _: Supervisor) -> OutcomesOut:
    """By day, in requests with feedback. With a channel or product, of requests that the log holds."""
    part, days = cut(asked, request)
    found = await request.app.state.storage.run(lambda store: store.queries.outcomes(part, days))
    return OutcomesOut(since=part.since, until=part.until, days=[OutcomeOut(**asdict(day)) for day in found])


@router.get("/escalations", summary="Count escalations and kept deadlines", responses=RESPONSES)
async def escalations(asked: Annotated[Cut, Query()], request: Request, _: Supervisor) -> EscalationsOut:
    """By level and target. Whether a deadline was kept is known only where feedback has `resolved_in_time`."""
    part, _days = cut(asked, request)
    found = await request.app.state.storage.run(lambda store: store.queries.escalations(part))
    targets = request.app.state.live.retriever.contents.policy.targets
    rows = [
        EscalationCount(target_label=targets[row.target].label if row.target in targets else None, **asdict(row))
        for row in found
    ]
    return EscalationsOut(since=part.since, until=part.until, escalations=rows)


@router.get("/scope", summary="Estimate the share of queries without an entry", responses=RESPONSES)
async def out_of_scope(request: Request, _: Supervisor) -> ScopeOut:
    """From what the confidence said of each, without labels (label shift, by expectation maximisation)."""
    found = await scope_now(request)
    return ScopeOut(index_version=request.app.state.live.retriever.version, **asdict(found))


# Before the route without .csv, whose id would take it in.
@router.get("/entries/{entry_id}.csv", summary="One entry's days as a table", response_class=Response, responses=CSV)
async def entry_file(entry_id: EntryId, asked: Annotated[Period, Query()], request: Request, _: Supervisor) -> Response:
    """The same as CSV; no cell is a formula."""
    days = days_of(asked, request)
    found = await request.app.state.storage.run(lambda store: store.queries.entry_days(entry_id, days))
    return csv_response(entry_id, as_csv(*entry_table(found)))


@router.get("/entries/{entry_id}", summary="Count one entry's days", responses=RESPONSES)
async def entry_days(
    entry_id: EntryId, asked: Annotated[Period, Query()], request: Request, _: Supervisor
) -> EntryDaysOut:
    """Also of an entry that is no longer live; of one that never was, all is 0."""
    days = days_of(asked, request)
    found = await request.app.state.storage.run(lambda store: store.queries.entry_days(entry_id, days))
    return EntryDaysOut(
        since=days[0][0],
        until=days[-1][0],
        entry_id=entry_id,
        title=titles_of(request).get(entry_id),
        days=[EntryDayOut(**asdict(day)) for day in found],
    )


@router.get("/{name}.csv", summary="A table of the insights as CSV", response_class=Response, responses=CSV)
async def table(
    name: Literal["traffic", "channels", "products", "outcomes", "escalations", "entries"],
    asked: Annotated[Cut, Query()],
    request: Request,
    _: Supervisor,
) -> Response:
    """UTF-8 with a byte order mark, as spreadsheets read it; no cell is a formula."""
    part, days = cut(asked, request)
    titles = titles_of(request)
    content: bytes = await request.app.state.storage.run(
        lambda store: as_csv(*tables(usage(store, part, days), titles)[name])
    )
    return csv_response(f"{name}-{part.since}-{part.until}", content)


def days_of(asked: Period, request: Request) -> Bounds:
    """The days that are asked for, with their moments; RequestError for too many."""
    since, until, zone = span(asked, request)
    if (days := (until - since).days + 1) > LONGEST:
        raise RequestError("from", f"{since} to {until} are {days} days: ask for at most {LONGEST} at once")
    return bounds(since, until, zone)


def cut(asked: Cut, request: Request) -> tuple[Slice, Bounds]:
    """The slice of the log that is asked for, and its days' moments."""
    days = days_of(asked, request)
    return Slice(days[0][0], days[-1][0], asked.channel, asked.product), days


async def scope_now(request: Request) -> Scope:
    """The share without an entry among the last queries of the live index."""
    retriever: Retriever = request.app.state.live.retriever
    sure, assumed = retriever.contents.confidence, retriever.contents.policy.precision.out_of_scope_share
    found: Scope = await request.app.state.storage.run(lambda store: scope(store, retriever.version, sure, assumed))
    return found


def titles_of(request: Request) -> dict[str, str]:
    """The live entries' titles by id."""
    return {approved.entry.id: approved.entry.title for approved in request.app.state.live.retriever.contents.entries}
