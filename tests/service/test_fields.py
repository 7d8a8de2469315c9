"""How a fault of a field is said."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from service.fields import field_problem, field_problems, sentence


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
        (
            {"type": "model_attributes_type", "loc": ("body",), "input": b"{}"},
            "body",
            "is not sent as JSON: set the header Content-Type: application/json",
        ),
        ({"type": "model_attributes_type", "loc": ("body",), "input": []}, "body", "is no JSON object: send one"),
        ({"type": "model_type", "loc": ("history", 0), "input": "x"}, "history.0", "is no JSON object: send one"),
        ({"type": "value_error", "loc": ("body", "a"), "msg": "Value error, is odd", "input": 3}, "a", "is odd"),
        ({"type": "int_type", "loc": ("body", "n"), "msg": "Input should …", "input": "x"}, "n", "Input should …"),
    ],
)
def test_a_fault_is_said_with_its_field_and_limit(error: dict[str, Any], field: str, message: str) -> None:
    """Body and address alike; both numbers where there are two."""
    found = field_problem(error)
    assert (found.field, found.message) == (field, message)


class Asked(BaseModel):
    """A request."""

    query: Annotated[str, Field(max_length=3)]
    limit: int


def test_every_fault_stands_in_one_sentence() -> None:
    """In the order of the fields, in English and in Chinese; what was sent is never repeated."""
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({"query": "退款呢？"})
    found = field_problems(refused.value)
    assert sentence(found) == "query: has 4 characters, give at most 3; limit: is required"
    assert sentence(found, "zh") == "query：现有 4 个字，最多 3 个；limit：必填"
