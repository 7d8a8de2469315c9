"""/v1/documents: upload a service manual, look at what it yields, and make drafts of what somebody chooses.

The body of an upload is the file itself. What is read is kept for seven days; the file is not.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from index.errors import RetrievalError
from knowledge.errors import NotFound
from knowledge.formats.documents import limits
from knowledge.formats.documents.drafts import Edits
from knowledge.formats.documents.proposals import Reading
from knowledge.model import Channel, EntryId, Kind, Pack, ReplyText, Title, Variant
from knowledge.store import Store
from service import accepting, coverage
from service.documents import Decision, Documents, Kept, Summary
from service.errors import Problem, RequestError
from service.identity.people import Person, needs

router = APIRouter(prefix="/v1", tags=["documents"])

UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself: DOCX, PDF with text, HTML or TXT, at most 32 MiB.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "Whoever asks may not edit."},
    422: {"model": Problem, "description": "The document or a field cannot be used; `detail` says why."},
    503: {"model": Problem, "description": "The knowledge database cannot be reached: try again later."},
}
GONE: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "No such document is kept."}}
DECIDED: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "A proposal was decided already, or an entry of that id exists."}
}
Numbers = Annotated[
    list[Annotated[int, Field(ge=1, le=limits.PROPOSALS)]], Field(min_length=1, max_length=limits.PROPOSALS)
]


class DocumentList(BaseModel):
    """The kept documents, the newest first."""

    documents: list[Summary]


class Choice(BaseModel):
    """A proposal to make a draft of, and what is changed of it."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1, le=limits.PROPOSALS, description="The proposal's number.")]
    entry_id: EntryId | None = None
    kind: Kind | None = None
    title: Title | None = None
    variants: Annotated[list[Variant], Field(max_length=200)] | None = None
    reply: ReplyText | None = None
    channel: Channel | None = None

    def edits(self) -> Edits:
        """What is changed."""
        return Edits.model_validate(self.model_dump(exclude={"number"}, exclude_none=True))


class AcceptRequest(BaseModel):
    """The chosen proposals."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"proposals": [{"number": 1}, {"number": 3, "title": "客户打错电话"}]}]},
    )

    proposals: Annotated[list[Choice], Field(min_length=1, max_length=limits.PROPOSALS)]


class SkipRequest(BaseModel):
    """The numbers of proposals that nothing is made of."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"proposals": [2]}]})

    proposals: Numbers


class Draft(BaseModel):
    """The draft that a proposal has become."""

    number: int
    entry_id: str
    version: int


class AcceptResponse(BaseModel):
    """The new drafts, in the order of the request."""

    drafts: list[Draft]


class SkipResponse(BaseModel):
    """The numbers that were skipped."""

    skipped: list[int]


Editor = Annotated[Person, Depends(needs("edit"))]
Name = Annotated[str, Query(min_length=1, max_length=255, description="The file's name, kept as the drafts' source.")]


@router.post(
    "/documents",
    status_code=201,
    summary="Read a document",
    responses=REFUSED,
    openapi_extra=UPLOAD,
    response_model=Kept,
)
async def upload(name: Name, request: Request, person: Editor) -> Kept:
    """The cleaned text with places, every repair, and the proposals with what covers them already."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        raise RequestError("body", "is a form: send the file itself, as application/octet-stream")
    return await keep(request, await request.body(), name, person)


@router.get("/documents", summary="List the kept documents", responses=REFUSED)
async def listed(request: Request, person: Editor) -> DocumentList:
    """Without their texts."""
    documents = documents_of(request)
    return DocumentList(documents=list(await documents.run(documents.all)))


@router.get("/documents/{document_id}", summary="Read one kept document", responses={**REFUSED, **GONE})
async def kept(document_id: str, request: Request, person: Editor) -> Kept:
    """All that it yields, and what was decided."""
    documents = documents_of(request)
    return await documents.run(lambda: documents.get(document_id))


@router.post(
    "/documents/{document_id}/accept",
    summary="Make drafts of chosen proposals",
    responses={**REFUSED, **GONE, **DECIDED},
)
async def accept(document_id: str, body: AcceptRequest, request: Request, person: Editor) -> AcceptResponse:
    """All or none of them; a draft then goes its way through review like any other."""
    drafts = await make_drafts(
        request, document_id, [(choice.number, choice.edits()) for choice in body.proposals], person
    )
    return AcceptResponse(
        drafts=[Draft(number=one.number, entry_id=one.entry_id, version=one.version) for one in drafts]
    )


@router.post(
    "/documents/{document_id}/skip", summary="Make nothing of proposals", responses={**REFUSED, **GONE, **DECIDED}
)
async def skip(document_id: str, body: SkipRequest, request: Request, person: Editor) -> SkipResponse:
    """They are marked, so that nobody looks at them again; all or none of them."""
    return SkipResponse(skipped=await make_nothing(request, document_id, body.proposals, person))


@router.delete("/documents/{document_id}", status_code=204, summary="Forget a document", responses={**REFUSED, **GONE})
async def forget(document_id: str, request: Request, person: Editor) -> Response:
    """The drafts that came of it stay."""
    documents = documents_of(request)
    await documents.run(lambda: documents.delete(document_id))
    return Response(status_code=204)


def documents_of(request: Request) -> Documents:
    """The service's documents."""
    found: Documents = request.app.state.documents
    return found


async def keep(request: Request, data: bytes, name: str, person: Person) -> Kept:
    """Read a document, hold it against what is live, else against what is approved, and keep it."""
    documents = documents_of(request)
    try:
        retriever = request.app.state.live.retriever
    except RetrievalError:
        pack = await request.app.state.storage.run(_pack)

        def compare(reading: Reading) -> Reading:
            return coverage.by_words(reading, pack)
    else:

        def compare(reading: Reading) -> Reading:
            return coverage.by_index(reading, retriever)

    return await documents.run(lambda: documents.add(data, name, person.name, compare))


async def make_drafts(
    request: Request, document_id: str, chosen: list[tuple[int, Edits]], person: Person
) -> list[accepting.Accepted]:
    """The drafts of chosen proposals."""
    documents = documents_of(request)
    found = await documents.run(lambda: documents.get(document_id))
    made = accepting.entries_of(found, chosen)
    now = request.app.state.now()
    drafts: list[accepting.Accepted] = await request.app.state.storage.run(
        lambda store: accepting.accept(store, documents, found, made, person.name, now)
    )
    return drafts


async def make_nothing(request: Request, document_id: str, numbers: list[int], person: Person) -> list[int]:
    """Mark proposals as skipped."""
    documents = documents_of(request)
    found = await documents.run(lambda: documents.get(document_id))
    decision = Decision(act="skipped", by=person.name, at=request.app.state.now())

    def skip() -> list[int]:
        for number in numbers:
            found.proposal(number)
        decisions = dict.fromkeys(numbers, decision)
        documents.decide(document_id, decisions)
        return list(decisions)

    return await documents.run(skip)


def _pack(store: Store) -> Pack | None:
    try:
        return store.pack()
    except NotFound:
        return None
