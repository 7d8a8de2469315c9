"""The documents' pages: `/documents` uploads and lists, `/documents/{id}` shows one beside its proposals.

Without a script a document is uploaded, and each proposal accepted or skipped, by a form; with one, the same goes to
the API and the page stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse

from index.errors import RetrievalError
from knowledge.errors import KnowledgeError, NotFound
from knowledge.formats.documents.blocks import Place
from knowledge.formats.documents.drafts import Edits
from knowledge.formats.documents.proposing import NO_CATEGORY
from knowledge.model import Language
from service.api.documents import documents_of, keep, make_drafts, make_nothing
from service.documents import Kept
from service.errors import RequestError, status_of
from service.fields import field_problems
from service.identity.people import Person, needs
from service.pages.frame import language_of, render
from service.pages.words import documents as spoken
from service.pages.words.categories import WORDS as CATEGORIES

LISTED_CHANGES = 300  # repairs on the page; the API has them all
ZONE = ZoneInfo("Asia/Shanghai")

WORDS = spoken.WORDS

router = APIRouter(include_in_schema=False)
Editor = Depends(needs("edit"))


@router.get("/documents")
async def documents(request: Request, person: Person = Editor) -> Response:
    """Upload, and what was read lately."""
    return await _list(request)


@router.post("/documents")
async def upload(request: Request, person: Person = Editor) -> Response:
    """The form of a page without a script."""
    words = WORDS[language_of(request)]
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await _list(request, words["no_file"], 422)
        data, name = await file.read(), file.filename
    try:
        kept = await keep(request, data, name, person)
    except KnowledgeError as error:
        return await _list(request, str(error), status_of(error) or 422)
    return RedirectResponse(f"/documents/{kept.summary.id}", 303)


@router.get("/documents/{document_id}")
async def document(document_id: str, request: Request, person: Person = Editor) -> Response:
    """One document beside its proposals."""
    return await _one(request, document_id)


@router.post("/documents/{document_id}/proposals/{number}")
async def decide(document_id: str, number: int, request: Request, person: Person = Editor) -> Response:
    """The form of one proposal."""
    async with request.form(max_files=0, max_fields=12) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        if fields.get("act") == "skip":
            await make_nothing(request, document_id, [number], person)
        else:
            await make_drafts(request, document_id, [(number, _edits(fields, language_of(request)))], person)
    except (KnowledgeError, RequestError) as error:
        if isinstance(error, NotFound):
            raise
        said = _told(error, WORDS[language_of(request)])
        return await _one(request, document_id, said, status_of(error) or 422)
    return RedirectResponse(f"/documents/{document_id}#p{number}", 303)


@router.post("/documents/{document_id}/forget")
async def forget(document_id: str, request: Request, person: Person = Editor) -> Response:
    """The form behind each document's “delete”."""
    documents = documents_of(request)
    await documents.run(lambda: documents.delete(document_id))
    return RedirectResponse("/documents", 303)


async def _list(request: Request, problem: str = "", status: int = 200) -> Response:
    documents = documents_of(request)
    kept = await documents.run(documents.all)
    words = WORDS[language_of(request)]
    return render(
        request,
        "documents.html",
        WORDS,
        {"documents": kept, "problem": problem, "at": _at, "data": {"words": _spoken(words)}},
        status=status,
    )


async def _one(request: Request, document_id: str, problem: str = "", status: int = 200) -> Response:
    documents = documents_of(request)
    kept = await documents.run(lambda: documents.get(document_id))
    words = WORDS[language_of(request)]
    return render(
        request,
        "document.html",
        WORDS,
        {
            "kept": kept,
            "reading": kept.reading,
            "problem": problem,
            "at": _at,
            "place": lambda place: _place(place, words),
            "marked": _marked(kept),
            "unsorted": f"{NO_CATEGORY}.",
            **_known(request),
            "changes": kept.reading.changes[:LISTED_CHANGES],
            "unlisted": max(0, len(kept.reading.changes) - LISTED_CHANGES) + kept.reading.unlisted_changes,
            "data": {"words": _spoken(words), "id": kept.summary.id, "unsorted": f"{NO_CATEGORY}."},
        },
        status=status,
    )


def _edits(fields: Mapping[str, str], language: Language) -> Edits:
    """The form's fields; RequestError names the one that cannot be used, and says why in that language.

    An id of no category takes the one that was chosen: nobody means a category of that name.
    """
    variants = [line.strip() for line in fields.get("variants", "").splitlines() if line.strip()]
    given: dict[str, Any] = {
        name: fields[name] for name in ("entry_id", "kind", "title", "reply", "channel") if name in fields
    }
    if "variants" in fields:
        given["variants"] = variants
    category, _, rest = given.get("entry_id", "").partition(".")
    if category == NO_CATEGORY:
        if not fields.get("category"):
            raise RequestError("category", spoken.WORDS[language]["choose_category"])
        given["entry_id"] = f"{fields['category']}.{rest}"
    try:
        return Edits.model_validate(given)
    except ValidationError as error:
        first = field_problems(error)[0]
        raise RequestError(first.field, first.told(language)) from error


def _told(error: Exception, words: Mapping[str, str]) -> str:
    """A refusal, with the page's word for the field that it is of."""
    if not isinstance(error, RequestError):
        return str(error)
    field = error.field.rpartition(".")[2]
    name = {"title": "situation"}.get(field, field)
    return words["field_refused"].format(field=words.get(name, name), why=error)


def _known(request: Request) -> dict[str, Any]:
    """What is live to choose from and to compare with: categories, and what service levels are called."""
    try:
        contents = request.app.state.live.retriever.contents
    except RetrievalError:
        return {"categories": sorted(CATEGORIES["zh"]), "levels": {}}
    return {
        "categories": sorted({approved.entry.category for approved in contents.entries}),
        "levels": {name: level.label for name, level in contents.policy.service_levels.items()},
    }


def _marked(kept: Kept) -> dict[int, list[int]]:
    """The proposals whose wording stands in a line, by the line's number."""
    found: dict[int, list[int]] = {}
    for proposal in kept.reading.proposals:
        for line in proposal.lines:
            found.setdefault(line, []).append(proposal.number)
    return found


def _place(place: Place, words: Mapping[str, str]) -> str:
    parts = [words["place_page"].format(n=place.page)] if place.page is not None else []
    parts += [words["place_paragraph"].format(n=place.paragraph), words["place_line"].format(n=place.line)]
    parts += [words["place_part"].format(n=place.part)] if place.part > 1 else []
    return " · ".join(parts)


def _at(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def _spoken(words: Mapping[str, str]) -> dict[str, str]:
    """The words that the script says."""
    names = (
        "reading_now",
        "no_file",
        "failed",
        "offline",
        "accepted",
        "choose_category",
        "skipped",
        "progress",
        "all_done",
        "edit",
        "close_edit",
    )
    return {name: words[name] for name in names}
