"""/v1/audit: who did what to the knowledge, when and why; as JSON a page at a time, as CSV whole.

What was done to people, keys, sessions and customers' conversations stands in the same log and is shown to those who
may `administer`; for everybody else these lines are not there, and are not counted.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from knowledge.model import EntryId
from knowledge.store import AuditFilter, AuditRecord, Store
from service.api.insights import Day
from service.api.requests import Name
from service.api.review_bodies import LARGEST_VERSION, ActOut, act_out
from service.api.reviews import RESPONSES, Reader
from service.errors import RequestError
from service.identity.people import Person
from service.reviews import zone_of
from service.spreadsheet import BOM, Cell, csv_lines

router = APIRouter(prefix="/v1", tags=["audit"])

CHUNK = 500  # lines read at a time for a file
COLUMNS = ("number", "at", "who", "act", "entry_id", "version", "comment", "detail")
Chunk = tuple[str, int | None]


class Lines(BaseModel):
    """Which lines: all that fit everything given."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    entry: Annotated[EntryId | None, Field(description="An entry's id.")] = None
    who: Annotated[Name | None, Field(description="Who acted.")] = None
    act: Annotated[str | None, Field(max_length=40, description="Such as `save`, `submit` or `approve`.")] = None
    since: Annotated[Day | None, Field(alias="from", description="The first day, on the desk's calendar.")] = None
    until: Annotated[Day | None, Field(alias="to", description="The last day, included.")] = None

    def filter(self, zone: ZoneInfo, administrative: bool) -> AuditFilter:
        """The same for the store, whose clock knows no days; RequestError where the days are the wrong way round."""
        if self.since is not None and self.until is not None and self.since > self.until:
            raise RequestError("from", f"{self.since} is after to, {self.until}: swap them")
        return AuditFilter(
            entry_id=self.entry,
            who=self.who,
            act=self.act,
            since=_midnight(self.since, zone) if self.since is not None else None,
            until=_midnight(self.until + timedelta(days=1), zone) if self.until is not None else None,
            administrative=administrative,
        )


class AuditQuery(Lines):
    """Which lines, and which page of them."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    before: Annotated[
        int | None, Field(ge=1, le=LARGEST_VERSION, description="Only lines with a lower number: `next` of a page.")
    ] = None


class AuditPage(BaseModel):
    """A page of the log, the newest line first; `total` counts all that fit, `next` is null on the last page."""

    total: int
    lines: list[ActOut]
    next: int | None


@router.get("/audit", summary="Read the audit log", responses=RESPONSES)
async def audit(asked: Annotated[AuditQuery, Query()], request: Request, person: Reader) -> AuditPage:
    """Every act on the knowledge: saved, submitted, approved, returned, withdrawn, commented, imported, retired.

    Those who may `administer` also see the acts on people, keys, sessions, links and customers' conversations.
    """
    whole = administers(person)
    lines, total, following = await request.app.state.storage.run(lambda store: page(store, asked, whole))
    return AuditPage(total=total, lines=[act_out(line) for line in lines], next=following)


@router.get(
    "/audit.csv",
    summary="Export the audit log",
    response_class=StreamingResponse,
    responses={**RESPONSES, 200: {"description": "The lines that fit as CSV.", "content": {"text/csv": {}}}},
)
async def audit_csv(asked: Annotated[Lines, Query()], request: Request, person: Reader) -> StreamingResponse:
    """The same as CSV in UTF-8 for a spreadsheet; what would be a formula there begins with an apostrophe."""
    run = request.app.state.storage.run
    zone: ZoneInfo = await run(zone_of)
    wanted = asked.filter(zone, administers(person))
    # Read before the answer begins, so that a database that is away is still a 503.
    first: Chunk = await run(lambda store: _chunk(store, wanted, zone, None))

    async def parts() -> AsyncIterator[str]:
        text, last = first
        yield BOM + csv_lines([COLUMNS]) + text
        while last is not None:
            text, last = await run(partial(_chunk, wanted=wanted, zone=zone, before=last))
            yield text

    return StreamingResponse(
        parts(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "private, no-store"},
    )


def administers(person: Person) -> bool:
    """Whether somebody is shown the lines about people, keys, sessions and customers' conversations too."""
    return "administer" in person.permissions


def page(store: Store, asked: AuditQuery, administrative: bool) -> tuple[tuple[AuditRecord, ...], int, int | None]:
    """The page's lines, how many fit in all, and where the next page begins."""
    # One more than asked for tells whether there is a next page.
    lines, total = store.audit_page(asked.filter(zone_of(store), administrative), asked.limit + 1, asked.before)
    shown = lines[: asked.limit]
    return shown, total, shown[-1].number if len(lines) > asked.limit else None


def write_csv(store: Store, asked: Lines, path: Path) -> int:
    """All lines that fit as a file, those for administrators too; how many they are."""
    zone = zone_of(store)
    wanted = asked.filter(zone, administrative=True)
    text, last = _chunk(store, wanted, zone, None)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM + csv_lines([COLUMNS]) + text)
        while last is not None:
            text, last = _chunk(store, wanted, zone, last)
            file.write(text)
    return store.audit_page(wanted, 1)[1]


def _chunk(store: Store, wanted: AuditFilter, zone: ZoneInfo, before: int | None) -> Chunk:
    """Some lines as CSV, and the number of the last where more may follow."""
    lines, _ = store.audit_page(wanted, CHUNK, before)
    return csv_lines(_row(line, zone) for line in lines), lines[-1].number if len(lines) == CHUNK else None


def _row(line: AuditRecord, zone: ZoneInfo) -> tuple[Cell, ...]:
    detail = json.dumps(dict(line.detail), ensure_ascii=False) if line.detail else ""
    at = line.at.astimezone(zone).isoformat(timespec="seconds")
    return line.number, at, line.who, line.act, line.entry_id, line.version, line.comment, detail


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
