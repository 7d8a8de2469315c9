"""Errors in another system's own format, and bodies as other systems send them.

Whatever goes wrong at an adapter's address, and whoever refuses there (the route, the router, a limit, the gate),
becomes that system's error body: `service.errors` says what went wrong, with which status and headers, as for every
other address, and has the address' own rendering write it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from service.errors import Rendering, answer, details, request_id

Model = TypeVar("Model", bound=BaseModel)


class Refused(Exception):
    """Something the other system has a code for."""

    def __init__(self, status: int, code: int | str, message: str) -> None:
        self.status, self.code = status, code
        super().__init__(message)


def install(app: FastAPI, renderings: Mapping[str, Rendering]) -> None:
    """Have every problem at these paths written by the path's own rendering."""
    app.state.renderings = renderings
    app.add_exception_handler(Refused, _refused)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(request, details(error.status, str(error), request_id(request)), code=error.code)


async def body_of(request: Request, model: type[Model]) -> Model:
    """The body as JSON, whatever content type it claims: `curl -d` calls everything a form."""
    try:
        return model.model_validate(json.loads(await request.body()))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    except (ValueError, RecursionError) as error:  # the latter of brackets within brackets, thousands deep
        unread = {"type": "json_invalid", "loc": ("body",), "ctx": {"error": "not UTF-8 text in JSON"}}
        raise RequestValidationError([unread]) from error


def described(model: type[BaseModel]) -> dict[str, Any]:
    """What the description says of a body that is read with `body_of`."""
    schema = model.model_json_schema()
    shape = _inlined(schema, schema.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": shape}}}}


def _inlined(part: Any, parts: dict[str, Any]) -> Any:
    """A schema with its parts put in where they are referred to: a description keeps them elsewhere than pydantic."""
    if isinstance(part, list):
        return [_inlined(item, parts) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(parts[part["$ref"].rpartition("/")[2]], parts)
    return {name: _inlined(value, parts) for name, value in part.items()}
