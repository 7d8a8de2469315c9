"""/v1/imports: a file is uploaded and compared with the knowledge, shown as a plan, and applied on request."""

from __future__ import annotations

from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from knowledge.formats.reading import Format, read
from knowledge.formats.tables import texts_of
from knowledge.formats.writing import problems_as_csv
from knowledge.store.planning import Arrival, Change, Plan
from service.api.exports import CSV, download
from service.cells import in_language
from service.errors import PROBLEMS, Problem
from service.identity.people import NotAllowed, Person, needs
from service.imports import KeptPlan, Plans

router = APIRouter(prefix="/v1", tags=["imports"])

LONGEST_NAME = 200
NOT_THERE: dict[int | str, dict[str, object]] = {
    404: {"model": Problem, "description": "No plan of yours has this id, or it is over a day old."},
}
REFUSED: dict[int | str, dict[str, object]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "Approving or retiring needs the permission `approve`."},
}


class ImportForm(BaseModel):
    """What comes with an uploaded file."""

    model_config = ConfigDict(extra="forbid")

    file: Annotated[UploadFile, File(description="At most 32 MiB.")]
    format: Annotated[Format, Field(description="`auto` looks at the file itself.")] = "auto"
    arrival: Annotated[Arrival, Field(description="As what the entries arrive; `approved` needs `approve`.")] = "draft"
    retire_missing: Annotated[
        bool, Field(description="Retire live entries that the file does not name; needs `approve`.")
    ] = False


class FieldChangeOut(BaseModel):
    """One field as it is and as it would be, both as a sheet writes them."""

    field: str
    before: str
    after: str


class ChangeOut(BaseModel):
    """One entry that would get a version; `fields` are those that change, for a new entry those it has.

    `rows` are those of `sheet`, in which it begins.
    """

    change: Literal["added", "changed"]
    entry_id: str
    title: str
    sheet: str
    rows: list[int]
    fields: list[FieldChangeOut]


class ProblemOut(BaseModel):
    """One thing wrong in the file. `row` is the row as a spreadsheet numbers it, 0 where the whole file is meant."""

    sheet: str
    row: int
    column: str
    value: str
    severity: Literal["error", "warning"]
    code: str
    message: str


class ImportPlan(BaseModel):
    """What an import would do. `changes` and `problems` are pages from `offset` on; the counts are of all."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "import_id": "hT3kQ0c1xYz",
                    "file": "话术.xlsx",
                    "format": "xlsx",
                    "arrival": "draft",
                    "made_at": "2026-11-20T02:00:00Z",
                    "applied_at": None,
                    "rows": 2,
                    "added": 1,
                    "changed": 0,
                    "unchanged": 0,
                    "retired": [],
                    "skipped_rows": 1,
                    "errors": 1,
                    "warnings": 0,
                    "changes": [
                        {
                            "change": "added",
                            "entry_id": "tui-kuan.tui-kuan-duo-jiu-dao-zhang",
                            "title": "退款多久到账",
                            "sheet": "Sheet1",
                            "rows": [2],
                            "fields": [{"field": "reply.any.zh", "before": "", "after": "您好，3 天内到账。"}],
                        }
                    ],
                    "problems": [
                        {
                            "sheet": "Sheet1",
                            "row": 3,
                            "column": "生效日期",
                            "value": "11/12/2026",
                            "severity": "error",
                            "code": "not_a_date",
                            "message": "is no date that can be read: write it as 2026-11-22",
                        }
                    ],
                }
            ]
        }
    )

    import_id: str
    file: str
    format: str
    arrival: Arrival
    made_at: AwareDatetime
    applied_at: AwareDatetime | None
    rows: int
    added: int
    changed: int
    unchanged: int
    retired: list[str]
    skipped_rows: int
    errors: int
    warnings: int
    changes: list[ChangeOut]
    problems: list[ProblemOut]


class Page(BaseModel):
    """Which part of a plan."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    offset: Annotated[int, Field(ge=0, le=100_000)] = 0


class Apply(BaseModel):
    """How a plan is applied."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"comment": "秋季修订"}]})

    skip_bad_rows: Annotated[bool, Field(description="Import the rest where some rows have errors.")] = False
    comment: Annotated[str, Field(max_length=500, description="Kept with every version it makes.")] = "import"


@router.post(
    "/imports",
    status_code=201,
    summary="Compare a file with the knowledge",
    responses={**PROBLEMS, **REFUSED, 404: {"model": Problem, "description": "No policy was ever imported."}},
)
async def plan_import(
    form: Annotated[ImportForm, Form(media_type="multipart/form-data")],
    request: Request,
    person: Annotated[Person, Depends(needs("edit"))],
) -> ImportPlan:
    """A dry run: what importing the file would do, and every problem by row and column. Nothing changes yet."""
    # An empty field arrives as one that was left out, so it would be taken for the default without a word.
    if empty := [field for field, value in (await request.form()).multi_items() if value == ""]:
        said = "is empty: leave it out, or give one of its values"
        raise RequestValidationError(
            [{"type": "value_error", "loc": ("body", field), "msg": said, "input": ""} for field in empty]
        )
    name = form.file.filename or "file"
    kept = await make_plan(
        request, person, await form.file.read(), name, form.format, form.arrival, form.retire_missing
    )
    return _out(kept, Page())


@router.get("/imports/{import_id}", summary="Read a plan", responses={**PROBLEMS, **REFUSED, **NOT_THERE})
async def read_plan(
    import_id: str,
    page: Annotated[Page, Query()],
    request: Request,
    person: Annotated[Person, Depends(needs("edit"))],
) -> ImportPlan:
    """A page of the plan's changes and of its problems."""
    return _out(await kept_plan(request, person, import_id), page)


