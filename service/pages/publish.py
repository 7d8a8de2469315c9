"""The page that publishes: what changed, what got better and worse, who now gets another reply, then publish, or not.

Everything on it works by links and forms; with a script the progress of a build comes as a stream.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import anyio.to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from index.errors import RetrievalError, Superseded
from index.shelf import Shelf
from knowledge.errors import KnowledgeError, NotFound, StateError
from service import building, publishing
from service.api.builds import find_pending, go_back, go_live, settings_of
from service.builds import BuildRecord, Builds, Progress
from service.errors import status_of
from service.identity.people import Person, needs, permissions_of
from service.pages.curve import draw
from service.pages.editions import caller
from service.pages.frame import language_of, render
from service.pages.moves import moves
from service.pages.words import publish as own
from service.publishing import Act, Pending
from service.reports import Report

ADDRESS = "/publish"
STEPS = ("check", "embed", "train", "embed-golden", "embed-real", "compare")
SHOWN = 12  # rows of a list before the rest is folded
ACTS = 12  # lines of the history

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Phase:
    """One step of a build on the page; `done` of `all` where it has begun."""

    name: str
    state: str
    done: int
    all: int


@router.get(ADDRESS)
async def publish(request: Request, person: Annotated[Person, Depends(needs("read"))]) -> Response:
    """The story of the newest build, or of the one that `build` names."""
    return await _page(request)


@router.post(f"{ADDRESS}/build")
async def start(request: Request, person: Annotated[Person, Depends(needs("publish"))]) -> Response:
    """Begin a build."""

    async def act(given: dict[str, str]) -> None:
        await anyio.to_thread.run_sync(building.start, settings_of(request), person.name)

    return await _do(request, act)


@router.post(f"{ADDRESS}/cancel")
async def cancel(request: Request, person: Annotated[Person, Depends(needs("publish"))]) -> Response:
    """End the build under way."""

    async def act(given: dict[str, str]) -> None:
        await anyio.to_thread.run_sync(Builds(settings_of(request).home).cancel, given["build"])

    return await _do(request, act)


@router.post(f"{ADDRESS}/release")
async def release(request: Request, person: Annotated[Person, Depends(needs("publish"))]) -> Response:
    """Publish the report that stands on the page."""

    async def act(given: dict[str, str]) -> None:
        reason = given.get("accept_worse", "")[:1000]
        await go_live(request, given["build"], given["version"], given.get("live") or None, person.name, reason)

    return await _do(request, act, "release")


@router.post(f"{ADDRESS}/rollback")
async def rollback(request: Request, person: Annotated[Person, Depends(needs("publish"))]) -> Response:
    """Make an earlier version live again."""

    async def act(given: dict[str, str]) -> None:
        reason = given.get("reason", "")[:1000]
        await go_back(request, given["version"], given.get("live") or None, person.name, reason)

    return await _do(request, act, "rollback")


async def _do(request: Request, act: Callable[[dict[str, str]], Awaitable[None]], done: str = "") -> Response:
    """Act on the form's fields, then show the page anew, with what was `done`; what cannot be done is said on it."""
    fields = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    try:
        await act({name: values[0] for name, values in fields.items()})
    except KeyError as error:
        return await _page(request, f"{error} is missing from the form", 422)
    except Superseded:
        return await _page(request, own.WORDS[language_of(request)]["superseded"], 409)
    except (StateError, NotFound) as error:
        return await _page(request, str(error), status_of(error) or 409)
    return RedirectResponse(f"{ADDRESS}?done={done}" if done else ADDRESS, 303)


async def _page(request: Request, problem: str = "", status: int = 200) -> Response:
    ahead, cannot = await _pending(request)
    return await anyio.to_thread.run_sync(_drawn, request, ahead, cannot, problem, status)


