"""The supervisor's page: `/insights`, each section a question, a number, a chart and a list to act on.

The charts are images of their own (`/insights/chart/….svg`), in the page's theme; beside each stands the same as a
table, and a link to it as CSV. An entry's page, `/insights/entries/ID`, shows its days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from knowledge.model import EntryId
from knowledge.store import EntryCounts, Slice
from knowledge.store.traffic import Bounds
from service.api.inbox import all_themes
from service.api.insights import Period
from service.api.traffic import Cut, cut, scope_now, titles_of
from service.errors import RequestError
from service.identity.people import Person, needs
from service.inbox import StillGrouping, Theme
from service.pages import charts, drawings
from service.pages.figures import percent
from service.pages.frame import language_of, render, theme_of
from service.pages.words import UiLanguage
from service.pages.words import insights as dictionary
from service.usage import FEWEST, Scope, Table, Usage, entry_table, tables, usage

router = APIRouter(include_in_schema=False)

Supervisor = Annotated[Person, Depends(needs("insights"))]
LISTED = 8
SPANS = (7, 30, 90)
DAY = timedelta(days=1)
NO_SHARE = "—"
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
class Section:
    """One question: a number first, what it is made of, the chart, its figures, and where they can be had."""

    name: str
    question: str
    number: str
    detail: str
    alt: str
    table: Table
    csv: str


@router.get("/insights")
async def insights(request: Request, _: Supervisor) -> Response:
    """The page for the days, channel and product of the address."""
    part, days = _asked(request)
    words = dictionary.WORDS[language_of(request)]
    storage = request.app.state.storage
    used: Usage = await storage.run(lambda store: usage(store, part, days))
    products: Usage = used
    if part.product or part.channel:
        products = await storage.run(lambda store: usage(store, Slice(part.since, part.until), days))
    titles, targets = titles_of(request), _targets(request)
    themes, reading = await _themes(request)
    return render(
        request,
        "insights.html",
        dictionary.WORDS,
        {
            "part": part,
            "used": used,
            "products": [row.name for row in products.traffic.products],
            "product_name": _product_names(request),
            "spans": SPANS,
            "span_link": lambda n: _link(request, **{"from": str(days[-1][0] - (n - 1) * DAY), "to": str(part.until)}),
            "sections": _sections(used, titles, targets, words, _filters(part), len(themes)),
            "chart": lambda name, **more: _chart(name, part, **more),
            "themes": themes[:LISTED],
            "theme_count": len(themes),
            "reading": reading,
            "worst": _worst(used.entries.entries, titles),
            "titles": titles,
            "targets": targets,
            "scope": _scope(await scope_now(request), words),
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
    part, days = cut(Cut(**asked.model_dump(by_alias=True, exclude={"theme", "narrow"})), request)
    used = await request.app.state.storage.run(lambda store: usage(store, part, days))
    names = _targets(request) if name == "escalations" else titles_of(request)
    drawing = drawings.CHARTS[name](used, [day for day, _, _ in days], dictionary.WORDS[language_of(request)], names)
    return await _image(drawing, asked.theme, "narrow" if asked.narrow else "half")


@router.get("/insights/entries/{entry_id}.svg")
async def entry_chart(
    entry_id: EntryId, asked: Annotated[EntryCut, Query()], request: Request, _: Supervisor
) -> Response:
    """One entry's chart as an image."""
    _part, days = cut(Cut(**asked.model_dump(by_alias=True, exclude={"theme", "narrow"})), request)
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
        _headed(entry_table(found), words),
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


