"""GET /v1/insights/entries: what became of each entry, for whoever edits them."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from index.retriever import Retriever
from service.errors import PROBLEMS, Problem, RequestError
from service.identity.people import needs
from service.usage import midnight

router = APIRouter(prefix="/v1", tags=["insights"])

DAYS = 30  # looked at where no dates are given
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _is_day(given: object) -> object:
    """Refuse the numbers that pydantic would take for seconds since 1970."""
    if isinstance(given, str) and not DAY.fullmatch(given):
        raise ValueError("is no date: write it as 2026-11-22")
    return given


def _in_range(day: date) -> date:
    if not FIRST <= day <= LAST:
        raise ValueError(f"is not within {FIRST} and {LAST}")
    return day


Day = Annotated[
    date,
    BeforeValidator(_is_day),
    AfterValidator(_in_range),
    Field(json_schema_extra={"minLength": 10, "maxLength": 10}),
]


class Period(BaseModel):
    """From which day to which, both included, on the desk's calendar."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[
        Day | None, Field(alias="from", description="The first day; by default 29 days before the last.")
    ] = None
    until: Annotated[Day | None, Field(alias="to", description="The last day; by default today.")] = None


class EntryInsight(BaseModel):
    """In how many requests with feedback an entry was shown, and in how many each thing became of it.

    `title` is null for an entry that is not live.
    """

    entry_id: str
    title: str | None
    shown: int
    used: int
    edited: int
    rejected: int
    chosen: int


class EntryInsights(BaseModel):
    """What came in between two days, both included. Requests without any feedback are in none of the counts."""

    since: Annotated[date, Field(alias="from")]
    until: Annotated[date, Field(alias="to")]
    requests: Annotated[int, Field(description="Requests with feedback.")]
    none_fits: Annotated[int, Field(description="Requests whose clarification offered nothing that was meant.")]
    entries: Annotated[list[EntryInsight], Field(description="Most shown first, then by id.")]

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "from": "2026-10-24",
                    "to": "2026-11-22",
                    "requests": 120,
                    "none_fits": 4,
                    "entries": [
                        {
                            "entry_id": "ship.no-update",
                            "title": "物流信息几天不更新",
                            "shown": 61,
                            "used": 40,
                            "edited": 9,
                            "rejected": 2,
                            "chosen": 3,
                        }
                    ],
                }
            ]
        },
    )


@router.get(
    "/insights/entries",
    summary="Count what became of each entry",
    dependencies=[Depends(needs("insights"))],
    responses={
        **PROBLEMS,
        503: {"model": Problem, "description": "No index is loaded, or the knowledge database cannot be reached."},
    },
)
async def entry_insights(asked: Annotated[Period, Query()], request: Request) -> EntryInsights:
    """How often each entry was shown, used, edited, rejected and chosen, counted in requests that have feedback.

    A request counts on the day its first feedback came in as shown, and each act on the day it came in.
    """
    retriever: Retriever = request.app.state.live.retriever
    since, until, zone = span(asked, request)
    first, end = midnight(since, zone), midnight(until + timedelta(days=1), zone)
    counts = await request.app.state.storage.run(lambda store: store.feedback_counts(first, end))
    titles = {approved.entry.id: approved.entry.title for approved in retriever.contents.entries}
    return EntryInsights(
        since=since,
        until=until,
        requests=counts.requests,
        none_fits=counts.none_fits,
        entries=[EntryInsight(title=titles.get(entry.entry_id), **asdict(entry)) for entry in counts.entries],
    )


def span(asked: Period, request: Request) -> tuple[date, date, ZoneInfo]:
    """The first and the last day, and the desk's time zone."""
    zone = ZoneInfo(request.app.state.live.retriever.contents.policy.business_hours.timezone)
    until = asked.until or request.app.state.now().astimezone(zone).date()
    since = asked.since or until - timedelta(days=DAYS - 1)
    if since > until:
        raise RequestError("from", f"{since} is after to, {until}: swap them")
    return since, until, zone
