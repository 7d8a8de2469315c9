"""/v1/desk/entries/{entry_id}/…: what becomes of a version: submitted for review, retired, brought back as a draft."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints

from knowledge.store import Store
from service.api.desk import DESK_PROBLEMS, Approver, Editor, EntryName, VersionOut, version_out
from service.api.drafts import Comment, Number
from service.api.requests import StrictRequest
from service.errors import Problem

router = APIRouter(prefix="/v1", tags=["desk"])

ACT_PROBLEMS: dict[int | str, dict[str, object]] = {
    **DESK_PROBLEMS,
    409: {"model": Problem, "description": "The version's state does not allow it; `detail` has the next step."},
}
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class Submission(StrictRequest):
    """A draft to be reviewed."""

    model_config = StrictRequest.model_config | {
        "json_schema_extra": {"examples": [{"version": 2, "comment": "请看标题"}]}
    }

    version: Number
    comment: Comment = ""


class Retirement(StrictRequest):
    """Why the entry is no longer to be said."""

    model_config = StrictRequest.model_config | {"json_schema_extra": {"examples": [{"comment": "活动结束"}]}}

    comment: Annotated[Reason, Field(description="Kept in the audit log.")]


class Restoration(StrictRequest):
    """The version whose text is to be a draft again."""

    model_config = StrictRequest.model_config | {"json_schema_extra": {"examples": [{"version": 1}]}}

    version: Number
    comment: Comment = ""


@router.post("/desk/entries/{entry_id}/submission", summary="Submit a draft for review", responses=ACT_PROBLEMS)
async def submit(entry_id: EntryName, body: Submission, request: Request, person: Editor) -> VersionOut:
    """Offer it to the reviewers, with a word to them."""
    now = request.app.state.now()

    def act(store: Store) -> VersionOut:
        store.submit(entry_id, body.version, person.name, now, body.comment)
        return version_out(store.version(entry_id, body.version))

    found: VersionOut = await request.app.state.storage.run(act)
    return found


@router.post("/desk/entries/{entry_id}/retirement", summary="Retire an entry", responses=ACT_PROBLEMS)
async def retire(entry_id: EntryName, body: Retirement, request: Request, person: Approver) -> VersionOut:
    """Its live version is no longer to be said, and leaves the index at the next publish. It takes who may approve."""
    now = request.app.state.now()

    def act(store: Store) -> VersionOut:
        live = next((one.version for one in store.history(entry_id) if one.state == "approved"), 0)
        store.retire(entry_id, person.name, body.comment, now)
        return version_out(store.version(entry_id, live))

    found: VersionOut = await request.app.state.storage.run(act)
    return found


@router.post(
    "/desk/entries/{entry_id}/restoration", status_code=201, summary="Bring an old version back", responses=ACT_PROBLEMS
)
async def restore(entry_id: EntryName, body: Restoration, request: Request, person: Editor) -> VersionOut:
    """Its text becomes a new draft; the version itself stays as it is."""
    now = request.app.state.now()

    def act(store: Store) -> VersionOut:
        number = store.restore(entry_id, body.version, person.name, body.comment, now)
        return version_out(store.version(entry_id, number))

    found: VersionOut = await request.app.state.storage.run(act)
    return found
