"""Errors as HTTP: one table from exception to RFC 9457 problem details, one handler that answers with them.

An address that speaks another system's wire format answers in that (`app.state.renderings`), and a person who asked
for a page gets one (`app.state.problem_page`), whoever refuses: the route, the router, or what stands before both.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.routing import Match

from index.errors import RetrievalError, Superseded
from knowledge.errors import DatabaseError, KnowledgeError, NotFound, PackError, StateError
from knowledge.model import Language
from service.admission import Abandoned, Busy
from service.fields import FieldProblem, field_problems, sentence
from service.identity.people import NotAllowed, NotSignedIn
from service.reasons import told
from service.traces import without_words

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
API = "/v1/"


class RequestError(Exception):
    """A request whose fields do not go together, or do not fit what is known; `field` is the one to mend."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class TooLarge(Exception):
    """A body that grew over its limit while it was read: it has no end that anybody may act on."""


STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Busy, 503),
    (Abandoned, 408),
    (TooLarge, 413),
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (RequestError, 422),
    (DatabaseError, 503),
    (NotFound, 404),
    (StateError, 409),
    (PackError, 422),
    (KnowledgeError, 422),
    (Superseded, 409),
    (RetrievalError, 503),
)


# What a disk answers that is full, read-only, broken, or over a limit: nothing that whoever asked did wrong.
DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})


class Problem(BaseModel):
    """RFC 9457 problem details. `detail` says what happened and what to do next."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "detail": "query: has 0 characters, give 1 to 2000",
                    "request_id": "6f1d",
                    "errors": [{"field": "query", "message": "has 0 characters, give 1 to 2000"}],
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] = []


PageOf = Callable[[Request, Problem], Response]
Code = int | str | None  # what another system calls a problem, where it has a name for it
Rendering = Callable[[Problem, Code], Response]

# What every resource that needs the index may answer.
PROBLEMS: dict[int | str, dict[str, object]] = {
    422: {
        "model": Problem,
        "description": "A field is missing, of the wrong type or out of its limits; `errors` names each.",
    },
    503: {
        "model": Problem,
        "description": "No index is loaded, and `detail` has the command that makes one; or too many queries wait: "
        "come again after `Retry-After` seconds.",
    },
}


def problem(
    request: Request,
    status: int,
    detail: str,
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as a response."""
    return answer(request, details(status, detail, request_id(request), errors), headers)


def in_language(body: Problem, language: Language) -> Problem:
    """A problem as whoever reads it wants it: what happened, and what is wrong with each field."""
    fields = bool(body.errors) and body.detail == sentence(body.errors)
    detail = sentence(body.errors, language) if fields else told(body.detail, language)
    errors = [FieldProblem(field=one.field, message=one.told(language)) for one in body.errors]
    return body.model_copy(update={"detail": detail, "errors": errors})


