"""/v1/drafts: what an editor is typing, kept at every pause, and made a draft version when they say so.

A working copy is saved over only by who has read it (`revision`), and becomes a version only while the version it
began from is the newest; otherwise the answer is 409, and `POST /v1/desk/merges` brings the two together.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from knowledge.manuscript import Manuscript
from knowledge.store import Store, WorkingCopy
from service.api.desk import DESK_PROBLEMS, Editor, EntryName, PresenceOut, VersionOut, version_out
from service.api.requests import StrictRequest
from service.editing.opening import Presence, presence
from service.errors import Problem

router = APIRouter(prefix="/v1", tags=["drafts"])

Revision = Annotated[
    str,
    StringConstraints(max_length=32),
    Field(description="Of the copy as you read it; empty where you have none yet."),
]
Comment = Annotated[str, StringConstraints(max_length=2000), Field(description="Kept with the version.")]
Number = Annotated[int, Field(ge=1, le=1_000_000)]

STALE: dict[int | str, dict[str, object]] = {
    **DESK_PROBLEMS,
    409: {
        "model": Problem,
        "description": "Saved over meanwhile: by another tab of yours, or a newer version. Read the entry, and merge.",
    },
}
EXAMPLE_CONTENT: Any = {
    "kind": "faq",
    "title": "退款多久到账",
    "variants": ["退款几天能到", "钱什么时候退回来"],
    "replies": [{"channel": "chat", "language": "zh", "text": "您好，退款{refund.days}内原路退回。"}],
}


class DraftPut(StrictRequest):
    """What is typed, as it stands: it need not be an entry yet."""

    model_config = StrictRequest.model_config | {
        "json_schema_extra": {"examples": [{"revision": "", "base_version": 0, "content": EXAMPLE_CONTENT}]}
    }

    revision: Revision
    base_version: Annotated[int, Field(ge=0, le=1_000_000, description="The version begun from; 0 for a new entry.")]
    content: Annotated[Manuscript, Field(strict=False)]


class DraftKept(BaseModel):
    """It is kept; the next save names this `revision`."""

    revision: str
    updated_at: AwareDatetime
    others: list[PresenceOut]


class DraftSave(StrictRequest):
    """Make the working copy a draft version."""

    model_config = StrictRequest.model_config | {
        "json_schema_extra": {"examples": [{"revision": "9f2c…", "comment": "改了标题"}]}
    }

    revision: Revision
    comment: Comment = ""


class DraftSaved(BaseModel):
    """The draft; `created` is false where the copy said nothing new and the newest version stands for it."""

    created: bool
    version: VersionOut


class DraftDiscarded(BaseModel):
    """The working copy is gone."""

    entry_id: str


@router.put("/drafts/{entry_id}", summary="Keep what is being typed", responses=STALE)
async def put_draft(entry_id: EntryName, body: DraftPut, request: Request, person: Editor) -> DraftKept:
    """Autosave. Nothing is checked but that nobody has saved over what you read; no version comes of it."""
    now = request.app.state.now()

    def keep(store: Store) -> tuple[WorkingCopy, tuple[Presence, ...]]:
        copy = store.save_working_copy(entry_id, person.name, body.base_version, body.content, body.revision, now)
        return copy, presence(store.working_copies(entry_id), person.name, now)

    copy, others = await request.app.state.storage.run(keep)
    return DraftKept(
        revision=copy.revision,
        updated_at=copy.updated_at,
        others=[PresenceOut.model_validate(one) for one in others],
    )


@router.delete("/drafts/{entry_id}", summary="Discard what is being typed", responses=STALE)
async def delete_draft(
    entry_id: EntryName, revision: Annotated[str, Query(max_length=32)], request: Request, person: Editor
) -> DraftDiscarded:
    """Your working copy alone; versions stay."""
    await request.app.state.storage.run(lambda store: store.discard_working_copy(entry_id, person.name, revision))
    return DraftDiscarded(entry_id=entry_id)


@router.post(
    "/drafts/{entry_id}/versions",
    status_code=201,
    summary="Save what is typed as a draft",
    responses={**STALE, 200: {"model": DraftSaved, "description": "It says nothing new; no version was made."}},
)
async def save_draft(
    entry_id: EntryName, body: DraftSave, request: Request, response: Response, person: Editor
) -> DraftSaved:
    """A new version in the state draft; the working copy is gone. 422 names every place that is not complete yet."""
    now = request.app.state.now()

    def save(store: Store) -> DraftSaved:
        number, created = store.save_draft(entry_id, person.name, body.revision, body.comment, now)
        return DraftSaved(created=created, version=version_out(store.version(entry_id, number)))

    saved: DraftSaved = await request.app.state.storage.run(save)
    if not saved.created:
        response.status_code = 200
    return saved
