"""GET /openapi.json and /docs: what every address takes, answers and needs, for programs and for people.

Which permission an operation needs is read from its route, so that it is described as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.responses import JSONResponse, Response

from service.errors import MEDIA_TYPE
from service.identity import tokens
from service.identity.people import PUBLIC, Person, needs
from service.pages.frame import CSP, templates

FILES: Final = str(resources.files("fastapi_offline") / "static")
OPENAPI: Final = "/openapi.json"
SCHEMES: Final[dict[str, dict[str, str]]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, `Authorization: Bearer hs_…`."},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": tokens.COOKIE,
        "description": "A sign-in; what changes something also needs the header X-CSRF-Token.",
    },
}
REFUSALS: Final = {
    "401": "Nobody known asks: send an API key, or sign in. Not on loopback before the first key was made.",
    "403": "The key or the person may not do this, or another site sent the request.",
    "429": "Too many requests by this key, person or address: wait for `Retry-After` seconds.",
}

PROBLEM: Final = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}

router = APIRouter(include_in_schema=False)


@router.get(OPENAPI)
async def openapi(request: Request, person: Annotated[Person, Depends(needs("search"))]) -> JSONResponse:
    """The description, for programs."""
    return JSONResponse(request.app.openapi())


@router.get("/docs")
async def docs(request: Request, person: Annotated[Person, Depends(needs("search"))]) -> Response:
    """The description, for people; its script and style come from here."""
    shown = {"root": request.scope.get("root_path", ""), "title": request.app.title}
    page = templates.TemplateResponse(request, "api-docs.html", shown)
    page.headers["Content-Security-Policy"] = CSP.format(ancestors="'none'")
    return page


def stated(route: RouteContext) -> str | None:
    """The permission that a route states, `public` where it says that anybody may ask, None where it says nothing."""
    own: str | None = getattr(route.original_route, "permission", None)
    if own is not None or not isinstance(route.original_route, APIRoute):
        return own
    found = {permission for call in calls(route.dependant) if (permission := getattr(call, "permission", None))}
    return ", ".join(sorted(found)) or None


def install(app: FastAPI) -> None:
    """Describe, for every operation, what it needs and how it refuses."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            _describe(app, plain())
        return plain()

    app.openapi = described  # type: ignore[method-assign]


def _describe(app: FastAPI, description: dict[str, Any]) -> None:
    description["components"]["securitySchemes"] = SCHEMES
    for route in iter_route_contexts(app.routes):
        if not isinstance(route.original_route, APIRoute) or not route.include_in_schema:
            continue
        needed = stated(route)
        for method in route.methods or ():
            operation = description["paths"][route.path_format][method.lower()]
            operation["x-permission"] = needed
            operation["security"] = [] if needed == PUBLIC else [{name: []} for name in SCHEMES]
            responses = operation["responses"]
            # An adapter writes every refusal as it writes those it describes itself.
            content = (responses.get("401") or responses.get("403") or {}).get("content", PROBLEM)
            for status, why in REFUSALS.items():
                if needed != PUBLIC or status == "429":
                    responses.setdefault(status, {"description": why, "content": content})


def calls(dependant: Dependant) -> Iterator[Any]:
    """What a route depends on, at whatever remove."""
    for needed in dependant.dependencies:
        yield needed.call
        yield from calls(needed)
