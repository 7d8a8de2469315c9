"""/review: what waits, and one version at a time: what changed, what lint says, and the decision.

Every act is a form, so it works without a script; `static/review.js` adds the keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import FormData

from knowledge.errors import KnowledgeError
from knowledge.store import Decision, Outcome, Store, Submission
from service.api.review_bodies import LARGEST_VERSION, MOST_AT_ONCE, Comment, SubmissionOut, submission_out
from service.api.reviews import Editor, EntryPath, Reader, VersionPath, decide, reviewed
from service.errors import status_of
from service.identity.people import Person, needs
from service.pages.differing import groups, remarks, unchanged
from service.pages.frame import language_of, render
from service.pages.previews import first_views
from service.pages.problems import fields
from service.pages.words.review import WORDS
from service.reviews import Version, Wanted, waiting, zone_of

router = APIRouter(include_in_schema=False)

LONGEST = 2000  # characters of a comment
NEEDED = {"approve": "approve", "return": "approve", "withdraw": "edit", "say": "edit"}


@dataclass(frozen=True)
class Listed:
    """What waits and fits the filters of the address, with lint's errors, and all that waits, by whom and of what."""

    items: tuple[SubmissionOut, ...]
    total: int
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    errors: Mapping[Version, int]
    zone: ZoneInfo
    filters: Mapping[str, str]

    def link(self, entry_id: str, version: int, **more: str) -> str:
        """The address of one version, with the filters kept."""
        return self.query(f"/review/{entry_id}/{version}", **more)

    def query(self, path: str, **more: str) -> str:
        asked = {**self.filters, **more}
        return f"{path}?{urlencode(asked)}" if asked else path

    def beside(self, entry_id: str, version: int, step: int) -> SubmissionOut | None:
        """The item before or after one in the list."""
        places = [
            place for place, item in enumerate(self.items) if (item.entry_id, item.version) == (entry_id, version)
        ]
        place = places[0] + step if places else -1
        return self.items[place] if 0 <= place < len(self.items) else None

    def after(self, entry_id: str, version: int) -> SubmissionOut | None:
        """What to look at once this one is decided: the one below it, else the one above."""
        return self.beside(entry_id, version, 1) or self.beside(entry_id, version, -1)


@router.get("/review")
async def overview(request: Request, person: Reader) -> Response:
    """What waits, with the first of it open."""
    listed = await _list(request, person)
    first = listed.items[0] if listed.items else None
    if first is None:
        return _page(request, person, listed, {})
    return await _item(request, person, listed, first.entry_id, first.version)


@router.get("/review/{entry_id}/{version}")
async def one(entry_id: EntryPath, version: VersionPath, request: Request, person: Reader) -> Response:
    """One version beside what waits."""
    return await _item(request, person, await _list(request, person), entry_id, version)


@router.post("/review/{entry_id}/{version}")
async def act(entry_id: EntryPath, version: VersionPath, request: Request, person: Editor) -> Response:
    """Approve, return, withdraw or comment; then the next one opens."""
    form = await request.form()
    name, text = str(form.get("act", "")), _comment(form)
    name = name if name in NEEDED else "say"
    person = await needs(cast(Any, NEEDED[name]))(request)
    listed, words = await _list(request, person), WORDS[language_of(request)]
    if name in ("return", "say") and not text.strip():
        problem = words["needs_comment" if name == "return" else "needs_words"]
        return await _item(request, person, listed, entry_id, version, problem=problem, comment=text, status=422)
    if problem := _refused(text, request):
        return await _item(request, person, listed, entry_id, version, problem=problem, comment=text, status=422)
    if name == "approve" and (wrong := await _unsure(request, form, [(entry_id, version)])):
        problem = words["sure_one"].format(n=sum(wrong.values()))
        more = {"problem": problem, "sure": wrong, "comment": text}
        return await _item(request, person, listed, entry_id, version, status=422, **more)
    at = request.app.state.now()
    try:
        await request.app.state.storage.run(lambda store: _act(store, name, entry_id, version, person.name, text, at))
    except KnowledgeError as error:
        status = status_of(error) or 500
        return await _item(request, person, listed, entry_id, version, problem=str(error), comment=text, status=status)
    following = listed.after(entry_id, version)
    title = next((one.title for one in listed.items if (one.entry_id, one.version) == (entry_id, version)), entry_id)
    told = {"done": name, "what": words["what"].format(title=title, n=version)}
    if name == "say":
        address = listed.link(entry_id, version, **told)
    elif following is not None:
        address = listed.link(following.entry_id, following.version, **told)
    else:
        address = listed.query("/review", **told)
    return RedirectResponse(address, 303)