def _sections(
    used: Usage,
    titles: Mapping[str, str],
    targets: Mapping[str, str],
    words: Mapping[str, str],
    filters: dict[str, str],
    themes: int,
) -> dict[str, Section]:
    found, rows = used.traffic, tables(used, dict(titles))
    told = {name: sum(getattr(day, name) for day in used.outcomes) for name, _ in drawings.OUTCOMES}
    kept, missed = (sum(getattr(one, name) for one in used.escalations) for name in ("kept", "missed"))
    escalated = sum(one.count for one in used.escalations)
    answers = {name: found.counted(name) for name in ("answer", "clarify", "abstain")}
    values: dict[str, tuple[str, dict[str, Any]]] = {
        "traffic": (_share(answers["answer"], found.total), answers),
        "unanswered": (_share(answers["clarify"] + answers["abstain"], found.total), {"themes": themes}),
        "outcomes": (_share(told["used"], sum(told.values())), told),
        "escalations": (
            _share(kept, kept + missed),
            {"n": escalated, "known": kept + missed, "kept": kept, "missed": missed},
        ),
        "entries": (str(len(found.entries)), {}),
        "latency": (_milliseconds(found.p50), {"ms": _milliseconds(found.p95)}),
    }
    rows["unanswered"] = rows["latency"] = rows["traffic"]
    rows["escalations"] = _named_targets(rows["escalations"], targets, words)
    return {
        name: Section(
            name,
            words[f"q_{name}"],
            words[f"n_{name}"].format(percent=number, n=number, ms=number),
            words[f"d_{name}"].format(**details),
            words[f"alt_{name}"],
            _headed(rows[name], words),
            f"/v1/insights/{'traffic' if name in ('unanswered', 'latency') else name}.csv?{urlencode(filters)}",
        )
        for name, (number, details) in values.items()
    }


# Column of a table → its word on the page.
HEADS = {
    "answered": "answer",
    "clarified": "clarify",
    "abstained": "abstain",
    "p50_ms": "half",
    "p95_ms": "most",
    "entry_id": "entry",
    "title": "entry",
}


def _headed(table: Table, words: Mapping[str, str]) -> Table:
    """The table under the page's own words."""
    return tuple(words[HEADS.get(name, name)] for name in table[0]), table[1]


def _named_targets(table: Table, targets: Mapping[str, str], words: Mapping[str, str]) -> Table:
    rows = [
        (words[str(level)], targets.get(str(target), str(target or words["nobody"])), *counts)
        for level, target, *counts in table[1]
    ]
    return table[0], rows


def _worst(entries: Sequence[EntryCounts], titles: Mapping[str, str]) -> list[EntryCounts]:
    """The live entries edited and rejected most, more often than a tenth of the time they were used."""
    bad = [one for one in entries if one.entry_id in titles and 10 * (one.edited + one.rejected) > one.used]
    bad = [one for one in bad if one.edited + one.rejected]
    return sorted(bad, key=lambda one: (-(one.rejected + one.edited), one.entry_id))[:LISTED]


def _scope(found: Scope, words: Mapping[str, str]) -> dict[str, str]:
    assumed = percent(found.assumed)
    if found.estimated is None:
        told = words["few_scope"].format(n=found.queries, least=FEWEST, assumed=assumed)
        return {"number": NO_SHARE, "detail": told}
    number = words["n_scope"].format(percent=percent(found.estimated))
    return {"number": number, "detail": words["d_scope"].format(n=found.queries, assumed=assumed)}


def _targets(request: Request) -> dict[str, str]:
    """Escalation targets as the visitor's language names them."""
    language: UiLanguage = language_of(request)
    policy = request.app.state.live.retriever.contents.policy
    return {name: target.label if language == "zh" else target.label_en for name, target in policy.targets.items()}


def _product_names(request: Request) -> Callable[[str], str]:
    """A product as customers call it, by its code; the code where nobody gave it a name."""
    known: Mapping[str, Sequence[str]] = request.app.state.live.retriever.contents.products
    return lambda code: next(iter(known.get(code, ())), code)


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else NO_SHARE


def _milliseconds(value: float | None) -> str:
    return NO_SHARE if value is None else f"{value:.0f}"


def _filters(part: Slice) -> dict[str, str]:
    """The slice as an address has it."""
    found = {"from": str(part.since), "to": str(part.until), "channel": part.channel, "product": part.product}
    return {name: value for name, value in found.items() if value}


def _chart(name: str, part: Slice, **more: str) -> str:
    return f"/insights/chart/{name}.svg?" + urlencode(_filters(part) | more)


def _link(request: Request, **changes: str) -> str:
    kept = {name: value for name, value in request.query_params.items() if name in ("channel", "product") and value}
    return f"{request.url.path}?" + urlencode(kept | changes)
