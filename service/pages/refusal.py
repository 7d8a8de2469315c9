"""Problems as a person needs to see them: who is not signed in is led to the sign-in, every other is told in a page.

A program, which asks for no HTML, gets problem details as everywhere.
"""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from service.errors import Problem, by_person, in_language, problem, status_of
from service.identity.people import NotAllowed, NotSignedIn
from service.pages.frame import language_of, render
from service.pages.words.identity import WORDS

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="huashu"'}


def install(app: FastAPI) -> None:
    """Answer who may not ask."""
    app.state.problem_page = problem_page
    app.add_exception_handler(NotSignedIn, _not_let_in)
    app.add_exception_handler(NotAllowed, _not_let_in)


def refused(request: Request, status: int, detail: str, headers: dict[str, str]) -> Response:
    """A refusal with its reason: a page for a person, a problem for a program."""
    return problem(request, status, detail, headers=headers)


def problem_page(request: Request, found: Problem) -> Response:
    """Any problem as a page: what happened in its own words where it has them, else in the page's, and its id."""
    language = language_of(request)
    words, status = WORDS[language], found.status
    own = words.get(f"refused_{status}_text")
    return render(
        request,
        "refused.html",
        WORDS,
        {
            "title": words.get(f"refused_{status}", words["refused_other"]),
            "text": own or in_language(found, language).detail,
            "request_id": found.request_id,
        },
        status=status,
    )


async def _not_let_in(request: Request, error: Exception) -> Response:
    if isinstance(error, NotSignedIn):
        if by_person(request):
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            back = {"next": here} if request.method == "GET" else {}
            return RedirectResponse(f"/sign-in?{urlencode(back)}", status_code=303)
        return problem(request, 401, str(error), headers=CHALLENGE)
    return refused(request, status_of(error) or 403, str(error), {})
