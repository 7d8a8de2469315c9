"""/v1/desk: every entry of the database as its editors see it, drafts, history and working copies included.

Reading only; what is typed goes to /v1/drafts, and what becomes of a version is `lifecycle`'s.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from knowledge.manuscript import Manuscript, manuscript_of
from knowledge.model import EntryId, Kind, State
from knowledge.store import Store, VersionRecord
from service.editing import catalogue, identifiers
from service.editing.catalogue import RowState, Wanted, listed
from service.editing.opening import Opened, opened, vocabulary
from service.errors import PROBLEMS, Problem
from service.identity.people import Person, needs
from service.pages.words.categories import category_id

router = APIRouter(prefix="/v1", tags=["desk"])

EntryName = Annotated[EntryId, Path(description="The entry's id, such as `refund.time`.")]
Reader = Annotated[Person, Depends(needs("read"))]
Editor = Annotated[Person, Depends(needs("edit"))]
Approver = Annotated[Person, Depends(needs("approve"))]

# What every resource of the editors' desk may answer; none of them needs an index unless it says so.
DESK_PROBLEMS: dict[int | str, dict[str, object]] = {
    **PROBLEMS,
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "Whoever is signed in may not do this."},
    404: {"model": Problem, "description": "There is no such entry, version or working copy."},
    503: {"model": Problem, "description": "The knowledge database cannot be reached."},
}


class DeskFilter(BaseModel):
    """Which entries; every condition that is given holds."""

    model_config = ConfigDict(extra="forbid")

    query: Annotated[str, Field(max_length=200, description="Words that stand in id, title or variants.")] = ""
    category: Annotated[str, Field(max_length=60, description="The id's first part, such as `refund`.")] = ""
    state: Annotated[RowState | None, Field(description="Of the newest version; `new` for what was never saved.")] = (
        None
    )
    kind: Kind | None = None
    product: Annotated[str, Field(max_length=60)] = ""
    owner: Annotated[str, Field(max_length=200, description="Who wrote the newest version.")] = ""
    low: Annotated[bool, Field(description="Only those that agents mostly changed or refused lately.")] = False
    typing: Annotated[bool, Field(description="Only those of which you have a working copy.")] = False
    returned: Annotated[bool, Field(description="Only those whose newest version a reviewer sent back.")] = False
    expiring_days: Annotated[
        int | None, Field(ge=0, le=3650, description="Only those whose live version ends within so many days, or has.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=100_000)] = 0

    def wanted(self) -> Wanted:
        """The conditions, without the paging."""
        return Wanted(
            text=self.query,
            category=self.category,
            state=self.state or "",
            kind=self.kind or "",
            product=self.product,
            owner=self.owner,
            low=self.low,
            expiring_days=self.expiring_days,
            typing=self.typing,
            returned=self.returned,
        )


class UseOut(BaseModel):
    """Requests with feedback of the last 30 days in which the entry was shown, and what became of it."""

    model_config = ConfigDict(from_attributes=True)

    shown: int
    used: int
    edited: int
    rejected: int
    low: Annotated[bool, Field(description="Mostly changed or refused: at least five acts, under half used as is.")]


class DeskRow(BaseModel):
    """An entry in the list. `state` and `owner` are of its newest version, `expires` of its live one."""

    model_config = ConfigDict(from_attributes=True)

    entry_id: str
    title: str
    kind: str
    category: str
    state: RowState
    version: int
    live_version: int | None
    owner: str
    edited_at: AwareDatetime
    products: list[str]
    expires: date | None
    use: UseOut
    typing: Annotated[AwareDatetime | None, Field(description="When you typed it last and did not save it.")]
    others: Annotated[list[str], Field(description="Who else has a working copy of it.")]
    returned: Annotated[bool, Field(description="Whether a reviewer sent the newest version back, as a draft.")]


class DeskList(BaseModel):
    """A page of the list, last edited first; `total` counts all that fit, `owners` are all there are."""

    total: int
    today: Annotated[date, Field(description="The desk's day, by which validity goes.")]
    categories: list[str]
    owners: list[str]
    entries: list[DeskRow]


class VersionOut(BaseModel):
    """One version of an entry and what became of it."""

    version: int
    state: State
    author: str
    created_at: AwareDatetime
    comment: str
    decided_by: str | None
    decided_at: AwareDatetime | None
    retired_by: str | None
    retired_at: AwareDatetime | None


class VersionContent(BaseModel):
    """A version with its text, as an editor would have typed it."""

    version: VersionOut
    content: Manuscript


class WorkingCopyOut(BaseModel):
    """What you are typing. Name `revision` when you save it again; `base_version` is what it began from, 0: nothing."""

    model_config = ConfigDict(from_attributes=True)

    base_version: int
    revision: str
    updated_at: AwareDatetime
    content: Manuscript


class PresenceOut(BaseModel):
    """Somebody else with a working copy of the entry; `active` is that they typed within three minutes."""

    model_config = ConfigDict(from_attributes=True)

    person: str
    updated_at: AwareDatetime
    active: bool


class ReturnOut(BaseModel):
    """Which version a reviewer sent back, when and why."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    who: str
    at: AwareDatetime
    comment: str


