"""/v1/desk/findings, claims, previews and merges: what helps while one types. Nothing sent here is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from index.retriever import Retriever
from knowledge.lint.finding import Severity
from knowledge.lint.manuscripts import lint_manuscript
from knowledge.manuscript import Manuscript
from knowledge.merging import merge
from knowledge.model import EntryId, Language
from knowledge.store import Store
from knowledge.textdiff import PieceKind as TextPieceKind
from service.api.desk import DESK_PROBLEMS, Editor
from service.api.drafts import EXAMPLE_CONTENT
from service.api.requests import Message, StrictRequest
from service.editing.neighbours import claim
from service.editing.packs import Packs
from service.editing.previews import PieceKind, View, previews
from service.editing.wording import said
from service.errors import PROBLEMS

router = APIRouter(prefix="/v1", tags=["desk"])

MOST = 24  # variants asked about at once: each may have to be embedded
Content = Annotated[Manuscript, Field(strict=False)]
INDEXED: dict[int | str, dict[str, object]] = {**DESK_PROBLEMS, 503: PROBLEMS[503]}


class Typed(StrictRequest):
    """An entry as it is typed, of the id it has or will have."""

    model_config = StrictRequest.model_config | {
        "json_schema_extra": {"examples": [{"entry_id": "refund.time", "content": EXAMPLE_CONTENT}]}
    }

    entry_id: EntryId
    content: Content


class Linted(Typed):
    """The same, and in which language to say what is found."""

    language: Language = "en"


class FindingOut(BaseModel):
    """What a rule says of one place, such as `variants[3]`, the fourth line typed. An error keeps it unpublished."""

    rule: str
    severity: Severity
    field: str
    message: str


class FindingsOut(BaseModel):
    """Every finding about what is typed, beside all that is live."""

    errors: int
    warnings: int
    findings: list[FindingOut]


class ClaimsRequest(StrictRequest):
    """Variants of one entry, at most 24 at once."""

    model_config = StrictRequest.model_config | {
        "json_schema_extra": {"examples": [{"entry_id": "refund.time", "variants": ["退款几天能到", "多久更换"]}]}
    }

    entry_id: EntryId
    variants: Annotated[list[Message], Field(min_length=1, max_length=MOST)]


class NeighbourOut(BaseModel):
    """The other entry nearest to a variant, with its phrasing, the confidence in it (0..1) and the cosine (−1..1)."""

    model_config = ConfigDict(from_attributes=True)

    entry_id: str
    title: str
    phrasing: str
    confidence: float
    score: float


class ClaimOut(BaseModel):
    """What the live index makes of a variant.

    `place` is this entry's among what is found, from 1; `finds` that the entry would be the answer, `taken` that
    `nearest` would be in its place.
    """

    model_config = ConfigDict(from_attributes=True)

    variant: str
    place: int | None
    confidence: float
    finds: bool
    taken: bool
    nearest: NeighbourOut | None


class ClaimsOut(BaseModel):
    """One claim a variant, in their order."""

    index_version: str
    claims: list[ClaimOut]


class PieceOut(BaseModel):
    """A stretch of a preview: text, a fact put in, a slot left open (its label), or a name that nothing has."""

    model_config = ConfigDict(from_attributes=True)

    kind: PieceKind
    text: str
    name: str


class PreviewOut(BaseModel):
    """One reply, by its number from 0, as one channel shows it."""

    model_config = ConfigDict(from_attributes=True)

    reply: int
    view: View
    language: Language
    pieces: list[PieceOut]
    length: int


class PreviewsOut(BaseModel):
    """Every reply in every channel it is for."""

    previews: list[PreviewOut]


class MergeRequest(StrictRequest):
    """Two texts that both began from `base`."""

    model_config = StrictRequest.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "base": EXAMPLE_CONTENT,
                    "theirs": EXAMPLE_CONTENT | {"title": "退款要多久"},
                    "mine": EXAMPLE_CONTENT | {"title": "退款几天到"},
                }
            ]
        }
    }

    base: Content
    theirs: Content
    mine: Content


class ChangedPiece(BaseModel):
    """Text that a side kept, removed or added."""

    model_config = ConfigDict(from_attributes=True)

    kind: TextPieceKind
    text: str


class ConflictOut(BaseModel):
    """What both changed. `text`: one text a side, null where there is none. `lines`: runs of lines, at `start`.

    `theirs_pieces` and `mine_pieces` are what each made of `base`, word by word.
    """

    model_config = ConfigDict(from_attributes=True)

    field: str
    kind: Literal["text", "lines"]
    base: list[str] | None
    theirs: list[str] | None
    mine: list[str] | None
    start: int
    theirs_pieces: list[ChangedPiece]
    mine_pieces: list[ChangedPiece]


class MergeOut(BaseModel):
    """Both together. Where they conflict `merged` has mine; `taken` are fields in which something of theirs came in."""

    model_config = ConfigDict(from_attributes=True)

    merged: Manuscript
    conflicts: list[ConflictOut]
    taken: list[str]


@router.post("/desk/findings", summary="Lint what is being typed", responses=DESK_PROBLEMS)
async def findings(body: Linted, request: Request, person: Editor) -> FindingsOut:
    """Every rule, as if what is typed stood among all live entries in the place of its own."""
    now, packs = request.app.state.now(), request.app.state.packs
    found: FindingsOut = await request.app.state.storage.run(
        lambda store: judged(store, packs, body.content, body.entry_id, body.language, now)
    )
    return found


@router.post("/desk/claims", summary="Ask who else would claim a variant", responses=INDEXED)
async def variant_claims(body: ClaimsRequest, request: Request, person: Editor) -> ClaimsOut:
    """For each variant whether the live index would answer with this entry, and the nearest other entry."""
    state = request.app.state
    retriever: Retriever = state.live.retriever
    today = retriever.contents.policy.business_hours.day_of(state.now())
    found = await state.admission.each(
        lambda variant: claim(variant, body.entry_id, retriever, today), body.variants, request.is_disconnected
    )
    return ClaimsOut(index_version=retriever.version, claims=[ClaimOut.model_validate(one) for one in found])


@router.post("/desk/previews", summary="Preview replies as each channel shows them", responses=DESK_PROBLEMS)
async def reply_previews(body: Typed, request: Request, person: Editor) -> PreviewsOut:
    """Facts put in, slots left visible, an e-mail in the policy's frame."""
    packs = request.app.state.packs
    pack = await request.app.state.storage.run(packs.pack)
    found: list[Any] = previews(body.content, pack.policy, pack.facts)
    return PreviewsOut(previews=[PreviewOut.model_validate(one) for one in found])


@router.post("/desk/merges", summary="Bring two texts of one entry together", responses=DESK_PROBLEMS)
async def merges(body: MergeRequest, request: Request, person: Editor) -> MergeOut:
    """Three-way, by field, and for variants by line; what both changed differently is for a person to decide."""
    return MergeOut.model_validate(await run_in_threadpool(merge, body.base, body.theirs, body.mine))


def judged(
    store: Store, packs: Packs, content: Manuscript, entry_id: str, language: Language, now: datetime
) -> FindingsOut:
    """What lint says of a manuscript among all that is live."""
    pack = packs.pack(store)
    found = lint_manuscript(content, entry_id, pack, on=pack.policy.business_hours.day_of(now))
    errors = sum(finding.severity == "error" for finding in found)
    return FindingsOut(
        errors=errors,
        warnings=len(found) - errors,
        findings=[
            FindingOut(rule=one.rule, severity=one.severity, field=one.field, message=said(one, language))
            for one in found
        ],
    )
