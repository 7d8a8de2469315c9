"""/v1/inbox: queries that need words, in themes, and what editors make of them; variants to repair.

Everything an editor accepts becomes a draft, to be reviewed like any other.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from starlette.concurrency import run_in_threadpool

from knowledge.errors import NotFound
from knowledge.model import EntryId, Kind, ReplyText, Title, Variant
from knowledge.store import InboxItem, Store
from service.api.requests import StrictRequest
from service.errors import PROBLEMS, Problem
from service.identity.people import Person, needs
from service.inbox import Draft, Inbox, NewEntry, Proposal, Theme
from service.repairs import Repairs
from service.spreadsheet import Cell, as_csv

router = APIRouter(prefix="/v1/inbox", tags=["inbox"])

Editor = Annotated[Person, Depends(needs("edit"))]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$", min_length=32, max_length=32)]
Keys = Annotated[list[Key], Field(min_length=1, max_length=500, description="The queries' keys.")]

DENIED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "The person who asks may not do this."},
}
AWAY: dict[int | str, dict[str, Any]] = {
    503: {"model": Problem, "description": "No index is loaded, or the knowledge database cannot be reached."}
}
READING = {**PROBLEMS, **DENIED, **AWAY}
ACTING: dict[int | str, dict[str, Any]] = {
    **READING,
    404: {"model": Problem, "description": "The entry does not exist."},
    409: {"model": Problem, "description": "Somebody has decided on it meanwhile, or the entry cannot take it."},
}


class QueryOut(BaseModel):
    """A query, masked; all that normalise alike are one. `edits` are what agents made of the reply."""

    key: str
    text: str
    count: int
    last_seen: AwareDatetime
    decisions: dict[str, int]
    acts: dict[str, int]
    edits: list[EditOut]


class EditOut(BaseModel):
    """A reply as somebody sent it, and the entry it was made from."""

    entry_id: str | None
    text: str


class ProposalOut(BaseModel):
    """The entry a theme may belong to. `said` counts the people who chose it; else `confidence` is the index's.

    `exact`: the representative is one of its phrasings already, so it is the reply that wants mending.
    """

    entry_id: str
    title: str
    confidence: float
    said: int
    exact: bool


class ThemeOut(BaseModel):
    """Queries that ask the same. Without a proposal, a new entry is."""

    id: str
    representative: str
    count: int
    last_seen: AwareDatetime
    decisions: dict[str, int]
    acts: dict[str, int]
    proposal: ProposalOut | None
    queries: list[QueryOut]


class InboxOut(BaseModel):
    """A page of themes, the most asked first; `queries` counts all that are in the inbox."""

    index_version: str
    total: int
    queries: int
    themes: list[ThemeOut]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "index_version": "1d9160960ea3",
                    "total": 1,
                    "queries": 1,
                    "themes": [
                        {
                            "id": "5f0c2a9b7d11",
                            "representative": "能刻字吗",
                            "count": 7,
                            "last_seen": "2026-11-22T15:05:09+08:00",
                            "decisions": {"abstain": 6},
                            "acts": {"rejected": 1},
                            "proposal": None,
                            "queries": [
                                {
                                    "key": "0123456789abcdef0123456789abcdef",
                                    "text": "能刻字吗",
                                    "count": 7,
                                    "last_seen": "2026-11-22T15:05:09+08:00",
                                    "decisions": {"abstain": 6},
                                    "acts": {"rejected": 1},
                                    "edits": [],
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )


class Page(BaseModel):
    """Which themes."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=100_000)] = 0


class NewEntryIn(StrictRequest):
    """An entry for what none covers yet; its other fields are written in the editor."""

    id: EntryId
    title: Annotated[Title, StringConstraints(max_length=100)]
    reply: Annotated[ReplyText, StringConstraints(max_length=4000)]
    kind: Kind = "faq"


