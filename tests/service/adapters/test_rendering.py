"""Errors in another system's own format."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from index.errors import NoArtefact
from service import errors
from service.adapters import keys, rendering
from service.adapters.rendering import Refused, body_of, described
from service.admission import Busy
from service.errors import Code, Problem


class Inner(BaseModel):
    """A part."""

    n: int


class Body(BaseModel):
    """A body."""

    text: str
    inner: Inner | None = None


def render(problem: Problem, code: Code) -> Response:
    """Another system's error."""
    return JSONResponse({"oops": problem.detail, "code": code}, problem.status)


def guard(request: Request) -> None:
    """Lets in all but one."""
    if request.headers.get("x-who") == "stranger":
        raise HTTPException(401, "not you")


ERRORS: dict[str, Exception] = {
    "refused": Refused(404, 2001, "no such thing"),
    "http": HTTPException(409, "later"),
    "known": NoArtefact("build one"),
    "busy": Busy(9, 7.2),
    "unforeseen": RuntimeError("李雷"),
}


@pytest.fixture(scope="module")
def api() -> TestClient:
    """A few routes that fail."""
    router = APIRouter(route_class=keys.route_class(guard))

    @router.post("/raw")
    async def raw(request: Request) -> Body:
        return await body_of(request, Body)

    @router.post("/typed")
    async def typed(body: Body) -> Body:
        return body

    @router.get("/fail")
    async def fail(how: str) -> None:
        raise ERRORS[how]

    app = FastAPI()
    app.include_router(router)
    app.add_api_route("/v1/own", raw, methods=["POST"])
    errors.install(app)
    app.add_exception_handler(Exception, errors.respond)
    rendering.install(app, dict.fromkeys(("/raw", "/typed", "/fail"), render))
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("how", "status", "code", "told"),
    [
        ("refused", 404, 2001, "no such thing"),
        ("http", 409, None, "later"),
        ("known", 503, None, "build one"),
        ("busy", 503, None, "9 queries are waiting already"),
        ("unforeseen", 500, None, "an unexpected error was logged"),
    ],
)
def test_every_error_is_rendered(api: TestClient, how: str, status: int, code: Any, told: str) -> None:
    """With the status it has everywhere; what nobody foresaw goes to the log alone."""
    with capture_logs() as logs:
        response = api.get("/fail", params={"how": how})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["oops"].startswith(told)
    assert bool(logs) is (how == "unforeseen")


def test_headers_go_with_an_error(api: TestClient) -> None:
    """When to come again, and the methods that there are."""
    waits = {how: api.get("/fail", params={"how": how}).headers.get("retry-after") for how in ERRORS}
    assert waits == {"refused": None, "http": None, "known": "5", "busy": "8", "unforeseen": None}
    refused = api.delete("/fail")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    assert refused.json()["oops"] == "/fail takes no DELETE: use GET"


def test_other_addresses_keep_their_own_format(api: TestClient) -> None:
    """What goes wrong there is a problem as everywhere."""
    assert api.post("/v1/own", content=b"nope").headers["content-type"] == "application/problem+json"


def test_whoever_is_not_let_in_is_told_so(api: TestClient) -> None:
    """Before the body is read."""
    response = api.post("/typed", content=b"nope", headers={"X-Who": "stranger"})
    assert (response.status_code, response.json()["oops"]) == (401, "not you")


@pytest.mark.parametrize("path", ["/raw", "/typed"])
@pytest.mark.parametrize("content", [b"", b"nope", b"\xff", b"[]", b'{"text": 1}', b'{"inner": {"n": "x"}}'])
def test_a_body_that_cannot_be_used_is_422(api: TestClient, path: str, content: bytes) -> None:
    """Read either way; the field is named where there is one."""
    response = api.post(path, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["oops"]
    if b"text" in content:
        assert response.json()["oops"].startswith("text")


def test_brackets_without_end_are_no_body(api: TestClient) -> None:
    """Nor are they an unexpected error."""
    with capture_logs() as logs:
        assert api.post("/raw", content=b"[" * 100_000).status_code == 422
    assert logs == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_a_raw_body_is_json_whatever_it_is_called(api: TestClient, kind: str) -> None:
    """As `curl -d` sends it."""
    response = api.post("/raw", content='{"text": "好"}'.encode(), headers={"Content-Type": kind})
    assert response.json() == {"text": "好", "inner": None}


def test_a_description_stands_by_itself() -> None:
    """Parts are put in where they are referred to."""
    schema = described(Body)["requestBody"]["content"]["application/json"]["schema"]
    assert "$" not in str(schema)
    assert schema["properties"]["inner"]["anyOf"][0]["properties"]["n"]["type"] == "integer"
