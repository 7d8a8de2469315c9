"""The editors' page: /editor lists every entry, /editor/{id} is where one is written.

Everything is a form that works without a script; with one, `static/editor.js` keeps what is typed at every pause,
lints it, and shows who else is at it. What a form sends is kept as the working copy first, so nothing of it is lost
whatever is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

from index.errors import RetrievalError
from knowledge.errors import KnowledgeError, NotFound, StateError
from knowledge.manuscript import Manuscript, manuscript_of
from knowledge.model import EntryId
from knowledge.store import Store
from service.api.desk import Approver, Editor, EntryName, entry_out, free_id
from service.api.drafts import DraftSave
from service.api.lifecycle import Retirement
from service.api.reviews import VersionPath
from service.api.writing import judged
from service.editing import catalogue
from service.editing.opening import Opened, Vocabulary, opened, vocabulary
from service.editing.previews import previews
from service.identity.people import permissions_of
from service.pages.entrylist import asked_of, listing
from service.pages.forms import manuscript_from
from service.pages.frame import language_of, names_in, render
from service.pages.previews import first_views
from service.pages.problems import fields
from service.pages.words import editor as texts

NEW = {"title": "", "category": "", "kind": "faq", "entry_id": ""}  # the form of a new entry as it comes
KINDS, CHANNELS, LANGUAGES = ("faq", "script"), ("any", "chat", "phone", "email"), ("zh", "en")
STAGES, AUDIENCES = ("pre-sale", "in-sale", "after-sale"), ("customer", "supplier")
LEVELS, PRIORITIES = ("none", "offer", "required"), ("normal", "high", "urgent")
IDS: TypeAdapter[str] = TypeAdapter(EntryId)

router = APIRouter(include_in_schema=False)


@router.get("/editor")
async def entries(request: Request, person: Editor) -> Response:
    """The list, and a word on where to begin."""
    return await _page(request, person.name, None)


@router.post("/editor")
async def begin(request: Request, person: Editor) -> Response:
    """A new entry: its id is proposed from category and title, and its working copy begun."""
    form, now = await request.form(), request.app.state.now()
    new = NEW | {name: str(form[name]).strip() for name in NEW if name in form}
    category, title = new["category"], new["title"]
    if not category or not title:
        return await _page(request, person.name, None, {"problem": "new_incomplete", "begun": new}, 422)

    def act(store: Store) -> str:
        entry_id = IDS.validate_python(new["entry_id"] or free_id(store, category, title))
        with suppress(NotFound):
            raise StateError(f"entry {entry_id} has version {store.history(entry_id)[-1].version}: open it instead")
        content = Manuscript(title=title, kind=new["kind"])
        store.save_working_copy(entry_id, person.name, 0, content, "", now)
        return entry_id

    try:
        return _to(f"/editor/{quote(await request.app.state.storage.run(act))}")
    except ValidationError:
        return await _page(request, person.name, None, {"problem": "new_bad_id", "begun": new}, 422)
    except StateError:
        return await _page(request, person.name, None, {"problem": "new_taken", "begun": new}, 409)


@router.get("/editor/{entry_id}")
async def entry(entry_id: EntryName, request: Request, person: Editor) -> Response:
    """An entry as it stands, or as the person was typing it."""
    return await _page(request, person.name, entry_id)


@router.post("/editor/{entry_id}")
async def save(entry_id: EntryName, request: Request, person: Editor) -> Response:
    """What the form's buttons do where no script does it: keep, save, submit, discard."""
    form, now, who = await request.form(), request.app.state.now(), person.name
    act, comment, revision = (str(form.get(name, "")) for name in ("act", "comment", "revision"))

    def run(store: Store) -> str:
        if act == "discard":
            store.discard_working_copy(entry_id, who, revision)
            return "discarded"
        base = store.history(entry_id)[-1].version if act == "rebase" else _number(form)
        copy = store.save_working_copy(entry_id, who, base, manuscript_from(form), revision, now)
        if act in ("keep", "rebase"):
            return "kept"
        asked = DraftSave(revision=copy.revision, comment=comment)
        version, _ = store.save_draft(entry_id, who, asked.revision, asked.comment, now)
        if act == "submit":
            store.submit(entry_id, version, who, now, asked.comment)
        return "submitted" if act == "submit" else "saved"

    try:
        done = await request.app.state.storage.run(run)
    except (KnowledgeError, ValidationError) as error:
        return await _page(request, who, entry_id, *_why(error, request), _typed(form))
    return _to("/editor" if done == "discarded" and not _number(form) else f"/editor/{quote(entry_id)}?done={done}")


@router.post("/editor/{entry_id}/retirement")
async def retire(entry_id: EntryName, request: Request, person: Approver) -> Response:
    """The live version is no longer to be said; a reason is needed, as over HTTP."""
    form, now = await request.form(), request.app.state.now()
    try:
        asked = Retirement(comment=str(form.get("comment", "")))
        await request.app.state.storage.run(lambda store: store.retire(entry_id, person.name, asked.comment, now))
    except (StateError, ValidationError) as error:
        return await _page(request, person.name, entry_id, *_why(error, request, "retire_comment"))
    return _to(f"/editor/{quote(entry_id)}?done=retired")


