"""/v1/inbox: queries that need words, in themes, and what editors make of them; variants to repair.

Everything an editor accepts becomes a draft, to be reviewed like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from knowledge.errors import NotFound
from knowledge.store import InboxItem, Store
from service.adopting import Draft, NewEntry, adopt, adopt_new
from service.api.triage import (
    AcceptItemsRequest,
    DismissedOut,
    DismissRequest,
    DraftOut,
    EditOut,
    InboxOut,
    Page,
    ProposalOut,
    QueryOut,
    RepairedOut,
    RepairOut,
    RepairRequest,
    RepairsOut,
    ThemeOut,
)
from service.errors import PROBLEMS, Problem
from service.identity.people import Person, needs
from service.inbox import Inbox, Proposal, Theme
from service.repairs import Repairs
from service.spreadsheet import Cell, as_csv

router = APIRouter(prefix="/v1/inbox", tags=["inbox"])

Editor = Annotated[Person, Depends(needs("edit"))]

DENIED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "The person who asks may not do this."},
}
AWAY: dict[int | str, dict[str, Any]] = {
    503: {"model": Problem, "description": "No index is loaded, or the knowledge database cannot be reached."}
}
READING = {**PROBLEMS, **DENIED, **AWAY}
# Of what asks the index for the entry that a theme may belong to.
ASKING: dict[int | str, dict[str, Any]] = {
    **READING,
    503: {
        "model": Problem,
        "description": "No index is loaded, the knowledge database cannot be reached, or too many queries wait: come "
        "again after `Retry-After` seconds.",
    },
}
ACTING: dict[int | str, dict[str, Any]] = {
    **READING,
    404: {"model": Problem, "description": "The entry does not exist, or nothing doubts the variant."},
    409: {"model": Problem, "description": "Somebody has decided on it meanwhile, or the entry cannot take it."},
}


@router.get("", summary="List what needs words, in themes", responses=ASKING)
async def themes(asked: Annotated[Page, Query()], request: Request, _: Editor) -> InboxOut:
    """Queries of the last 30 days that were abstained from or clarified, or whose answer was not taken as it was.

    At most the 5 000 seen last are looked at. Dismissed ones never come back; accepted ones do where they are still
    asked, and not answered, a month later.
    """
    found = await all_themes(request)
    page = found[asked.offset : asked.offset + asked.limit]
    proposals = await proposals_for(page, request)
    return InboxOut(
        index_version=request.app.state.live.retriever.version,
        total=len(found),
        queries=sum(len(theme.items) for theme in found),
        themes=[theme_out(theme, proposal) for theme, proposal in zip(page, proposals, strict=True)],
    )


@router.get(
    "/themes/{theme_id}",
    summary="Read one theme",
    responses={**ASKING, 404: {"model": Problem, "description": "No theme has this id now."}},
)
async def theme(theme_id: str, request: Request, _: Editor) -> ThemeOut:
    """With all its queries. A theme's id changes with the query that stands for it."""
    for found in await all_themes(request):
        if found.id == theme_id:
            (proposal,) = await proposals_for([found], request)
            return theme_out(found, proposal)
    raise NotFound(f"theme {theme_id[:40]!r} is not in the inbox now: read GET /v1/inbox again")


@router.post("/accept", status_code=201, summary="Make queries variants of an entry", responses=ACTING)
async def accept(body: AcceptItemsRequest, request: Request, person: Editor) -> DraftOut:
    """As a draft upon the entry's newest version, or a new entry's first; with it the queries leave the inbox."""
    inbox: Inbox = request.app.state.inbox
    now = request.app.state.now()

    def act(store: Store) -> Draft:
        chosen = inbox.chosen(store, body.queries)
        if body.new is not None:
            return adopt_new(store, chosen, NewEntry(**body.new.model_dump()), person.name, now)
        return adopt(store, chosen, str(body.entry_id), person.name, now)

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
    back = await request.app.state.storage.run(lambda store: store.queries.unmark_inbox("query", body.queries))
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
    """Moved or removed in drafts of the entries it touches, upon their newest versions, or left as it is.

    Dismissing takes a variant that is on the list.
    """
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


async def proposals_for(themes: Sequence[Theme], request: Request) -> list[Proposal | None]:
    """The entry that each theme may belong to; Busy where too many queries wait."""
    state = request.app.state
    found: list[Proposal | None] = await state.admission.each(state.inbox.proposal, themes, request.is_disconnected)
    return found


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
