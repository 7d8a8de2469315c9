"""The knowledge page before an API whose answers are written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from service.api.feedback import FeedbackRequest
from service.api.requests import SuggestionRequest
from service.identity.people import Person
from service.pages.frame import STATIC
from service.pages.knowledge import router
from tests.browser.canned import EXAMPLES, Json, answer


@dataclass(frozen=True)
class Answer:
    """Stands for the API's response model."""

    body: Json

    def model_dump(self, mode: str) -> Json:
        """The answer as JSON."""
        return self.body


def make_desk() -> FastAPI:
    """An app with the page, its files, POST /v1/suggestions, and POST /v1/feedback, which is forgotten."""
    app = FastAPI()
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.state.suggest = lambda asked, request_id: Answer(_answer(asked.model_dump()))
    app.state.examples = EXAMPLES
    app.state.identify = lambda request: Person("visitor", frozenset({"agent"}))
    app.state.live = SimpleNamespace(version="20261122-1")

    @app.post("/v1/suggestions")
    async def suggestions(request: Request) -> JSONResponse:
        body = await request.json()
        SuggestionRequest.model_validate(body)  # what the page sends is what the API takes
        return JSONResponse(_answer(body))

    @app.post("/v1/feedback", status_code=201)
    async def feedback(request: Request) -> None:
        FeedbackRequest.model_validate(await request.json())

    return app


def _answer(asked: Mapping[str, Any]) -> Json:
    return answer(asked["query"], asked["channel"] or "chat", asked["slots"])
