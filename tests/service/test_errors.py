"""From an exception to a problem: the status of each kind, and how a field's fault is said."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, get_args

import pytest
from fastapi import FastAPI, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic_core.core_schema import ErrorType
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from index.errors import ArtefactError, EmbedderError, GateError, NoArtefact, RetrievalError
from knowledge.errors import KnowledgeError, NotFound, PackError, StateError
from knowledge.errors import Problem as FileProblem
from service import errors, reasons
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
            {"type": "string_too_short", "loc": ("body", "comment"), "input": "  ", "ctx": {"min_length": 1}},
            "comment",
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


class Form(BaseModel):
    """One field for each kind of fault."""

    model_config = ConfigDict(extra="forbid")

    missing: str
    short: Annotated[str, Field(min_length=3)]
    long: Annotated[str, Field(max_length=3)]
    few: Annotated[list[int], Field(min_length=1)]
    many: Annotated[list[int], Field(max_length=1)]
    one_of: Literal["zh", "en"]
    pattern: Annotated[str, Field(pattern="^[a-z]+$")]
    whole: int
    number: float
    above: Annotated[int, Field(gt=0)]
    least: Annotated[int, Field(ge=1)]
    below: Annotated[float, Field(lt=1)]
    most: Annotated[int, Field(le=100)]
    day: date
    moment: AwareDatetime
    text: str


WRONG = {
    "short": "ab", "long": "abcd", "few": [], "many": [1, 2], "one_of": "fr", "pattern": "A1", "whole": "x",
    "number": "x", "above": 0, "least": 0, "below": 1, "most": 101, "day": "明天", "moment": "2026-11-22T09:00:00",
    "text": 1, "colour": 1,
}  # fmt: skip
CHINESE = {
    "missing": "必填",
    "short": "现有 2 个字，至少要 3 个",
    "long": "现有 4 个字，最多 3 个",
    "few": "现有 0 项，至少要 1 项",
    "many": "现有 2 项，最多 1 项",
    "one_of": "只能是 zh 或 en",
    "pattern": "格式不对，应符合 ^[a-z]+$",
    "whole": "请填整数",
    "number": "请填数字",
    "above": "要大于 0",
    "least": "不能小于 1",
    "below": "要小于 1.0",
    "most": "不能大于 100",
    "day": "请填日期，例如 2026-11-22",
    "moment": "请填日期和时间，例如 2026-11-22T09:00:00+08:00",
    "text": "请填文字",
    "colour": "没有这一项：请去掉",
}


def no_day(given: str) -> str:
    """Refuse it, as the insights do a date that cannot be read."""
    raise ValueError("is no date: write it as 2026-11-22")


def form_app() -> TestClient:
    """An app that takes the form, and a date in its address."""
    app = FastAPI()
    errors.install(app)

    @app.post("/v1/form")
    def form(body: Form) -> None: ...

    @app.get("/v1/days")
    def days(since: Annotated[str, AfterValidator(no_day), Query(alias="from")]) -> None: ...

    return TestClient(app)


def test_what_is_wrong_with_a_field_is_said_in_chinese_where_that_is_asked_for() -> None:
    """By the kind of fault, with its limits; in the detail as in each field's message. Otherwise in English."""
    body = form_app().post("/v1/form", json=WRONG, headers={"accept-language": "zh-CN"}).json()
    assert {one["field"]: one["message"] for one in body["errors"]} == CHINESE
    assert body["detail"].startswith("missing：必填；short：现有 2 个字，至少要 3 个；")
    body = form_app().post("/v1/form", json=WRONG).json()
    assert body["errors"][0] == {"field": "missing", "message": "is required"}
    assert not re.search("[一-鿿]", body["detail"])


def test_every_kind_of_fault_in_the_table_is_one_of_pydantics_and_fills_its_template() -> None:
    """A name mistyped, or a limit that the fault does not have, would be found by a user only."""
    limits = dict.fromkeys(("min_length", "max_length", "pattern", "expected", "gt", "ge", "lt", "le"), "7")
    for kind in reasons.FAULTS:
        assert kind in get_args(ErrorType), kind
        assert reasons.fault(kind, limits, 2)
    assert reasons.fault("brand_new", {}, None) is None


def test_a_fault_with_words_of_its_own_keeps_them() -> None:
    """The sentences know some fields by name."""
    body = form_app().get("/v1/days", params={"from": "x"}, headers={"accept-language": "zh"}).json()
    assert body["detail"] == "开始日期没有写成日期：请写成 2026-11-22 这样"
