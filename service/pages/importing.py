"""The page `/import`: a file in, what it would change and what is wrong in it, then one click; and files out.

Everything is a form and a link, so it works without a script; the script shows the file's name and that it is at work.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from knowledge.errors import KnowledgeError
from knowledge.formats.cells import read_list
from knowledge.formats.headers import BY_KEY
from knowledge.formats.reading import FORMATS, Format
from knowledge.formats.tables import texts_of
from knowledge.store.planning import Arrival, Change
from service.api.imports import Apply, apply_plan, kept_plan, make_plan
from service.errors import status_of
from service.identity.people import NotAllowed, Person, needs
from service.imports import KeptPlan
from service.pages.frame import language_of, render
from service.pages.obstacles import obstacles
from service.pages.problems import fields
from service.pages.words import UiLanguage, importing

PROBLEMS_SHOWN, CHANGES_SHOWN = 100, 50
MEGABYTES = 32
MB = 1024 * 1024
ARRIVALS: tuple[Arrival, ...] = get_args(Arrival)

WORDS = importing.WORDS
router = APIRouter(include_in_schema=False)
Editor = Annotated[Person, Depends(needs("edit"))]


@router.get("/import")
async def start(request: Request, person: Editor) -> Response:
    """The form, and what can be taken out."""
    return _page(request, person)


@router.post("/import")
async def upload(request: Request, person: Editor) -> Response:
    """Check a file, then show what was found under an address of its own."""
    async with request.form() as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return _page(request, person, WORDS[language_of(request)]["choose_first"], 422)
        try:
            format, arrival = _choice(form, "format", FORMATS), _choice(form, "arrival", ARRIVALS)
            kept = await make_plan(
                request,
                person,
                await file.read(),
                file.filename,
                cast(Format, format),
                cast(Arrival, arrival),
                form.get("retire_missing") is not None,
            )
        except (KnowledgeError, NotAllowed) as error:
            return _refused(request, person, error, "no_policy")
    return RedirectResponse(f"/import/{kept.id}", 303)


@router.get("/import/{import_id}")
async def plan(import_id: str, request: Request, person: Editor) -> Response:
    """What an import would do, or did."""
    try:
        kept = await kept_plan(request, person, import_id)
    except KnowledgeError as error:
        return _refused(request, person, error, "gone")
    return _page(request, person, kept=kept)


@router.post("/import/{import_id}/apply")
async def apply(import_id: str, request: Request, person: Editor) -> Response:
    """Apply a plan, then show what it did."""
    language = language_of(request)
    words = WORDS[language]
    async with request.form() as form:
        comment = str(form.get("comment") or "").strip()
        skip = form.get("skip_bad_rows") is not None
    try:
        how = Apply(skip_bad_rows=skip, comment=comment or words["comment_default"])
        await apply_plan(request, person, import_id, how)
    except ValidationError as error:
        kept = await kept_plan(request, person, import_id)
        return _page(request, person, fields(error, words, language), 422, kept, comment=comment)
    except (KnowledgeError, NotAllowed) as error:
        return _refused(request, person, error, "gone")
    return RedirectResponse(f"/import/{import_id}", 303)


def _refused(request: Request, person: Person, error: Exception, missing: str) -> Response:
    """The page with what went wrong in its own words, `missing` where something is not there, and the error's below."""
    status = status_of(error) or 422
    words = WORDS[language_of(request)]
    key = {403: "not_allowed", 404: missing, 409: "moved", 503: "away"}.get(status, "refused")
    return _page(request, person, words[key], status, detail="" if status == 404 else str(error))


def _counted(errors: int, warnings: int, words: Mapping[str, str]) -> str:
    """How many there are of each, none left unsaid but those there are none of."""
    named = [words[name].format(n=n) for name, n in (("errors", errors), ("warnings", warnings)) if n]
    return words["comma"].join(named)


def _choice(form: FormData, name: str, choices: tuple[str, ...]) -> str:
    """What was chosen, the first where nothing was."""
    given = form.get(name)
    return given if isinstance(given, str) and given in choices else choices[0]