@router.get(
    "/imports/{import_id}/problems.csv",
    summary="The problems of a plan as a sheet",
    response_class=Response,
    responses={**PROBLEMS, **REFUSED, **NOT_THERE, 200: {"description": "A CSV file.", "content": {"text/csv": {}}}},
)
async def problems(
    import_id: str,
    request: Request,
    person: Annotated[Person, Depends(needs("edit"))],
    language: Literal["zh", "en"] = "zh",
) -> Response:
    """Every problem, a row each, safe to open in a spreadsheet."""
    kept = await kept_plan(request, person, import_id)
    found = [in_language(one, language) for one in kept.plan.problems]
    body = await anyio.to_thread.run_sync(problems_as_csv, found, language)
    return download(body, "problems.csv", CSV)


@router.post(
    "/imports/{import_id}/apply",
    summary="Apply a plan",
    responses={
        **PROBLEMS,
        **REFUSED,
        **NOT_THERE,
        409: {"model": Problem, "description": "It was applied already, or its entries have changed since."},
    },
)
async def apply(
    import_id: str, how: Apply, request: Request, person: Annotated[Person, Depends(needs("edit"))]
) -> ImportPlan:
    """Do what the plan says, in one transaction: all of it or nothing."""
    return _out(await apply_plan(request, person, import_id, how), Page())


async def make_plan(
    request: Request, person: Person, data: bytes, name: str, format: Format, arrival: Arrival, retire_missing: bool
) -> KeptPlan:
    """Read a file, compare it, and keep the plan."""
    _may(person, arrival, retire_missing)
    short = name.replace("\\", "/").rpartition("/")[2][-LONGEST_NAME:]
    plans: Plans = request.app.state.imports
    reading = await anyio.to_thread.run_sync(read, data, short, format, limiter=plans.turn)
    plan: Plan = await request.app.state.storage.run(
        lambda store: store.plan_import(reading, short, arrival, retire_missing)
    )
    return await anyio.to_thread.run_sync(plans.keep, plan, person.name)


async def kept_plan(request: Request, person: Person, import_id: str) -> KeptPlan:
    """A plan of that person."""
    plans: Plans = request.app.state.imports
    return await anyio.to_thread.run_sync(plans.get, import_id, person.name)


async def apply_plan(request: Request, person: Person, import_id: str, how: Apply) -> KeptPlan:
    """Apply a plan of that person, who must still be allowed to."""
    plans: Plans = request.app.state.imports
    kept = await anyio.to_thread.run_sync(plans.to_apply, import_id, person.name)
    _may(person, kept.plan.arrival, bool(kept.plan.retired))
    at = request.app.state.now()
    await request.app.state.storage.run(
        lambda store: store.apply_plan(kept.plan, person.name, how.comment, at, how.skip_bad_rows)
    )
    return await anyio.to_thread.run_sync(plans.applied, kept)


def _may(person: Person, arrival: Arrival, retire: bool) -> None:
    """What goes live at once, or stops being live, takes somebody who may approve."""
    if (arrival == "approved" or retire) and "approve" not in person.permissions:
        what = "importing as approved" if arrival == "approved" else "retiring entries that the file does not name"
        raise NotAllowed(f"{what} needs approve, and {person.name} has it not: import drafts, or ask an approver")


def _out(kept: KeptPlan, page: Page) -> ImportPlan:
    plan, errors = kept.plan, kept.plan.errors
    part = slice(page.offset, page.offset + page.limit)
    return ImportPlan(
        import_id=kept.id,
        file=plan.file,
        format=plan.format,
        arrival=plan.arrival,
        made_at=kept.made_at,
        applied_at=kept.applied_at,
        rows=plan.rows,
        added=len(plan.of_kind("added")),
        changed=len(plan.of_kind("changed")),
        unchanged=len(plan.unchanged),
        retired=[one.entry_id for one in plan.retired],
        skipped_rows=sum(len(one.rows) for one in plan.skipped),
        errors=errors,
        warnings=len(plan.problems) - errors,
        changes=[_change(change) for change in plan.changes[part]],
        problems=[
            ProblemOut(**one.model_dump(exclude={"filling"}), severity=one.severity, message=one.message)
            for one in plan.problems[part]
        ],
    )


def _change(change: Change) -> ChangeOut:
    if change.kind == "changed":
        fields = [FieldChangeOut(**one.model_dump()) for one in change.fields]
    else:
        fields = [FieldChangeOut(field=key, before="", after=text) for key, text in texts_of(change.entry).items()]
    return ChangeOut(
        change=change.kind,
        entry_id=change.entry.id,
        title=change.entry.title,
        sheet=change.sheet,
        rows=list(change.rows),
        fields=fields,
    )