def _drawn(request: Request, ahead: Pending | None, cannot: str, problem: str, status: int) -> Response:
    """The page, from the home's files; not on the event loop, as a network's disk may keep whoever asks."""
    settings = settings_of(request)
    builds, shelf = Builds(settings.home), Shelf(settings.artefacts)
    records = builds.records()
    live = shelf.live()
    chosen = _chosen(request, records)
    running = next((record for record in records if record.state == "running"), None)
    report = _report(builds, chosen) if running is None else None
    acts = publishing.acts(settings)
    zone = _zone(request)
    words = own.WORDS[language_of(request)]
    compared = report.comparison if report is not None else None
    return render(
        request,
        "publish.html",
        own.WORDS,
        {
            "problem": problem,
            "done": "" if problem else words.get(f"done_{request.query_params.get('done')}", ""),
            "live": live,
            "live_act": next((act for act in acts if act.live), None),
            "chosen": chosen,
            "named": chosen is not None and chosen.id == request.query_params.get("build"),
            "running": running,
            "phases": _phases(builds.progress(running.id)) if running is not None else (),
            "report": report,
            "stale": report is not None and report.live != live and chosen is not None and chosen.state != "published",
            "on_disk": report is not None and report.version in shelf.versions(),
            "behind": report is not None and ahead is not None and ahead.version != report.version,
            "pending": ahead,
            "taken_back": _taken_back(acts),
            "moved": moves(compared.moved) if compared is not None else [],
            "real_moved": moves(compared.real_moved) if compared is not None else [],
            "standing": lambda record: _standing(record, live),
            "call": caller(records, acts, lambda moment: f"{moment.astimezone(zone):%m-%d %H:%M}", words),
            "cannot": cannot,
            "drawing": draw(report.curve, report.curve_before) if report is not None else None,
            "acts": acts[:ACTS],
            "records": records,
            "may": "publish" in permissions_of(request),
            "shown": SHOWN,
            "when": lambda moment: _when(moment, zone),
            "kind": lambda name: words.get(f"kind_{name}", name),
            "field": lambda name: _field(name, words),
        },
        status=status,
    )


def _chosen(request: Request, records: tuple[BuildRecord, ...]) -> BuildRecord | None:
    """The build that the address names, else the newest."""
    wanted = request.query_params.get("build")
    named = next((record for record in records if record.id == wanted), None)
    return named or (records[0] if records else None)


def _report(builds: Builds, chosen: BuildRecord | None) -> Report | None:
    if chosen is None or chosen.state not in ("ready", "published"):
        return None
    try:
        return builds.report(chosen.id)
    except StateError:
        return None  # another release of this program wrote it


def _standing(record: BuildRecord, live: str | None) -> str:
    """A build's state; one that was published is `live` as long as its version is."""
    return "live" if record.state == "published" and record.version == live else record.state


def _taken_back(acts: tuple[Act, ...]) -> Act | None:
    """The act whose version the newest act, a rollback, took back."""
    return acts[1] if len(acts) > 1 and acts[0].act == "rollback" else None


async def _pending(request: Request) -> tuple[Pending | None, str]:
    """What a build would bring; else why there is none."""
    try:
        return await find_pending(request), ""
    except (KnowledgeError, RetrievalError) as error:
        return None, str(error)


def _phases(lines: tuple[Progress, ...]) -> tuple[Phase, ...]:
    """Every step in its order: those before the newest line's are done, those after it wait."""
    last = lines[-1] if lines else None
    now = STEPS.index(last.step) if last is not None and last.step in STEPS else 0
    phases = []
    for place, name in enumerate(STEPS):
        state = "done" if place < now else "now" if place == now else "waiting"
        done, all_ = (last.done, last.all) if last is not None and place == now else (0, 0)
        phases.append(Phase(name, state, done, all_))
    return tuple(phases)


def _zone(request: Request) -> ZoneInfo:
    """The desk's clock; UTC before there is any policy to say which."""
    try:
        return ZoneInfo(request.app.state.live.retriever.contents.policy.business_hours.timezone)
    except RetrievalError:
        return ZoneInfo("UTC")


def _when(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _field(name: str, words: dict[str, str]) -> Any:
    """`replies.chat.zh` in the page's words: 话术（在线，中文）."""
    first, *rest = name.split(".")
    label = words.get(f"field_{first}", first)
    return f"{label} · {' · '.join(words.get(f'part_{part}', part) for part in rest)}" if rest else label