def _page(
    request: Request,
    person: Person,
    problem: str = "",
    status: int = 200,
    kept: KeptPlan | None = None,
    detail: str = "",
    comment: str = "",
) -> Response:
    language = language_of(request)
    words = WORDS[language]
    may_approve = "approve" in person.permissions
    return render(
        request,
        "import.html",
        WORDS,
        {
            "problem": problem,
            "detail": detail,
            "comment": comment or words["comment_default"],
            "formats": [(name, words[f"format_{name}"]) for name in FORMATS],
            "arrivals": [(name, words[f"arrival_{name}"]) for name in ARRIVALS if may_approve or name != "approved"],
            "may_approve": may_approve,
            "may_export": "read" in person.permissions,
            "megabytes": MEGABYTES,
            "found": _found(kept, language, _offset(request)) if kept is not None else None,
        },
        status,
    )


def _offset(request: Request) -> int:
    given = request.query_params.get("from", "0")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0


def _found(kept: KeptPlan, language: UiLanguage, offset: int) -> dict[str, Any]:
    """A plan as the page shows it."""
    plan, words = kept.plan, WORDS[language]
    errors, total = plan.errors, len(plan.changes)
    offset = offset if offset < total else 0
    skipped = sum(len(one.rows) for one in plan.skipped)
    problems = obstacles(plan.problems, language, words)
    nothing = bool(errors) and not plan.changes and not plan.unchanged  # came of it
    return {
        "id": kept.id,
        "applied": kept.applied_at is not None,
        "unreadable": nothing and not plan.skipped,
        "nothing": nothing,
        "file": words["of_file"].format(
            file=plan.file, rows=plan.rows, format=words.get(f"format_{plan.format}", plan.format)
        ),
        "done": words[f"done_{plan.arrival}"],
        "counts": [
            (name, count)
            for name, count in (
                ("added", len(plan.of_kind("added"))),
                ("changed", len(plan.of_kind("changed"))),
                ("unchanged", len(plan.unchanged)),
                ("retired", len(plan.retired)),
                ("skipped", skipped),
            )
            if count or name in ("added", "changed", "unchanged")
        ],
        "errors": errors,
        "problems": problems[:PROBLEMS_SHOWN],
        "problem_title": _counted(errors, len(plan.problems) - errors, words),
        "more_problems": max(0, len(problems) - PROBLEMS_SHOWN),
        "problems_shown": PROBLEMS_SHOWN,
        "skip": words["skip_rows"].format(rows=skipped) if skipped else words["skip_file"],
        "changes": [_change(one, language) for one in plan.changes[offset : offset + CHANGES_SHOWN]],
        "retired": [(one.entry_id, one.title) for one in plan.retired],
        "work": total + len(plan.retired),
        "apply": words["apply"].format(n=total + len(plan.retired)),
        "page": words["page_of"].format(first=offset + 1, last=min(offset + CHANGES_SHOWN, total), total=total)
        if total > CHANGES_SHOWN
        else "",
        "previous": max(offset - CHANGES_SHOWN, 0) if offset else None,
        "next": offset + CHANGES_SHOWN if offset + CHANGES_SHOWN < total else None,
    }


def _change(change: Change, language: UiLanguage) -> dict[str, Any]:
    words = WORDS[language]
    texts = texts_of(change.entry, language)
    if change.kind == "changed":
        fields = [(one.field, _differences(one.field, one.before, one.after, words)) for one in change.fields]
    else:
        fields = [(key, [("new", text)]) for key, text in texts.items() if key not in ("id", "title")]
    named = [(BY_KEY[key].name(language), parts) for key, parts in fields]
    return {
        "kind": change.kind,
        "word": words[change.kind],
        "id": change.entry.id,
        "title": change.entry.title,
        "rows": words["row"].format(row=change.rows[0]) if change.rows else "",
        "what": [name for name, _ in named] if change.kind == "changed" else [],
        "fields": named,
    }


def _differences(key: str, before: str, after: str, words: dict[str, str]) -> list[tuple[str, str]]:
    """What goes and what comes, item by item or line by line; how many stay is only counted."""
    many = BY_KEY[key].many
    old, new = (read_list(key, text) if many else text.split("\n") if text else [] for text in (before, after))
    parts: list[tuple[str, str]] = []
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            parts.append(("same", words["same"].format(n=b - a)))
        else:
            parts += [("gone", "\n".join(old[a:b]))] * (b > a) + [("new", "\n".join(new[c:d]))] * (d > c)
    return parts