class AcceptRequest(StrictRequest):
    """Which queries, and the entry they belong to: one there is, or a new one."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"queries": ["0123456789abcdef0123456789abcdef"], "entry_id": "gift.engraving"}]
        },
    )

    queries: Keys
    entry_id: EntryId | None = None
    new: NewEntryIn | None = None

    @model_validator(mode="after")
    def _one_place(self) -> AcceptRequest:
        if (self.entry_id is None) == (self.new is None):
            raise ValueError("give entry_id or new, one of the two")
        return self


class DismissRequest(StrictRequest):
    """Which queries."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"queries": ["0123456789abcdef0123456789abcdef"]}]},
    )

    queries: Keys


class DraftOut(BaseModel):
    """A draft to be reviewed; `added` counts the variants it has more than the version before."""

    entry_id: str
    version: int
    added: int


class DismissedOut(BaseModel):
    """How many queries left the inbox, or came back."""

    queries: int


class RepairOut(BaseModel):
    """A variant to look at: `suspicious`, nearer to `other_id` than to its own entry; or `redundant` beside `like`."""

    kind: Literal["suspicious", "redundant"]
    entry_id: str
    title: str
    variant: str
    score: float
    other_id: str | None
    other_title: str | None
    own_score: float | None
    like: str | None


class RepairsOut(BaseModel):
    """Variants that nobody has decided on, suspicious ones first, the clearest of each kind first."""

    index_version: str
    repairs: list[RepairOut]


class RepairRequest(StrictRequest):
    """What to do with a variant: `move` it to the entry `to`, `remove` it, or `dismiss` the doubt."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"entry_id": "ship.intercept", "variant": "地址填错了", "act": "move", "to": "order.change-address"}
            ]
        },
    )

    entry_id: EntryId
    variant: Annotated[Variant, StringConstraints(max_length=500)]
    act: Literal["move", "remove", "dismiss"]
    to: EntryId | None = None

    @model_validator(mode="after")
    def _moved_somewhere(self) -> RepairRequest:
        if (self.act == "move") != (self.to is not None):
            raise ValueError("move needs to, and nothing else has it")
        return self


class RepairedOut(BaseModel):
    """The drafts a repair made, of each entry it touched; none where the doubt was dismissed."""

    drafts: list[DraftOut]


@router.get("", summary="List what needs words, in themes", responses=READING)
async def themes(asked: Annotated[Page, Query()], request: Request, _: Editor) -> InboxOut:
    """Queries of the last 30 days that were abstained from or clarified, or whose answer was not taken as it was.

    At most the 5 000 seen last are looked at. Dismissed ones never come back; accepted ones do where they are still
    asked, and not answered, a month later.
    """
    inbox: Inbox = request.app.state.inbox
    found = await all_themes(request)
    page = found[asked.offset : asked.offset + asked.limit]
    proposals = await run_in_threadpool(lambda: [inbox.proposal(theme) for theme in page])
    return InboxOut(
        index_version=request.app.state.live.retriever.version,
        total=len(found),
        queries=sum(len(theme.items) for theme in found),
        themes=[theme_out(theme, proposal) for theme, proposal in zip(page, proposals, strict=True)],
    )


@router.get(
    "/themes/{theme_id}",
    summary="Read one theme",
    responses={**READING, 404: {"model": Problem, "description": "No theme has this id now."}},
)
async def theme(theme_id: str, request: Request, _: Editor) -> ThemeOut:
    """With all its queries. A theme's id changes with the query that stands for it."""
    for found in await all_themes(request):
        if found.id == theme_id:
            proposal = await run_in_threadpool(request.app.state.inbox.proposal, found)
            return theme_out(found, proposal)
    raise NotFound(f"theme {theme_id[:40]!r} is not in the inbox now: read GET /v1/inbox again")


@router.post("/accept", status_code=201, summary="Make queries variants of an entry", responses=ACTING)
async def accept(body: AcceptRequest, request: Request, person: Editor) -> DraftOut:
    """As a draft upon the entry's newest version, or a new entry's first. The queries leave the inbox."""
    inbox: Inbox = request.app.state.inbox

    def act(store: Store) -> Draft:
        if body.new is not None:
            return inbox.accept_new(store, body.queries, NewEntry(**body.new.model_dump()), person.name)
        return inbox.accept(store, body.queries, str(body.entry_id), person.name)

    return DraftOut(**asdict(await request.app.state.storage.run(act)))