class DeskEntry(BaseModel):
    """An entry opened for editing: `base` is what your working copy began from, the newest where you have none.

    `returned` is why the newest version is a draft again, null where it is not.
    """

    entry_id: str
    base: VersionContent | None
    newest: VersionContent | None
    live_version: int | None
    own: WorkingCopyOut | None
    others: list[PresenceOut]
    returned: ReturnOut | None
    history: list[VersionOut]


class ReferenceOut(BaseModel):
    """A name for braces in a reply: a slot, filled for each case, or a fact, put in when the index is built."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    label: str
    kind: Literal["slot", "fact"]


class ChoiceOut(BaseModel):
    """Something a field may be, and what it is called."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    label: str


class VocabularyOut(BaseModel):
    """What the fields of an entry are chosen from."""

    model_config = ConfigDict(from_attributes=True)

    references: list[ReferenceOut]
    targets: list[ChoiceOut]
    fields: list[ChoiceOut]
    products: list[ChoiceOut]
    entries: list[ChoiceOut]
    categories: list[str]
    tags: list[str]


class ProposedId(BaseModel):
    """An id that no entry has."""

    entry_id: str


@router.get("/desk/entries", summary="List every entry for its editors", responses=DESK_PROBLEMS)
async def desk_entries(asked: Annotated[DeskFilter, Query()], request: Request, person: Reader) -> DeskList:
    """All entries of the database whatever their state, and the new ones you have begun, last edited first."""
    now, packs = request.app.state.now(), request.app.state.packs
    every, today = await request.app.state.storage.run(
        lambda store: listed(store, packs.overviews(store), person.name, now)
    )
    fitting = [row for row in every if catalogue.fits(row, asked.wanted(), today)]
    return DeskList(
        total=len(fitting),
        today=today,
        categories=sorted({row.category for row in every}),
        owners=sorted({row.owner for row in every}),
        entries=[DeskRow.model_validate(row) for row in fitting[asked.offset : asked.offset + asked.limit]],
    )


@router.get("/desk/entries/{entry_id}", summary="Open an entry for editing", responses=DESK_PROBLEMS)
async def desk_entry(entry_id: EntryName, request: Request, person: Reader) -> DeskEntry:
    """Its newest version, your working copy and what that began from, who else is typing, and its history."""
    now = request.app.state.now()
    found: Opened = await request.app.state.storage.run(lambda store: opened(store, entry_id, person.name, now))
    return entry_out(found)


@router.get("/desk/entries/{entry_id}/versions/{version}", summary="Read one version", responses=DESK_PROBLEMS)
async def desk_version(
    entry_id: EntryName, version: Annotated[int, Path(ge=1, le=1_000_000)], request: Request, person: Reader
) -> VersionContent:
    """Any version, as it was saved."""
    record: VersionRecord = await request.app.state.storage.run(lambda store: store.version(entry_id, version))
    return version_content(record)


@router.get("/desk/vocabulary", summary="List what fields are chosen from", responses=DESK_PROBLEMS)
async def desk_vocabulary(
    request: Request,
    person: Reader,
    language: Annotated[Literal["zh", "en"], Query(description="Of the labels, where there are both.")] = "zh",
) -> VocabularyOut:
    """Slots, facts, targets, fields to collect, products, entries, categories and tags."""
    packs = request.app.state.packs
    found = await request.app.state.storage.run(lambda store: vocabulary(store, packs.overviews(store), language))
    return VocabularyOut.model_validate(found)


@router.get("/desk/free-id", summary="Propose an id for a new entry", responses=DESK_PROBLEMS)
async def desk_free_id(
    request: Request,
    person: Editor,
    category: Annotated[
        str, Query(min_length=1, max_length=60, description="Such as `invoice`, or 发票: a shipped category's name.")
    ],
    title: Annotated[str, Query(max_length=200)] = "",
) -> ProposedId:
    """From its category and title, in letters, with a number where that is taken."""
    return ProposedId(entry_id=await request.app.state.storage.run(lambda store: free_id(store, category, title)))


def free_id(store: Store, category: str, title: str) -> str:
    """An id that neither an entry nor anybody's working copy has."""
    taken = {one.entry_id for one in store.overviews()} | {copy.entry_id for copy in store.working_copies()}
    return identifiers.propose(category_id(category), title, taken)


def version_out(record: VersionRecord) -> VersionOut:
    """A version without its text."""
    return VersionOut.model_validate({name: getattr(record, name) for name in VersionOut.model_fields})


def version_content(record: VersionRecord) -> VersionContent:
    """A version with its text."""
    return VersionContent(version=version_out(record), content=manuscript_of(record.entry))


def entry_out(found: Opened) -> DeskEntry:
    """An opened entry as it leaves over HTTP."""
    return DeskEntry(
        entry_id=found.entry_id,
        base=version_content(found.base) if found.base is not None else None,
        newest=version_content(found.newest) if found.newest is not None else None,
        live_version=found.live.version if found.live is not None else None,
        own=WorkingCopyOut.model_validate(found.own) if found.own is not None else None,
        others=[PresenceOut.model_validate(one) for one in found.others],
        returned=ReturnOut.model_validate(found.returned) if found.returned is not None else None,
        history=[version_out(record) for record in found.history],
    )