@router.post("/review")
async def bulk(request: Request, person: Annotated[Person, Depends(needs("approve"))]) -> Response:
    """Decide all that is ticked, and say what became of each."""
    form = await request.form()
    decision: Decision = "return" if form.get("act") == "return" else "approve"
    text = _comment(form)
    chosen = _references(form, "item")
    words = WORDS[language_of(request)]
    problem = _refused(text, request)
    outcomes: Sequence[Outcome] = ()
    wrong: Mapping[Version, int] = {}
    if not problem and not chosen:
        problem = words["needs_choice"]
    elif not problem and decision == "return" and not text.strip():
        problem = words["needs_comment"]
    elif not problem and decision == "approve" and (wrong := await _unsure(request, form, chosen)):
        names = "、".join(f"{entry_id} v{version}" for entry_id, version in wrong)
        problem = words["sure_many"].format(n=len(wrong), names=names)
    elif not problem:
        outcomes = await decide(request, person, decision, chosen[:MOST_AT_ONCE], text)
    listed = await _list(request, person)
    report = _report(outcomes, words)
    if not listed.items:
        return _page(request, person, listed, {"report": report})
    picked = {f"{entry_id}@{version}" for entry_id, version in chosen} if problem else set()
    first = listed.items[0]
    more: dict[str, Any] = {"report": report, "bulk_problem": problem, "picked": picked}
    more["bulk_comment"] = text if problem else ""
    more["bulk_sure"] = wrong
    return await _item(request, person, listed, first.entry_id, first.version, status=422 if problem else 200, **more)


async def _list(request: Request, person: Person) -> Listed:
    """What waits, by the filters of the address; an empty one is none."""
    asked = {name: request.query_params.get(name, "") for name in ("author", "category", "mine")}
    filters = {name: value for name, value in asked.items() if value}
    wanted = Wanted(filters.get("author"), filters.get("category"), person.name if "mine" in filters else None)

    state = request.app.state

    def read(store: Store) -> tuple[tuple[Submission, ...], Mapping[Version, int], ZoneInfo]:
        found = waiting(store, Wanted())
        records = (one.record for one in found if wanted.fits(one))
        return found, state.error_counts.of(records, store, state.now(), state.packs.pack), zone_of(store)

    found, errors, zone = await state.storage.run(read)
    return Listed(
        items=tuple(submission_out(one, person.name) for one in found if wanted.fits(one)),
        total=len(found),
        authors=tuple(sorted({one.record.author for one in found})),
        categories=tuple(sorted({one.record.entry.category for one in found})),
        errors=errors,
        zone=zone,
        filters=filters,
    )


