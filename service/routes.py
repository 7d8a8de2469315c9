"""Every route of the service, made once in a process, whoever asks for it."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, Depends
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from service.adapters.wiring import ROUTERS
from service.api import (
    audit,
    builds,
    checks,
    description,
    desk,
    documents,
    drafts,
    entries,
    exports,
    feedback,
    imports,
    inbox,
    insights,
    lifecycle,
    operations,
    privacy,
    reviews,
    suggestions,
    traffic,
    writing,
)
from service.api.parameters import given_once
from service.pages import (
    account,
    administration,
    browse,
    demo,
    editor,
    entry,
    importing,
    knowledge,
    publish,
    review,
    sign_in,
    training,
)
from service.pages import audit as audit_page
from service.pages import documents as documents_page
from service.pages import inbox as inbox_page
from service.pages import insights as insights_page
from service.querylog import by_adapter, by_browser_or_console
from service.settings import Adapters

RESOURCES = (
    suggestions,
    feedback,
    insights,
    traffic,
    inbox,
    privacy,
    checks,
    entries,
    desk,
    drafts,
    writing,
    lifecycle,
    reviews,
    audit,
    builds,
    imports,
    exports,
    documents,
    operations,
    description,
)
PAGES = (
    knowledge,
    browse,
    entry,
    training,
    demo,
    editor,
    review,
    audit_page,
    inbox_page,
    insights_page,
    publish,
    importing,
    documents_page,
    sign_in,
    account,
    administration,
)


def routes(adapters: Adapters) -> list[BaseRoute]:
    """Those of resources and pages, and those of the adapters that are switched on."""
    return [*_always(), *(route for name in adapters.enabled for route in _adapter(name))]


@cache
def _always() -> tuple[BaseRoute, ...]:
    router = APIRouter()
    for resource in RESOURCES:
        router.include_router(resource.router, dependencies=[Depends(by_browser_or_console), Depends(given_once)])
    for page in PAGES:
        router.include_router(page.router, dependencies=[Depends(by_browser_or_console)])
    return _prepared(router)


@cache
def _adapter(name: str) -> tuple[BaseRoute, ...]:
    router = APIRouter()
    router.include_router(ROUTERS[name], dependencies=[Depends(by_adapter(name))])
    return _prepared(router)


def _prepared(router: APIRouter) -> tuple[BaseRoute, ...]:
    """FastAPI works out what a route takes in when it is first looked at: most of a second, for the first customer."""
    for _ in iter_route_contexts(router.routes):
        pass
    return tuple(router.routes)
