"""The adapters, and what they keep while the service runs: the only place that knows them all."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from service.adapters import anyq, azure, chatwoot, dify, mcp, rasa, rendering
from service.adapters.asking import ask
from service.adapters.chatwoot import Bot
from service.adapters.conversations import Conversations
from service.adapters.courier import Courier
from service.adapters.narrowing import Keep
from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionResponse
from service.errors import Rendering
from service.identity.counters import SharedCounters
from service.querylog import CALLER
from service.settings import Adapters

ROUTERS: dict[str, APIRouter] = {
    "dify": dify.router,
    "chatwoot": chatwoot.router,
    "azure": azure.router,
    "rasa": rasa.router,
    "anyq": anyq.router,
    "mcp": mcp.router,
}

# How each writes a problem; Chatwoot reads the status alone.
RENDERINGS: dict[str, Rendering] = {
    "dify": dify.render,
    "azure": azure.render,
    "rasa": rasa.render,
    "anyq": anyq.render,
    "mcp": mcp.render,
}

# Clients that can put a key nowhere but in the address, as ?token=.
KEY_IN_ADDRESS = frozenset({"/model/parse", "/webhooks/rest/webhook", "/anyq"})


def install(app: FastAPI, settings: Adapters, workers: int = 1) -> None:
    """How adapters write problems, and what they share while the service runs.

    With several workers it must be called before they are forked: what they share is made here.
    """
    alone = workers == 1
    app.state.adapters = settings
    rendering.install(
        app, {path: RENDERINGS[name] for name in settings.enabled if name in RENDERINGS for path in paths(name)}
    )
    app.state.chatwoot_taken = SharedCounters(chatwoot.SLOTS, alone)
    app.state.conversations = Conversations(alone=alone)


def paths(name: str) -> set[str]:
    """The addresses of an adapter."""
    return {route.path for route in ROUTERS[name].routes if isinstance(route, Route)}


@asynccontextmanager
async def running(app: FastAPI, settings: Adapters) -> AsyncIterator[None]:
    """What adapters need while they answer; to be entered once the desk is there."""
    app.state.chatwoot = _bot(app, settings)
    app.state.mcp = mcp.http_of(app, _asking(app))
    try:
        yield
    finally:
        await app.state.mcp.close()
        if app.state.chatwoot is not None:
            await app.state.chatwoot.close()


def _bot(app: FastAPI, settings: Adapters) -> Bot | None:
    wanted = (settings.chatwoot_url, settings.chatwoot_token, settings.chatwoot_secret)
    if "chatwoot" not in settings.enabled or not all(wanted):
        return None
    return Bot(app, settings, Courier(settings.chatwoot_url, settings.chatwoot_token), app.state.chatwoot_taken)


def _asking(app: FastAPI) -> mcp.Ask:
    async def asked(request: SuggestionRequest, keep: Keep | None) -> SuggestionResponse:
        CALLER.set("mcp")
        return await ask(app, request, uuid.uuid4().hex, keep)

    return asked