async def _item(
    request: Request, person: Person, listed: Listed, entry_id: str, version: int, status: int = 200, **more: Any
) -> Response:
    """The page with one version open."""
    language = language_of(request)
    words = WORDS[language]
    seen = await reviewed(request, entry_id, version, person)
    record = seen.review.record
    submission = seen.review.submission
    item = {
        "record": record,
        "submission": submission_out(submission, person.name) if submission is not None else None,
        "against": seen.review.against,
        "groups": groups(seen.differences, words),
        "unchanged": unchanged(record.entry, seen.differences, words),
        "findings": remarks(seen.findings, record.entry, words, language) if seen.findings is not None else None,
        "errors": seen.errors,
        "previews": first_views(seen.previews),
        "hindrance": seen.hindrance,
        "history": [line for line in reversed(seen.review.history) if line.version == version],
        "previous": listed.beside(entry_id, version, -1),
        "next": listed.beside(entry_id, version, 1),
    }
    return _page(request, person, listed, {"item": item, **more}, status)


def _page(request: Request, person: Person, listed: Listed, more: Mapping[str, Any], status: int = 200) -> Response:
    words = WORDS[language_of(request)]
    done, what = request.query_params.get("done", ""), request.query_params.get("what", "")[:200]
    context: dict[str, Any] = {
        "listed": listed,
        "item": None,
        "problem": None,
        "comment": "",
        "report": None,
        "bulk_problem": None,
        "bulk_comment": "",
        "picked": set(),
        "sure": (),
        "bulk_sure": (),
        "may_approve": "approve" in person.permissions,
        "may_edit": "edit" in person.permissions,
        "longest": LONGEST,
        "done": words[f"done_{done}"].format(what=what) if done in NEEDED else "",
        "when": lambda moment: moment.astimezone(listed.zone).strftime("%Y-%m-%d %H:%M"),
        "act_word": lambda act: words.get(f"act_{act}", act),
    }
    return render(request, "review.html", WORDS, context | dict(more), status)


def _comment(form: FormData) -> str:
    """What was written, its line ends counted as the form counts them."""
    return str(form.get("comment", "")).replace("\r\n", "\n")


def _refused(comment: str, request: Request) -> str:
    """What the API would refuse of a comment, in the page's words; nothing where it may stand."""
    language = language_of(request)
    try:
        Comment(comment=comment)
    except ValidationError as error:
        return fields(error, WORDS[language], language)
    return ""


def _act(store: Store, name: str, entry_id: str, version: int, who: str, text: str, at: datetime) -> None:
    if name == "approve":
        store.approve(entry_id, version, who, at, comment=text)
    elif name == "return":
        store.send_back(entry_id, version, who, text, at)
    elif name == "withdraw":
        store.withdraw(entry_id, version, who, at, text)
    else:
        store.comment(entry_id, version, who, text, at)


def _report(outcomes: Sequence[Outcome], words: Mapping[str, str]) -> dict[str, Any] | None:
    """What became of several, the refused ones by name."""
    if not outcomes:
        return None
    refused = [outcome for outcome in outcomes if outcome.problem is not None]
    counted = words["bulk_report"].format(done=len(outcomes) - len(refused), refused=len(refused))
    return {"text": counted, "refused": refused}


async def _unsure(request: Request, form: FormData, chosen: Sequence[Version]) -> Mapping[Version, int]:
    """Those of the chosen that have errors, which whoever approves has not said yet that they mean."""
    state, sure = request.app.state, _references(form, "sure")

    def read(store: Store) -> Mapping[Version, int]:
        records = (one.record for one in store.waiting() if (one.record.entry.id, one.record.version) in chosen)
        found: Mapping[Version, int] = state.error_counts.of(records, store, state.now(), state.packs.pack, again=True)
        return found

    found: Mapping[Version, int] = await state.storage.run(read)
    return found if found.keys() - set(sure) else {}


def _references(form: FormData, field: str) -> list[Version]:
    return [found for given in form.getlist(field) if (found := _reference(str(given))) is not None]


def _reference(given: str) -> tuple[str, int] | None:
    """`refund.time@3`; None where it is none."""
    entry_id, _, number = given.rpartition("@")
    fits = entry_id and number.isascii() and number.isdecimal() and len(number) < 11
    return (entry_id, int(number)) if fits and 0 < int(number) <= LARGEST_VERSION else None