@router.get("/editor/{entry_id}/versions/{version}")
async def version(entry_id: EntryName, version: VersionPath, request: Request, person: Editor) -> Response:
    """An old version, to read and to bring back."""
    packs, language = request.app.state.packs, language_of(request)

    def read(store: Store) -> dict[str, Any]:
        record = store.version(entry_id, version)
        content, pack = manuscript_of(record.entry), packs.pack(store)
        views = first_views(previews(content, pack.policy, pack.facts))
        target = pack.policy.targets.get(content.escalation.target)
        called = content.escalation.target if target is None else target.label_en if language == "en" else target.label
        return {
            "record": record,
            "content": content,
            "target": called,
            "previews": {view.reply: view for view in views},
        }

    shown = await request.app.state.storage.run(read)
    return render(request, "version.html", texts.WORDS, shown | {"entry_id": entry_id})


@router.post("/editor/{entry_id}/versions/{version}")
async def restore(entry_id: EntryName, version: VersionPath, request: Request, person: Editor) -> Response:
    """The version's text as a new draft."""
    now = request.app.state.now()
    await request.app.state.storage.run(lambda store: store.restore(entry_id, version, person.name, "", now))
    return _to(f"/editor/{quote(entry_id)}?done=restored")


async def _page(
    request: Request,
    person: str,
    entry_id: str | None,
    told: Mapping[str, Any] | None = None,
    status: int = 200,
    typed: Manuscript | None = None,
) -> Response:
    """The page with the list, and the entry if one is named; `typed` is what was sent and could not be kept."""
    asked, language, now = asked_of(request), language_of(request), request.app.state.now()
    packs = request.app.state.packs

    def read(store: Store) -> dict[str, Any]:
        overviews = packs.overviews(store)
        every, today = catalogue.listed(store, overviews, person, now)
        found = opened(store, entry_id, person, now) if entry_id is not None else None
        names = vocabulary(store, overviews, language)
        context = listing(request, every, today, asked) | {"vocabulary": names}
        if found is None or entry_id is None:
            return context
        content = typed or (found.own.content if found.own is not None else _content(found))
        findings = judged(store, packs, content, entry_id, language, now)
        sheet = _sheet(found, content, names, person, language)
        sheet["data"]["names"] = names_in(request)
        return context | sheet | {"findings": findings, "served": _served(request, entry_id)}

    context = await request.app.state.storage.run(read)
    said: dict[str, Any] = {"done": request.query_params.get("done", ""), "problem": "", "refused": "", "begun": NEW}
    said |= {"now": now, "moment": _moment, "may_retire": "approve" in permissions_of(request)}
    return render(request, "editor.html", texts.WORDS, context | said | dict(told or {}), status)


def _why(
    error: KnowledgeError | ValidationError, request: Request, comment: str = "comment"
) -> tuple[dict[str, str], int]:
    """What the page says of a refusal, and its status; `comment` is the page's word for the field of that name."""
    if isinstance(error, ValidationError):
        language = language_of(request)
        words = texts.WORDS[language]
        return {"refused": fields(error, words | {"comment": words[comment]}, language)}, 422
    return {"refused": str(error)}, 409 if isinstance(error, StateError) else 422


def _sheet(found: Opened, content: Manuscript, names: Vocabulary, person: str, language: str) -> dict[str, Any]:
    """The entry's part of the page."""
    base = found.own.base_version if found.own is not None else (found.newest.version if found.newest else 0)
    return {
        "entry_id": found.entry_id,
        "opened": found,
        "content": content,
        "base_version": base,
        "revision": found.own.revision if found.own is not None else "",
        "stale": found.newest is not None and found.newest.version != base,
        "choices": {
            "kinds": KINDS,
            "channels": CHANNELS,
            "languages": LANGUAGES,
            "stages": STAGES,
            "audiences": AUDIENCES,
            "levels": LEVELS,
            "priorities": PRIORITIES,
        },
        "data": {
            "words": texts.WORDS["en" if language == "en" else "zh"],
            "person": person,
            "entry": entry_out(found).model_dump(mode="json"),
            "references": [vars(one) for one in names.references],
            "entries": {one.name: one.label for one in names.entries},
            "language": language,
        },
    }


def _served(request: Request, entry_id: str) -> int | None:
    """The version that agents are shown; None where they are shown none, or there is no index."""
    with suppress(RetrievalError):
        approved = request.app.state.live.retriever.contents.entries
        return next((one.version for one in approved if one.entry.id == entry_id), None)
    return None


def _content(found: Opened) -> Manuscript:
    assert found.newest is not None  # without a version and a working copy there is no such entry
    return manuscript_of(found.newest.entry)


def _typed(form: FormData) -> Manuscript | None:
    """What a form that was refused had in it."""
    try:
        return manuscript_from(form)
    except ValidationError:
        return None


def _number(form: FormData) -> int:
    given = str(form.get("base_version", "0"))
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else 0


def _to(address: str) -> Response:
    """Back to a page after an act, so that loading it again does not act again."""
    return RedirectResponse(address, status_code=303)


def _moment(at: datetime, now: datetime, words: Mapping[str, str]) -> str:
    """When something was done, as people say it."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return words["just_now"]
    if minutes < 60:
        return words["minutes_ago"].format(n=minutes)
    if minutes < 24 * 60:
        return words["hours_ago"].format(n=minutes // 60)
    days = minutes // (24 * 60)
    return words["days_ago"].format(n=days) if days <= 14 else at.astimezone(UTC).date().isoformat()
