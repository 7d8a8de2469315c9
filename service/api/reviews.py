"""/v1/reviews: what waits for a second pair of eyes, and the acts that decide it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from knowledge.model import EntryId
from knowledge.store import Decision, Outcome
from service.api.review_bodies import (
    LARGEST_VERSION,
    Comment,
    Decisions,
    DecisionsOut,
    DifferenceOut,
    FindingOut,
    OutcomeOut,
    Reason,
    ReviewFilter,
    ReviewList,
    ReviewOut,
    act_out,
    submission_out,
)
from service.errors import PROBLEMS, Problem
from service.identity.people import Person, needs
from service.reviews import Reviewed, Wanted, review, waiting

router = APIRouter(prefix="/v1", tags=["reviews"])

RESPONSES: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "Whoever is signed in may not do this."},
    503: {"model": Problem, "description": "The knowledge database cannot be reached."},
}
MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such entry, or no such version of it."}
}
REFUSED: dict[int | str, dict[str, Any]] = {
    **MISSING,
    409: {
        "model": Problem,
        "description": "The version does not wait for review any more, is older than the live one, or is one's own.",
    },
}

EntryPath = Annotated[EntryId, Path()]
VersionPath = Annotated[int, Path(ge=1, le=LARGEST_VERSION)]
Reader = Annotated[Person, Depends(needs("read"))]
Editor = Annotated[Person, Depends(needs("edit"))]
Approver = Annotated[Person, Depends(needs("approve"))]


@router.get("/reviews", summary="List what waits for review", responses=RESPONSES)
async def reviews(asked: Annotated[ReviewFilter, Query()], request: Request, person: Reader) -> ReviewList:
    """Every version in review that fits, the one submitted last first."""
    wanted = Wanted(asked.author, asked.category, person.name if asked.mine else None)
    found = await request.app.state.storage.run(lambda store: waiting(store, wanted))
    page = found[asked.offset : asked.offset + asked.limit]
    return ReviewList(total=len(found), reviews=[submission_out(one, person.name) for one in page])


@router.post("/reviews/decisions", summary="Decide many at once", responses=RESPONSES)
async def decisions(asked: Decisions, request: Request, person: Editor) -> DecisionsOut:
    """Every version is decided by itself: one that cannot be is left as it was and named, the others are done.

    All of it is one transaction, so a failing database leaves nothing half done.
    """
    if asked.decision != "withdraw":
        person = await needs("approve")(request)
    outcomes = await decide(
        request, person, asked.decision, [(one.entry_id, one.version) for one in asked.versions], asked.comment
    )
    refused = sum(outcome.problem is not None for outcome in outcomes)
    return DecisionsOut(
        done=len(outcomes) - refused,
        refused=refused,
        outcomes=[OutcomeOut(**asdict(outcome)) for outcome in outcomes],
    )


@router.get("/reviews/{entry_id}/{version}", summary="Read one version for review", responses=RESPONSES | MISSING)
async def read(entry_id: EntryPath, version: VersionPath, request: Request, person: Reader) -> ReviewOut:
    """What differs from the live version word by word, what lint says of it, who may approve, and its history."""
    return await _read(request, entry_id, version, person)


@router.post("/reviews/{entry_id}/{version}/approve", summary="Approve a version", responses=RESPONSES | REFUSED)
async def approve(
    entry_id: EntryPath, version: VersionPath, asked: Comment, request: Request, person: Approver
) -> ReviewOut:
    """It becomes what is approved; the version that was live is retired. The next build takes it in."""
    at, text = request.app.state.now(), asked.comment
    await request.app.state.storage.run(lambda store: store.approve(entry_id, version, person.name, at, comment=text))
    return await _read(request, entry_id, version, person)


@router.post("/reviews/{entry_id}/{version}/return", summary="Return a version", responses=RESPONSES | REFUSED)
async def send_back(
    entry_id: EntryPath, version: VersionPath, asked: Reason, request: Request, person: Approver
) -> ReviewOut:
    """It is its author's draft again, with what to change."""
    at, text = request.app.state.now(), asked.comment
    await request.app.state.storage.run(lambda store: store.send_back(entry_id, version, person.name, text, at))
    return await _read(request, entry_id, version, person)


@router.post("/reviews/{entry_id}/{version}/withdraw", summary="Withdraw one's own", responses=RESPONSES | REFUSED)
async def withdraw(
    entry_id: EntryPath, version: VersionPath, asked: Comment, request: Request, person: Editor
) -> ReviewOut:
    """What one wrote or submitted oneself is a draft again."""
    at, text = request.app.state.now(), asked.comment
    await request.app.state.storage.run(lambda store: store.withdraw(entry_id, version, person.name, at, text))
    return await _read(request, entry_id, version, person)


@router.post("/reviews/{entry_id}/{version}/comments", summary="Comment on a version", responses=RESPONSES | MISSING)
async def comment(
    entry_id: EntryPath, version: VersionPath, asked: Reason, request: Request, person: Editor
) -> ReviewOut:
    """Kept in its history; its state stays."""
    at, text = request.app.state.now(), asked.comment
    await request.app.state.storage.run(lambda store: store.comment(entry_id, version, person.name, text, at))
    return await _read(request, entry_id, version, person)


async def decide(
    request: Request, person: Person, decision: Decision, versions: list[tuple[str, int]], comment: str
) -> tuple[Outcome, ...]:
    """Decide many; the page's form comes here too."""
    at = request.app.state.now()
    outcomes: tuple[Outcome, ...] = await request.app.state.storage.run(
        lambda store: store.decide(decision, versions, person.name, at, comment)
    )
    return outcomes


async def reviewed(request: Request, entry_id: str, version: int, person: Person) -> Reviewed:
    """One version as that person sees it; the page shows the same."""
    now, may_approve = request.app.state.now(), "approve" in person.permissions
    packed = request.app.state.packs.pack
    found: Reviewed = await request.app.state.storage.run(
        lambda store: review(store, entry_id, version, person.name, may_approve, now, packed)
    )
    return found


async def _read(request: Request, entry_id: str, version: int, person: Person) -> ReviewOut:
    seen = await reviewed(request, entry_id, version, person)
    found, record = seen.review, seen.review.record
    return ReviewOut(
        entry=record.entry,
        version=record.version,
        state=record.state,
        author=record.author,
        created_at=record.created_at,
        submission=submission_out(found.submission, person.name) if found.submission is not None else None,
        against=found.against.version if found.against is not None else None,
        differences=[DifferenceOut(**asdict(difference)) for difference in seen.differences],
        findings=[
            FindingOut(rule=one.rule, severity=one.severity, field=one.field, message=one.message)
            for one in seen.findings or ()
        ],
        may_approve=seen.hindrance is None,
        hindrance=seen.hindrance,
        hindrance_detail=_detail(seen, person),
        history=[act_out(line) for line in found.history],
    )


def _detail(seen: Reviewed, person: Person) -> str | None:
    if seen.hindrance == "permission":
        return f"approving needs approve, and {person.name} may not: ask an administrator"
    return str(seen.review.obstacle) if seen.hindrance is not None else None