@router.post("/dismiss", summary="Take queries off the list", responses=ACTING)
async def dismiss(body: DismissRequest, request: Request, person: Editor) -> DismissedOut:
    """For good; `restore` takes it back."""
    inbox: Inbox = request.app.state.inbox
    await request.app.state.storage.run(lambda store: inbox.dismiss(store, body.queries, person.name))
    return DismissedOut(queries=len(set(body.queries)))


@router.post("/restore", summary="Put dismissed queries back", responses=READING)
async def restore(body: DismissRequest, request: Request, _: Editor) -> DismissedOut:
    """What was dismissed by mistake, or accepted into a draft that came to nothing."""
    back = await request.app.state.storage.run(lambda store: store.unmark_inbox("query", body.queries))
    return DismissedOut(queries=back)


@router.get("/repairs", summary="List variants to repair", responses=READING)
async def repairs(request: Request, _: Editor) -> RepairsOut:
    """Suspicious ones by the build's own out-of-fold scores, redundant ones by the vectors of the live index."""
    found: Repairs = request.app.state.repairs
    listed = await request.app.state.storage.run(found.listed)
    return RepairsOut(
        index_version=request.app.state.live.retriever.version,
        repairs=[RepairOut(**asdict(repair)) for repair in listed],
    )


@router.post("/repairs", status_code=201, summary="Repair a variant", responses=ACTING)
async def repair(body: RepairRequest, request: Request, person: Editor) -> RepairedOut:
    """Moved or removed in drafts of the entries it touches, upon their newest versions."""
    found: Repairs = request.app.state.repairs

    def act(store: Store) -> tuple[Draft, ...]:
        if body.to is not None:
            return found.move(store, body.entry_id, body.variant, body.to, person.name)
        done = found.remove if body.act == "remove" else found.dismiss
        return done(store, body.entry_id, body.variant, person.name)

    drafts = await request.app.state.storage.run(act)
    return RepairedOut(drafts=[DraftOut(**asdict(draft)) for draft in drafts])


@router.get(
    ".csv",
    summary="The inbox as a table",
    response_class=Response,
    responses={**READING, 200: {"content": {"text/csv": {}}}},
)
async def table(request: Request, _: Editor) -> Response:
    """One line a query, with its theme; no cell is a formula."""
    header = ("theme", "query", "count", "last_seen", "abstain", "clarify", "rejected", "edited", "none_fits")
    rows: list[tuple[Cell, ...]] = [
        (
            found.lead.text,
            item.text,
            item.count,
            item.last_seen.isoformat(),
            *(item.decisions.get(name, 0) for name in header[4:6]),
            *(item.acts.get(name, 0) for name in header[6:]),
        )
        for found in await all_themes(request)
        for item in found.items
    ]
    return csv_response("inbox", as_csv(header, rows))


async def all_themes(request: Request) -> tuple[Theme, ...]:
    """Every theme of the inbox, the most asked first."""
    inbox: Inbox = request.app.state.inbox
    items: tuple[InboxItem, ...] = await request.app.state.storage.run(inbox.items)
    return await run_in_threadpool(inbox.themes, items)


def theme_out(theme: Theme, proposal: Proposal | None) -> ThemeOut:
    """A theme as it leaves."""
    return ThemeOut(
        id=theme.id,
        representative=theme.lead.text,
        count=theme.count,
        last_seen=theme.last_seen,
        decisions=theme.decisions,
        acts=theme.acts,
        proposal=ProposalOut(**asdict(proposal)) if proposal is not None else None,
        queries=[_query(item) for item in theme.items],
    )


def csv_response(name: str, content: bytes) -> Response:
    """A file to save."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _query(item: InboxItem) -> QueryOut:
    return QueryOut(
        key=item.key,
        text=item.text,
        count=item.count,
        last_seen=item.last_seen,
        decisions=dict(item.decisions),
        acts=dict(item.acts),
        edits=[EditOut(entry_id=entry_id, text=text) for entry_id, text in item.edits],
    )
