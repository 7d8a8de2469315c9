"""The agents' pages before an API whose answers are written by hand; drafts are checked by the real rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from index.retriever import Retriever
from service.admission import Admission
from service.api import checks, entries
from service.api.feedback import FeedbackRequest
from service.api.requests import SuggestionRequest
from service.identity.people import Person
from service.metrics import Metrics
from service.pages import browse, demo, entry, knowledge, training
from service.pages.frame import STATIC
from tests.browser.canned import EXAMPLES, Json, answer
from tests.browser.shelf import CONTENTS
from tests.service.shop import FRIDAY

VERSION = "20261122-1"


@dataclass(frozen=True)
class Answer:
    """Stands for the API's response model."""

    body: Json

    @property
    def request_id(self) -> str:
        """What feedback names it by."""
        return str(self.body["request_id"])

    @property
    def decision(self) -> str:
        """What is counted of it."""
        return str(self.body["decision"])

    @property
    def escalation(self) -> SimpleNamespace:
        """What else is counted."""
        return SimpleNamespace(**self.body["escalation"])

    def model_dump(self, mode: str) -> Json:
        """The answer as JSON."""
        return self.body


def make_desk(frame_ancestors: tuple[str, ...] = ("'self'",)) -> FastAPI:
    """An app with the pages, their files, POST /v1/suggestions, and POST /v1/feedback, which is forgotten."""
    app = FastAPI()
    for part in (knowledge, browse, entry, training, demo, entries, checks):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.state.admission, app.state.metrics = Admission(longest_wait=60), Metrics()
    app.state.suggest = lambda asked, request_id: Answer(_answer(asked.model_dump()))
    app.state.examples = EXAMPLES
    app.state.identify = lambda request: Person("visitor", frozenset({"agent"}))
    retriever = SimpleNamespace(version=VERSION, contents=CONTENTS)
    app.state.live = SimpleNamespace(version=VERSION, retriever=retriever)
    app.state.check = checks.Checker(lambda: cast(Retriever, retriever)).check
    app.state.now = lambda: FRIDAY
    app.state.frame_ancestors = frame_ancestors

    @app.post("/v1/suggestions")
    async def suggestions(request: Request) -> JSONResponse:
        asked = SuggestionRequest.model_validate(await request.json())  # what a page sends is what the API takes
        return JSONResponse(_answer(asked.model_dump()))

    @app.post("/v1/feedback", status_code=201)
    async def feedback(request: Request) -> None:
        FeedbackRequest.model_validate(await request.json())

    return app


def _answer(asked: Mapping[str, Any]) -> Json:
    return answer(asked["query"], asked["channel"], asked["slots"], asked["history"])
