"""The agents' page: `/` finds the approved reply for what a customer said.

With a script the search goes to the API as one types, and what became of a reply is sent as feedback; without one,
`GET /?q=…` draws the same result here. `q` may be a whole conversation. Nothing about a customer is kept here: slots
stay in the browser's tab. The page may stand in a console's frame, and then hears the conversation from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from index.errors import RetrievalError
from service.admission import Busy
from service.api.requests import LONGEST_QUERY, SuggestionRequest, Turn
from service.api.suggestions import suggested
from service.errors import request_id
from service.identity.people import needs
from service.pages.conversation import PATTERNS
from service.pages.escalation import Dictionary, Json
from service.pages.frame import frame_ancestors, language_of, render
from service.pages.problems import ShownProblem, invalid, unavailable
from service.pages.results import NONE, Search, results
from service.pages.slots import live_labels
from service.pages.words import FRAME, WORDS, UiLanguage
from service.pages.words.categories import WORDS as CATEGORIES

LIMIT = 5  # candidates an agent sees
LEAST = 0.01  # the confidence from which a candidate is worth a look

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=[Depends(needs("search"))])
async def knowledge(request: Request) -> Response:
    """The page, with the result of `q` where there is one."""
    search = _search(request.query_params)
    response, problem = await _find(request, search, WORDS[language_of(request)])
    return await run_in_threadpool(_drawn, request, search, response, problem)


def _drawn(request: Request, search: Search, response: Json | None, problem: ShownProblem | None) -> Response:
    language = language_of(request)
    words = WORDS[language]
    dictionary = Dictionary(words, live_labels(request, language), _names(request, language))
    return render(
        request,
        "knowledge.html",
        WORDS,
        {
            "search": search,
            "result": results(response, search, dictionary, datetime.now(UTC)) if response else None,
            "problem": problem,
            "examples": request.app.state.examples,
            "conversation": search.conversation,
            "categories": _categories(request, language),
            "version": response["index_version"] if response else request.app.state.live.version,
            "data": {
                "words": words | {"brand": FRAME[language]["brand"]},
                "slots": dictionary.slots,
                "names": dictionary.names,
                "limit": LIMIT,
                "least": LEAST,
                "longest": LONGEST_QUERY,
                "first": response,
                "conversation": PATTERNS,
                "consoles": [source for source in frame_ancestors(request) if source.startswith("http")],
            },
        },
        embeddable=True,
        status=problem.status if problem else 200,
    )


def _search(asked: Mapping[str, str]) -> Search:
    """What the address asks for; what cannot be read is as if it were not there."""
    channel, chosen = asked.get("channel", "chat"), asked.get("n", "")
    return Search(
        query=asked.get("q", "").strip(),
        channel=channel if channel in ("chat", "phone", "email") else "chat",
        chosen=int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 3 else None,
        none=chosen == NONE,
    )


async def _find(request: Request, search: Search, words: Mapping[str, str]) -> tuple[Json | None, ShownProblem | None]:
    """The API's answer as JSON, or the problem to show in its place."""
    if not search.query:
        return None, None
    conversation = await run_in_threadpool(lambda: search.conversation)
    try:
        wanted = SuggestionRequest(
            query=conversation.query,
            history=[Turn(role=turn.role, text=turn.text) for turn in conversation.history],
            channel=cast(Any, search.channel),
            limit=LIMIT,
            min_confidence=LEAST,
        )
        response = await suggested(request.app, wanted, request_id(request), request.is_disconnected)
        request.state.request_id = response.request_id
        return response.model_dump(mode="json"), None
    except ValidationError as error:
        return None, invalid(error, conversation.query, LONGEST_QUERY, words, language_of(request))
    except (Busy, RetrievalError) as error:
        return None, unavailable(error, request_id(request), words, language_of(request))


def _categories(request: Request, language: UiLanguage) -> list[dict[str, Any]]:
    """The live entries' categories with how many each has; none where no index is loaded."""
    try:
        entries = request.app.state.live.retriever.contents.entries
    except RetrievalError:
        return []
    counted = Counter(approved.entry.category for approved in entries)
    words = CATEGORIES[language]
    return [{"id": name, "word": words.get(name, name), "count": count} for name, count in sorted(counted.items())]


def _names(request: Request, language: UiLanguage) -> dict[str, str]:
    """What the policy calls targets, fields and triggers in that language, by what it calls them in the other."""
    try:
        policy = request.app.state.live.retriever.contents.policy
    except RetrievalError:
        return {}
    named = (*policy.targets.values(), *policy.fields.values(), *policy.triggers)
    return (
        {one.label_en: one.label for one in named} if language == "zh" else {one.label: one.label_en for one in named}
    )
