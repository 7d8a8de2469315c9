"""GET /openapi.json and /docs: what a route states is read from it; test_permissions.py walks them all."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from service.api.description import stated
from service.identity.people import needs, public


def test_what_a_route_states_is_read_from_its_dependencies() -> None:
    """Its own, its router's, and those of its dependencies; two are both named; none is None."""
    app, router = FastAPI(openapi_url=None), APIRouter(dependencies=[Depends(needs("read"))])

    def editor(person: object = Depends(needs("edit"))) -> object:
        return person

    @router.get("/inherited")
    def inherited() -> None: ...

    @app.get("/deep", dependencies=[Depends(editor)])
    def deep() -> None: ...

    @app.get("/both", dependencies=[Depends(needs("edit")), Depends(needs("approve"))])
    def both() -> None: ...

    @app.get("/open", dependencies=[Depends(public("a test"))])
    def anybody() -> None: ...

    @app.get("/silent")
    def silent() -> None: ...

    app.include_router(router)
    found = {route.path: stated(route) for route in iter_route_contexts(app.routes)}
    assert found == {
        "/inherited": "read",
        "/deep": "edit",
        "/both": "approve, edit",
        "/open": "public",
        "/silent": None,
    }


def test_the_page_for_people_loads_nothing_from_elsewhere(client: TestClient) -> None:
    """Its script and style are this service's own."""
    page = client.get("/docs")
    assert page.status_code == 200
    assert "https://" not in page.text and "cdn" not in page.text
    for address in (
        "/static-offline-docs/swagger-ui-bundle.js",
        "/static-offline-docs/swagger-ui.css",
        "/openapi.json",
    ):
        assert address in page.text
        assert client.get(address).status_code == 200
