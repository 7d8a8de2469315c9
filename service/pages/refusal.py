"""Refusals as a person needs to see them: who is not signed in is led to the sign-in, every other is told in a page.

A program, which asks for no HTML, gets problem details as everywhere.
"""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from service.errors import problem, request_id, status_of
from service.identity.people import NotAllowed, NotSignedIn
from service.pages.frame import language_of, render
from service.pages.words.identity import WORDS

API = "/v1/"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="huashu"'}


def install(app: FastAPI) -> None:
    """Answer who may not ask."""
    app.add_exception_handler(NotSignedIn, _not_let_in)
    app.add_exception_handler(NotAllowed, _not_let_in)


def refused(request: Request, status: int, detail: str, headers: dict[str, str]) -> Response:
    """A refusal with its reason: a page for a person, a problem for a program."""
    if not by_person(request):
        return problem(request, status, detail, headers=headers)
    words = WORDS[language_of(request)]
    title, text = f"refused_{status}", f"refused_{status}_text"
    page = render(
        request,
        "refused.html",
        WORDS,
        {
            "title": words.get(title, words["refused_403"]),
            "text": words.get(text, words["refused_403_text"]),
            "request_id": request_id(request),
        },
        status=status,
    )
    page.headers.update(headers)
    return page


def by_person(request: Request) -> bool:
    """Whether a browser asks for a page."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(API)


async def _not_let_in(request: Request, error: Exception) -> Response:
    if isinstance(error, NotSignedIn):
        if by_person(request):
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            back = {"next": here} if request.method == "GET" else {}
            return RedirectResponse(f"/sign-in?{urlencode(back)}", status_code=303)
        return problem(request, 401, str(error), headers=CHALLENGE)
    return refused(request, status_of(error) or 403, str(error), {})
