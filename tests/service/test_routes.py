"""The routes of the service."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from service.routes import routes
from service.settings import ADAPTERS, Adapters


def named(*enabled: str) -> dict[str | None, RouteContext]:
    """Path → route of a service with these adapters."""
    app = FastAPI(openapi_url=None, routes=routes(Adapters(enabled=enabled)))
    return {route.path: route for route in iter_route_contexts(app.routes)}


def test_an_adapter_adds_its_own_routes_and_no_other() -> None:
    """Without any, what resources and pages have is there all the same."""
    bare = named()
    assert {"/v1/suggestions", "/readyz", "/review"} <= set(bare)
    assert set(named("anyq")) - set(bare) == {"/anyq"}
    apart = [set(named(name)) - set(bare) for name in ADAPTERS]
    assert all(apart)
    assert set(named(*ADAPTERS)) - set(bare) == set.union(*apart)


def test_what_a_route_takes_in_is_worked_out_once() -> None:
    """Another app is given the same, so that neither a test nor the first customer waits until it is done again."""
    first, second = named("dify"), named("dify", "rasa")
    assert first["/v1/suggestions"].dependant is second["/v1/suggestions"].dependant
    assert first["/retrieval"].dependant is second["/retrieval"].dependant
