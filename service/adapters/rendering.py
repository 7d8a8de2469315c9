"""Errors in another system's own format: whatever goes wrong under an adapter becomes that system's error body.

What went wrong, and with which status, is said by `service.errors` as for every other address.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from service.adapters import keys
from service.errors import Problem, details, field_problem, problem_of, request_id, route_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Guard = Callable[[Request], None]
Code = int | str | None
Render = Callable[[Problem, Code], Response]
Model = TypeVar("Model", bound=BaseModel)


class Refused(Exception):
    """Something the other system has a code for."""

    def __init__(self, status: int, code: int | str, message: str) -> None:
        self.status, self.code = status, code
        super().__init__(message)


def route_class(render: Render, guard: Guard = keys.require) -> type[APIRoute]:
    """A kind of route that lets in whom `guard` does, and has its errors rendered by `render`."""

    class Rendered(APIRoute):
        permission = keys.PERMISSION  # what `guard` asks for, before anything of the request is read

        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def handled(request: Request) -> Response:
                try:
                    guard(request)
                    return await handle(request)
                except Exception as error:
                    return render(_problem(error, request), error.code if isinstance(error, Refused) else None)

            return handled

    return Rendered


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


def _problem(error: Exception, request: Request) -> Problem:
    own = request_id(request)
    if isinstance(error, Refused):
        return details(error.status, str(error), own)
    if isinstance(error, RequestValidationError):
        found = [field_problem(item) for item in error.errors()]
        return details(422, "; ".join(f"{item.field}: {item.message}" for item in found), own, found)
    if isinstance(error, HTTPException):
        unread = error.status_code == 400 and "parsing the body" in str(error.detail)
        return details(422 if unread else error.status_code, str(error.detail), own)
    return problem_of(error, own, route_of(request))
