"""The agents' page: `/` finds the approved reply for what a customer said.

With a script the search goes to the API as one types, and what a clarification came to is sent as feedback; without
one, `GET /?q=…` draws the same result here. Language and theme are two cookies set by ordinary links. Nothing about a
customer is kept here: slots stay in the browser's tab.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.templating import Jinja2Templates
from pydantic import ValidationError

from index.errors import RetrievalError
from service.api.requests import LONGEST_QUERY, SuggestionRequest
from service.errors import request_id
from service.pages.problems import ShownProblem, invalid, unavailable
from service.pages.results import NONE, Dictionary, Json, Search, results
from service.pages.words import SLOTS, WORDS, UiLanguage

HERE = Path(__file__).parent
STATIC = HERE / "static"
LIMIT = 5  # candidates an agent sees
YEAR = 365 * 86400
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)

Theme = Literal["light", "dark"]

templates = Jinja2Templates(directory=HERE / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True
router = APIRouter(include_in_schema=False)


@router.get("/")
def knowledge(request: Request) -> Response:
    """The page, with the result of `q` where there is one. A plain function: the search runs in a worker thread."""
    asked = request.query_params
    language, theme = _language(request), _theme(request)
    words, search = WORDS[language], _search(asked)
    dictionary = Dictionary(words, {**SLOTS[language], **_own_slots(request, language)})
    response, problem = _find(request, search, words)
    page = templates.TemplateResponse(
        request,
        "knowledge.html",
        {
            "words": words,
            "language": language,
            "theme": theme,
            "search": search,
            "result": results(response, search, dictionary, datetime.now(UTC)) if response else None,
            "problem": problem,
            "examples": request.app.state.examples,
            "version": response["index_version"] if response else request.app.state.live.version,
            "here": lambda **changes: "/?" + urlencode(dict(asked) | changes),
            "data": {
                "words": words,
                "slots": dictionary.slots,
                "limit": LIMIT,
                "longest": LONGEST_QUERY,
                "first": response,
            },
        },
        status_code=problem.status if problem else 200,
    )
    page.headers.update(
        {"Content-Security-Policy": CSP, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language"}
    )
    _remember(page, asked)
    return page


def _search(asked: Mapping[str, str]) -> Search:
    """What the address asks for; what cannot be read is as if it were not there."""
    channel, chosen = asked.get("channel", "chat"), asked.get("n", "")
    return Search(
        query=asked.get("q", "").strip(),
        channel=channel if channel in ("chat", "phone", "email") else "chat",
        chosen=int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 3 else None,
        none=chosen == NONE,
    )


def _find(request: Request, search: Search, words: Mapping[str, str]) -> tuple[Json | None, ShownProblem | None]:
    """The API's answer as JSON, or the problem to show in its place."""
    if not search.query:
        return None, None
    try:
        wanted = SuggestionRequest(query=search.query, channel=cast(Any, search.channel), limit=LIMIT, min_confidence=0)
        answer: Json = request.app.state.suggest(wanted, request_id(request)).model_dump(mode="json")
        return answer, None
    except ValidationError as error:
        return None, invalid(error, search.query, LONGEST_QUERY, words)
    except RetrievalError as error:
        return None, unavailable(error, request_id(request), words)


def _language(request: Request) -> UiLanguage:
    """By the address, else by the cookie, else by what the browser prefers; Chinese where none says."""
    wished = (request.query_params.get("lang"), request.cookies.get("huashu_lang"))
    for wish in (*wished, *request.headers.get("accept-language", "").split(",")):
        for language in WORDS:
            if wish and wish.strip().lower().startswith(language):
                return language
    return "zh"


def _theme(request: Request) -> Theme | None:
    """A theme that was chosen; None leaves it to the system."""
    wish = request.query_params.get("theme", request.cookies.get("huashu_theme"))
    return cast(Theme, wish) if wish in ("light", "dark") else None


def _remember(page: Response, asked: Mapping[str, str]) -> None:
    """Keep a choice of language or theme that the address makes."""
    for name, choices in (("lang", ("zh", "en")), ("theme", ("light", "dark"))):
        if asked.get(name) in choices:
            page.set_cookie(f"huashu_{name}", asked[name], max_age=YEAR, samesite="lax")


def _own_slots(request: Request, language: UiLanguage) -> Mapping[str, str]:
    """Slots of the team's own policy, in the language it is written in."""
    return cast(Mapping[str, str], getattr(request.app.state, "slots", {})) if language == "zh" else {}
