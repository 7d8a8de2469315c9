"""What is wrong with the fields of a request: pydantic's faults as sentences, each with its field and its limit.

A sentence never repeats what was sent, which may be a customer's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, PrivateAttr, ValidationError

from knowledge.model import Language
from service.reasons import fault, told


class FieldProblem(BaseModel):
    """One field of a request that cannot be used."""

    field: str
    message: str
    _chinese: str | None = PrivateAttr(default=None)  # by the kind of fault; never sent beside the other

    def told(self, language: Language) -> str:
        """The message in that language; in English where it has no counterpart."""
        return self._chinese if self._chinese is not None and language == "zh" else told(self.message, language)


def field_problems(error: ValidationError | RequestValidationError) -> list[FieldProblem]:
    """Every fault that was found."""
    return [field_problem(dict(item)) for item in error.errors()]


def sentence(found: Sequence[FieldProblem], language: Language = "en") -> str:
    """What is wrong with the fields, each by its name in the API unless the whole has words of its own."""
    english = [f"{one.field}: {one.message}" for one in found]
    if language == "en":
        return "; ".join(english)
    chinese = [told(text, language) for text in english]
    own = [f"{one.field}：{one.told(language)}" for one in found]
    return "；".join(text if text != plain else named for text, plain, named in zip(chinese, english, own, strict=True))


def field_problem(error: dict[str, Any]) -> FieldProblem:
    """One of pydantic's faults."""
    where = [str(part) for part in error["loc"] if part not in ("body", "query_string")]
    if error["loc"][:1] == ("query",) and len(error["loc"]) > 1:
        where = where[1:]
    if error["type"] == "json_invalid":  # which is said to stand at a position, not in a field
        where = []
    if error["loc"] == ("body",) and isinstance(error.get("input"), bytes):  # as it comes when it is not called JSON
        return FieldProblem(field="body", message="is not sent as JSON: set the header Content-Type: application/json")
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
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "is no JSON object: send one"
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
