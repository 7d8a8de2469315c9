"""The supervisor's page: `/insights`, each section a question, a number, a chart and a list to act on.

The charts are images of their own (`/insights/chart/….svg`), in the page's theme; beside each stands the same as a
table, and a link to it as CSV. An entry's page, `/insights/entries/ID`, shows its days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from knowledge.model import EntryId
from knowledge.store import Slice, Store
from knowledge.store.traffic import Bounds
from knowledge.store.usage import Decisions
from service.api.inbox import all_themes
from service.api.insights import Period
from service.api.traffic import Cut, cut, days_of, scope_now, titles_of
from service.errors import RequestError
from service.identity.people import Person, needs
from service.inbox import StillGrouping, Theme
from service.pages import charts, drawings
from service.pages.figures import percent
from service.pages.frame import language_of, render, theme_of
from service.pages.sections import LISTED, Section, headed, scope_told, sections, worst
from service.pages.words import UiLanguage
from service.pages.words import insights as dictionary
from service.usage import Scope, Usage, entry_table, usage

router = APIRouter(include_in_schema=False)

Supervisor = Annotated[Person, Depends(needs("insights"))]
SPANS = (7, 30, 90)
DAY = timedelta(days=1)
# An image has the policy of its page; opened by itself it may style itself and no more.
CHART_CSP = "default-src 'none'; style-src 'unsafe-inline'"


class ChartCut(Cut):
    """Of a chart: in which theme, and for a phone or not."""

    theme: Literal["light", "dark"] = "light"
    narrow: bool = False


class EntryCut(Period):
    """Of one entry's chart."""

    theme: Literal["light", "dark"] = "light"
    narrow: bool = False


@dataclass(frozen=True)
class _Found:
    """What the page tells: all counts of the slice, `products` of its days, the inbox (`reading`: not sorted yet)."""

    part: Slice
    used: Usage
    products: tuple[Decisions, ...]
    themes: Sequence[Theme]
    reading: bool
    scope: Scope


@router.get("/insights")
async def insights(request: Request, _: Supervisor) -> Response:
    """The page for the days, channel and product of the address."""
    part, days = _asked(request)
    used, products = await request.app.state.storage.run(lambda store: _read(store, part, days))
    themes, reading = await _themes(request)
    found = _Found(part, used, products, themes, reading, await scope_now(request))
    return await run_in_threadpool(_drawn, request, found)


def _read(store: Store, part: Slice, days: Bounds) -> tuple[Usage, tuple[Decisions, ...]]:
    """What was counted of the slice, and all products of its days."""
    used = usage(store, part, days)
    if part.product or part.channel:
        return used, store.queries.traffic(Slice(part.since, part.until)).products
    return used, used.traffic.products


def _drawn(request: Request, found: _Found) -> Response:
    words = dictionary.WORDS[language_of(request)]
    titles, targets = titles_of(request), _targets(request)
    part, used, themes = found.part, found.used, found.themes
    return render(
        request,
        "insights.html",
        dictionary.WORDS,
        {
            "part": part,
            "used": used,
            "products": [row.name for row in found.products],
            "product_name": _product_names(request),
            "spans": SPANS,
            "span_link": lambda n: _link(request, **{"from": str(part.until - (n - 1) * DAY), "to": str(part.until)}),
            "sections": sections(used, titles, targets, words, _filters(part), len(themes)),
            "chart": lambda name, **more: _chart(name, part, **more),
            "themes": themes[:LISTED],
            "theme_count": len(themes),
            "reading": found.reading,
            # What came of an entry is counted by day alone.
            "accepted": {} if part.channel or part.product else _accepted(used),
            "worst": worst(used.entries.entries, titles),
            "titles": titles,
            "targets": targets,
            "scope": scope_told(found.scope, words),
            "percent": percent,
            "chosen_theme": theme_of(request),
            "logging": request.app.state.queries.on,
            "filters": urlencode(_filters(part)),
            "address": address_of,
        },
    )


@router.get("/insights/chart/{name}.svg")
async def chart(
    name: Literal["traffic", "unanswered", "outcomes", "escalations", "entries", "latency"],
    asked: Annotated[ChartCut, Query()],
    request: Request,
    _: Supervisor,
) -> Response:
    """One chart as an image."""
    part, days = cut(asked, request)
    wanted = drawings.CHARTS[name]
    found = await request.app.state.storage.run(lambda store: wanted.read(store.queries, part, days))
    names = _targets(request) if name == "escalations" else titles_of(request)
    drawing = wanted.draw(found, [day for day, _, _ in days], dictionary.WORDS[language_of(request)], names)
    return await _image(drawing, asked.theme, "narrow" if asked.narrow else "half")


