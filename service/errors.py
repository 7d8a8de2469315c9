"""Errors as HTTP: one table from exception to RFC 9457 problem details, one handler that renders them."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, PrivateAttr
from starlette.exceptions import HTTPException

from index.errors import RetrievalError, Superseded
from knowledge.errors import DatabaseError, KnowledgeError, NotFound, PackError, StateError
from knowledge.model import Language
from service.admission import Abandoned, Busy
from service.identity.people import NotAllowed, NotSignedIn
from service.reasons import fault, told
from service.traces import without_words

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
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


class FieldProblem(BaseModel):
    """One field of a request that cannot be used."""

    field: str
    message: str
    _chinese: str | None = PrivateAttr(default=None)  # by the kind of fault; never sent beside the other

    def told(self, language: Language) -> str:
        """The message in that language; in English where it has no counterpart."""
        return self._chinese if self._chinese is not None and language == "zh" else told(self.message, language)


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


PageOf = Callable[[Request, Problem, dict[str, str] | None], Response]

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
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem as a response."""
    return answer(request, details(status, detail, request_id(request), errors), headers)


def sentence(found: Sequence[FieldProblem], language: Language = "en") -> str:
    """What is wrong with the fields, each by its name in the API unless the whole has words of its own."""
    english = [f"{one.field}: {one.message}" for one in found]
    if language == "en":
        return "; ".join(english)
    chinese = [told(text, language) for text in english]
    own = [f"{one.field}：{one.told(language)}" for one in found]
    return "；".join(text if text != plain else named for text, plain, named in zip(chinese, english, own, strict=True))


def in_language(body: Problem, language: Language) -> Problem:
    """A problem as whoever reads it wants it: what happened, and what is wrong with each field."""
    fields = bool(body.errors) and body.detail == sentence(body.errors)
    detail = sentence(body.errors, language) if fields else told(body.detail, language)
    errors = [FieldProblem(field=one.field, message=one.told(language)) for one in body.errors]
    return body.model_copy(update={"detail": detail, "errors": errors})


def by_person(request: Request) -> bool:
    """Whether a browser asks for a page."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(API)


def answer(request: Request, body: Problem, headers: dict[str, str] | None = None) -> Response:
    """A problem as a response, in Chinese where the request asks for that (Accept-Language).

    For a person it is the page that `app.state.problem_page` makes of it, where the app has pages.
    """
    page: PageOf | None = getattr(request.scope["app"].state, "problem_page", None) if "app" in request.scope else None
    if page is not None and by_person(request):
        return page(request, body, headers)
    chinese = request.headers.get("accept-language", "").lower().startswith("zh")
    said = in_language(body, "zh" if chinese else "en")
    return JSONResponse(said.model_dump(), said.status, headers, MEDIA_TYPE)


def details(status: int, detail: str, request_id: str, errors: Sequence[FieldProblem] = ()) -> Problem:
    """A problem as data."""
    title = HTTPStatus(status).phrase
    return Problem(title=title, status=status, detail=detail, request_id=request_id, errors=list(errors))


def problem_of(error: Exception, request_id: str, route: str | None = None) -> Problem:
    """Any exception as a problem; one that nobody foresaw goes to the log, and only its id to whoever asked."""
    status = status_of(error)
    if isinstance(error, RequestError):
        one = FieldProblem(field=error.field, message=str(error))
        return details(422, f"{one.field}: {one.message}", request_id, [one])
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
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind, _ in STATUS:
        app.add_exception_handler(kind, _known)


def _describe(description: dict[str, Any]) -> None:
    """Give problems the media type they are sent with; FastAPI describes every model as plain JSON."""
    for item in description["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                content = response.get("content", {})
                if content.get("application/json", {}).get("schema", {}).get("$ref", "").endswith("/Problem"):
                    content[MEDIA_TYPE] = content.pop("application/json")


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [field_problem(item) for item in error.errors()]
    return problem(request, 422, sentence(errors), errors)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and "parsing the body" in str(error.detail):
        unread = FieldProblem(field="body", message="is not UTF-8 text in JSON: send a JSON object encoded in UTF-8")
        return problem(request, 422, f"body: {unread.message}", [unread])
    detail = str(error.detail)
    if error.status_code == 404 and detail == "Not Found":
        detail = f"there is nothing at {request.url.path}: /docs lists what there is"
    return problem(request, error.status_code, detail, headers=dict(error.headers or {}))


async def _known(request: Request, error: Exception) -> Response:
    body = problem_of(error, request_id(request))
    wait = error.retry_after if isinstance(error, Busy) else 5
    return answer(request, body, {"Retry-After": str(wait)} if body.status == 503 else None)


async def unexpected(request: Request, error: Exception) -> Response:
    """A 500 for what nobody foresaw: the traceback goes to the log, the id to whoever asked. A full disk is not one."""
    body = problem_of(error, request_id(request), route_of(request))
    return answer(request, body, {"Retry-After": "5"} if body.status == 503 else None)


def field_problem(error: dict[str, Any]) -> FieldProblem:
    """A pydantic error as a sentence that names the field and its limit. Never repeats what was sent."""
    where = [str(part) for part in error["loc"] if part not in ("body", "query_string")]
    if error["loc"][:1] == ("query",) and len(error["loc"]) > 1:
        where = where[1:]
    if error["type"] == "json_invalid":  # which is said to stand at a position, not in a field
        where = []
    found = FieldProblem(field=".".join(where) or "body", message=_message(error))
    found._chinese = fault(error["type"], error.get("ctx") or {}, _size(error))
    return found


def _size(error: dict[str, Any]) -> int | None:
    given = error.get("input")
    if error["type"] == "string_too_short" and isinstance(given, str) and len(given) >= error["ctx"]["min_length"]:
        given = given.strip()  # as it was before it was measured, or it would be long enough
    return len(given) if isinstance(given, str | list | tuple | dict) else None


def _message(error: dict[str, Any]) -> str:
    limits = error.get("ctx") or {}
    kind, size = error["type"], _size(error)
    if kind == "json_invalid":
        return f"is not JSON ({limits.get('error', 'broken')}): send a JSON object"
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "is not a field of this request: remove it, /docs lists the fields"
    if kind == "string_too_short":
        return f"has {size} characters, give at least {limits['min_length']}"
    if kind == "string_too_long":
        return f"has {size} characters, give at most {limits['max_length']}"
    if kind == "too_short":
        return f"has {size} items, give at least {limits['min_length']}"
    if kind == "too_long":
        return f"has {size} items, give at most {limits['max_length']}"
    if kind in ("string_type", "string_unicode"):
        return "must be text" if kind == "string_type" else "holds a lone surrogate, which is no text: remove it"
    return str(error["msg"]).removeprefix("Value error, ")