def by_person(request: Request) -> bool:
    """Whether a browser asks for a page."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(API)


def answer(request: Request, body: Problem, headers: Mapping[str, str] | None = None, code: Code = None) -> Response:
    """A problem as a response, in Chinese where the request asks for that (Accept-Language)."""
    state = request.scope["app"].state if "app" in request.scope else None
    chinese = request.headers.get("accept-language", "").lower().startswith("zh")
    said = in_language(body, "zh" if chinese else "en")
    rendering: Rendering | None = getattr(state, "renderings", {}).get(request.scope["path"])
    page: PageOf | None = getattr(state, "problem_page", None)
    if rendering is not None:
        response = rendering(said, code)
    elif page is not None and by_person(request):
        response = page(request, body)
    else:
        response = JSONResponse(said.model_dump(), said.status, media_type=MEDIA_TYPE)
    response.headers.update(headers or {})
    return response


def details(status: int, detail: str, request_id: str, errors: Sequence[FieldProblem] = ()) -> Problem:
    """A problem as data."""
    title = HTTPStatus(status).phrase
    return Problem(title=title, status=status, detail=detail, request_id=request_id, errors=list(errors))


def problem_of(error: Exception, request_id: str, route: str | None = None) -> Problem:
    """Any exception as a problem; one that nobody foresaw goes to the log, and only its id to whoever asked."""
    status = status_of(error)
    fields = _fields_of(error)
    if fields:
        return details(422, sentence(fields), request_id, fields)
    if isinstance(error, HTTPException):
        return details(error.status_code, str(error.detail), request_id)
    if status is not None:
        return details(status, str(error), request_id)
    if isinstance(error, OSError) and error.errno in DISK:
        # The path is the log's; nothing was half-written.
        log.error("the disk does not take what is written", route=route, request_id=request_id, problem=str(error))
        said = f"the service's disk takes nothing ({error.strerror}), so nothing was kept: make room on it, try again"
        return details(503, said, request_id)
    log.error("unexpected error", route=route, request_id=request_id, trace=without_words(error))
    said = f"an unexpected error was logged under request id {request_id}: try again, and report it with this id"
    return details(500, said, request_id)


def _fields_of(error: Exception) -> list[FieldProblem]:
    """The fields that an exception is about."""
    if isinstance(error, RequestValidationError):
        return field_problems(error)
    if isinstance(error, RequestError):
        return [FieldProblem(field=error.field, message=str(error))]
    if isinstance(error, HTTPException) and error.status_code == 400 and "parsing the body" in str(error.detail):
        return [FieldProblem(field="body", message="is not UTF-8 text in JSON: send a JSON object encoded in UTF-8")]
    return []


def status_of(error: Exception) -> int | None:
    """The status of a foreseen error, None for any other."""
    return next((code for kind, code in STATUS if isinstance(error, kind)), None)


def route_of(request: Request) -> str:
    """The address as it was declared, `other` where none was met; never what somebody put in one."""
    return str(getattr(request.scope.get("route"), "path", "other"))


def request_id(request: Request) -> str:
    """The id this request goes by in logs and answers."""
    return str(getattr(request.state, "request_id", "-"))


def install(app: FastAPI) -> None:
    """Render every error of this app as a problem, and describe it as one."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _describe(plain())
        return plain()

    app.openapi = openapi  # type: ignore[method-assign]
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, respond)
    for kind, _ in STATUS:
        app.add_exception_handler(kind, respond)


def _describe(description: dict[str, Any]) -> None:
    """Give problems the media type they are sent with; FastAPI describes every model as plain JSON."""
    for item in description["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                content = response.get("content", {})
                if content.get("application/json", {}).get("schema", {}).get("$ref", "").endswith("/Problem"):
                    content[MEDIA_TYPE] = content.pop("application/json")


async def respond(request: Request, error: Exception) -> Response:
    """The answer to any exception; for what nobody foresaw a 500, with the traceback in the log alone."""
    body = problem_of(error, request_id(request), route_of(request))
    if isinstance(error, HTTPException):
        return answer(request, body, error.headers)
    wait = error.retry_after if isinstance(error, Busy) else 5
    return answer(request, body, {"Retry-After": str(wait)} if body.status == 503 else None)


async def _http(request: Request, error: Exception) -> Response:
    """What the router refuses is told by the address; anything else in the words it was raised with."""
    assert isinstance(error, HTTPException)
    if error.detail == HTTPStatus(404).phrase:
        error.detail = f"there is nothing at {request.url.path}: /docs lists what there is"
    elif error.detail == HTTPStatus(405).phrase:
        allowed = _allowed(request, (error.headers or {}).get("Allow", "GET, HEAD"))
        error.detail = f"{request.url.path} takes no {request.method}: use {allowed}"
        error.headers = {"Allow": allowed}
    return await respond(request, error)


def _allowed(request: Request, known: str) -> str:
    """The methods that an address takes by all its routes; `known` are those of the one that refused."""
    asked = ({**request.scope, "method": method} for method in METHODS)
    routes = request.app.routes
    found = {one["method"] for one in asked if any(route.matches(one)[0] is Match.FULL for route in routes)}
    return ", ".join(sorted(found | set(known.split(", "))))
