"""From an exception to a problem: the status of each kind, and how a field's fault is said."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from index.errors import ArtefactError, EmbedderError, GateError, NoArtefact, RetrievalError
from knowledge.errors import KnowledgeError, NotFound, PackError, StateError
from knowledge.errors import Problem as FileProblem
from service import errors
from service.errors import field_problem


def answer(error: Exception, path: str = "/fail") -> Any:
    """The response of an app of which one address raises."""
    app = FastAPI()
    errors.install(app)

    @app.get("/fail")
    def fail() -> None:
        raise error

    return TestClient(app, raise_server_exceptions=False).get(path)


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (NotFound("no entry a"), 404, "Not Found"),
        (StateError("is draft"), 409, "Conflict"),
        (PackError([FileProblem("a.yaml", 3, "is broken")]), 422, "Unprocessable"),
        (KnowledgeError("no fact"), 422, "Unprocessable"),
        (NoArtefact("build one"), 503, "Service Unavailable"),
        (ArtefactError("has hash"), 503, "Service Unavailable"),
        (EmbedderError("no encoder"), 503, "Service Unavailable"),
        (GateError("lint found"), 503, "Service Unavailable"),
        (RetrievalError("some"), 503, "Service Unavailable"),
        (HTTPException(403, "not yours"), 403, "Forbidden"),
    ],
)
def test_every_kind_has_its_status(error: Exception, status: int, title: str) -> None:
    """One table from exception to status; the detail is the exception's own words, of the nearest kind."""
    response = answer(error)
    body = response.json()
    assert response.status_code == body["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert body["title"].startswith(title)
    assert body["type"] == "about:blank"
    assert body["detail"] == (error.detail if isinstance(error, HTTPException) else str(error))


def test_only_what_may_pass_asks_to_try_again() -> None:
    """503 says when, 404 does not."""
    assert answer(NoArtefact("x")).headers["retry-after"] == "5"
    assert "retry-after" not in answer(NotFound("x")).headers


def test_the_headers_of_an_http_error_are_kept() -> None:
    """Such as where to sign in."""
    assert answer(HTTPException(401, "who?", {"WWW-Authenticate": "Bearer"})).headers["www-authenticate"] == "Bearer"


def test_nothing_at_an_address_says_where_to_look() -> None:
    """404 of the router names the path and the list of what there is."""
    assert answer(NotFound("x"), "/other").json()["detail"] == "there is nothing at /other: /docs lists what there is"


def test_without_an_id_there_is_a_dash() -> None:
    """An app that gives no ids still answers."""
    assert answer(NotFound("x")).json()["request_id"] == "-"


@pytest.mark.parametrize(
    ("error", "field", "message"),
    [
        ({"type": "missing", "loc": ("body", "query"), "input": {}}, "query", "is required"),
        ({"type": "missing", "loc": ("body",), "input": None}, "body", "is required"),
        (
            {"type": "string_too_long", "loc": ("body", "query"), "input": "abcd", "ctx": {"max_length": 3}},
            "query",
            "has 4 characters, give at most 3",
        ),
        (
            {"type": "string_too_short", "loc": ("query", "query"), "input": "", "ctx": {"min_length": 1}},
            "query",
            "has 0 characters, give at least 1",
        ),
        (
            {"type": "too_long", "loc": ("body", "history"), "input": [1, 2, 3], "ctx": {"max_length": 2}},
            "history",
            "has 3 items, give at most 2",
        ),
        (
            {"type": "too_short", "loc": ("body", "requests"), "input": [], "ctx": {"min_length": 1}},
            "requests",
            "has 0 items, give at least 1",
        ),
        (
            {"type": "extra_forbidden", "loc": ("query", "colour"), "input": "red"},
            "colour",
            "is not a field of this request: remove it, /docs lists the fields",
        ),
        ({"type": "string_type", "loc": ("query",), "input": 1}, "query", "must be text"),
        (
            {"type": "string_unicode", "loc": ("body", "history", 2, "text"), "input": "?"},
            "history.2.text",
            "holds a lone surrogate, which is no text: remove it",
        ),
        (
            {"type": "json_invalid", "loc": ("body", 10), "input": {}, "ctx": {"error": "Expecting value"}},
            "body",
            "is not JSON (Expecting value): send a JSON object",
        ),
        ({"type": "value_error", "loc": ("body", "a"), "msg": "Value error, is odd", "input": 3}, "a", "is odd"),
        ({"type": "int_type", "loc": ("body", "n"), "msg": "Input should …", "input": "x"}, "n", "Input should …"),
    ],
)
def test_a_fault_is_said_with_its_field_and_limit(error: dict[str, Any], field: str, message: str) -> None:
    """Body and address alike; both numbers where there are two."""
    found = field_problem(error)
    assert (found.field, found.message) == (field, message)
