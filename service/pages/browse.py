"""The live entries by category and stage: `/browse`, for an agent who looks rather than asks. Links only, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from index.errors import RetrievalError
from knowledge.model import Entry, Stage
from service.api.entries import EntryFilter, fitting
from service.errors import request_id
from service.identity.people import needs
from service.pages.frame import language_of, render
from service.pages.problems import unavailable
from service.pages.words import WORDS as PARTS
from service.pages.words.browse import WORDS
from service.pages.words.categories import WORDS as CATEGORIES

EVERY = EntryFilter()
Words = Mapping[str, str]

router = APIRouter(include_in_schema=False)


@router.get("/browse", dependencies=[Depends(needs("search"))])
def browse(request: Request) -> Response:
    """All live entries, or those of one category or stage, in groups. A plain function: it runs in a worker thread."""
    language = language_of(request)
    words = PARTS[language] | WORDS[language]
    context: dict[str, Any] = {"problem": None, "groups": [], "stages": [], "categories": [], "total": 0}
    try:
        retriever = request.app.state.live.retriever
        today = retriever.contents.policy.business_hours.day_of(request.app.state.now())
        live = [approved.entry for approved in fitting(retriever, EVERY, today)]
        found = [approved.entry for approved in fitting(retriever, _filter(request.query_params), today)]
        context |= _shown(live, found, request.query_params, words, CATEGORIES[language])
    except RetrievalError as error:
        context["problem"] = unavailable(error, request_id(request), words, language)
    status = context["problem"].status if context["problem"] else 200
    return render(request, "browse.html", {language: words}, context, status, embeddable=True)


def _filter(asked: Mapping[str, str]) -> EntryFilter:
    """What cannot be read is as if it were not there."""
    given = {name: asked[name] for name in ("category", "stage") if asked.get(name)}
    try:
        return EntryFilter.model_validate(given)
    except ValidationError:
        return EVERY


def _shown(
    live: Sequence[Entry], found: Sequence[Entry], asked: Mapping[str, str], words: Words, names: Words
) -> dict[str, Any]:
    categories = sorted({entry.category for entry in live})
    groups: dict[str, list[Entry]] = {name: [] for name in categories}
    for entry in found:
        groups[entry.category].append(entry)
    return {
        "total": len(found),
        "groups": [{"word": names.get(name, name), "entries": group} for name, group in groups.items() if group],
        "categories": [_chip(asked, "category", name, names.get(name, name)) for name in categories],
        "stages": [_chip(asked, "stage", name, words[f"stage_{name.replace('-', '_')}"]) for name in get_args(Stage)],
    }


def _chip(asked: Mapping[str, str], field: str, value: str, word: str) -> dict[str, Any]:
    """A filter as a link; the one that is on takes itself off again."""
    on = asked.get(field) == value
    rest = {name: asked[name] for name in ("category", "stage") if asked.get(name) and name != field}
    chosen = rest if on else rest | {field: value}
    return {"word": word, "on": on, "href": "/browse?" + urlencode(chosen) if chosen else "/browse"}