@router.get("/insights/entries/{entry_id}.svg")
async def entry_chart(
    entry_id: EntryId, asked: Annotated[EntryCut, Query()], request: Request, _: Supervisor
) -> Response:
    """One entry's chart as an image."""
    days = days_of(asked, request)
    found = await request.app.state.storage.run(lambda store: store.queries.entry_days(entry_id, days))
    drawing = drawings.entry(found, dictionary.WORDS[language_of(request)])
    return await _image(drawing, asked.theme, "narrow" if asked.narrow else "wide")


@router.get("/insights/entries/{entry_id}")
async def entry(entry_id: EntryId, request: Request, _: Supervisor) -> Response:
    """One entry's page: what became of it, day by day."""
    part, days = _asked(request, "from", "to")
    found = await request.app.state.storage.run(lambda store: store.queries.entry_days(entry_id, days))
    words = dictionary.WORDS[language_of(request)]
    totals = {name: sum(getattr(day, name) for day in found) for name in ("first", "shown", *dict(drawings.OUTCOMES))}
    title = titles_of(request).get(entry_id)
    spans = urlencode(_filters(part))
    section = Section(
        "entry",
        words["q_entry"],
        words["n_entry"].format(n=totals["first"]),
        words["d_entry"].format(**totals),
        words["alt_entry"],
        headed(entry_table(found), words),
        f"/v1/insights/entries/{entry_id}.csv?{spans}",
    )
    return render(
        request,
        "insights-entry.html",
        dictionary.WORDS,
        {
            "entry_id": entry_id,
            "title": title or f"{entry_id} {words['not_live']}",
            "part": part,
            "spans": SPANS,
            "span_link": lambda n: _link(request, **{"from": str(days[-1][0] - (n - 1) * DAY), "to": str(part.until)}),
            "section": section,
            "chart": lambda name, **more: f"/insights/entries/{entry_id}.svg?" + urlencode(_filters(part) | more),
            "chosen_theme": theme_of(request),
            "editor": f"/editor/{entry_id}",
        },
    )


def _accepted(used: Usage) -> dict[str, int]:
    """How often agents sent an entry's reply, as it was or edited."""
    return {one.entry_id: one.used + one.edited for one in used.entries.entries}


def address_of(entry_id: str) -> str:
    """An entry's page."""
    return f"/insights/entries/{quote(entry_id)}"


def _asked(request: Request, *names: str) -> tuple[Slice, Bounds]:
    """What a page's address asks for; what cannot be used, or is an empty field, is as if it were not there."""
    wanted = names or ("from", "to", "channel", "product")
    given = {name: value for name, value in request.query_params.items() if value and name in wanted}
    try:
        return cut(Cut.model_validate(given), request)
    except (ValidationError, RequestError):
        return cut(Cut(), request)


async def _image(drawing: charts.Drawing, theme: charts.Theme, size: charts.Size) -> Response:
    content = await run_in_threadpool(charts.draw, drawing, theme, size)
    headers = {"Content-Security-Policy": CHART_CSP, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    return Response(content, media_type="image/svg+xml", headers=headers)


async def _themes(request: Request) -> tuple[Sequence[Theme], bool]:
    """What waits in the inbox, and whether it is still being sorted."""
    try:
        return await all_themes(request), False
    except StillGrouping:
        return (), True


def _targets(request: Request) -> dict[str, str]:
    """Escalation targets as the visitor's language names them."""
    language: UiLanguage = language_of(request)
    policy = request.app.state.live.retriever.contents.policy
    return {name: target.label if language == "zh" else target.label_en for name, target in policy.targets.items()}


def _product_names(request: Request) -> Callable[[str], str]:
    """A product as customers call it, by its code; the code where nobody gave it a name."""
    known: Mapping[str, Sequence[str]] = request.app.state.live.retriever.contents.products
    return lambda code: next(iter(known.get(code, ())), code)


def _filters(part: Slice) -> dict[str, str]:
    """The slice as an address has it."""
    found = {"from": str(part.since), "to": str(part.until), "channel": part.channel, "product": part.product}
    return {name: value for name, value in found.items() if value}


def _chart(name: str, part: Slice, **more: str) -> str:
    return f"/insights/chart/{name}.svg?" + urlencode(_filters(part) | more)


def _link(request: Request, **changes: str) -> str:
    kept = {name: value for name, value in request.query_params.items() if name in ("channel", "product") and value}
    return f"{request.url.path}?" + urlencode(kept | changes)
