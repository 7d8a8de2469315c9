"""The one way from an adapter to the desk: a request in, the desk's own response out, remembered and counted.

It ranks nothing and writes no text.
"""

from __future__ import annotations

from fastapi import FastAPI, Request

from index.retriever import Retriever
from knowledge.model import ApprovedEntry
from service.adapters.narrowing import Keep, Narrowed
from service.api.requests import LONGEST_NAME, LONGEST_QUERY, SuggestionRequest
from service.api.responses import SuggestionResponse
from service.api.suggestions import Suggest, suggested
from service.desk import Desk
from service.errors import request_id

MOST = 10  # suggestions the desk gives at once


async def ask(app: FastAPI, asked: SuggestionRequest, request_id: str, keep: Keep | None = None) -> SuggestionResponse:
    """The desk's response, among the entries that `keep` keeps where it is given."""
    return await suggested(app, asked, request_id, suggest=None if keep is None else _narrowed(app, keep))


async def ask_for(request: Request, asked: SuggestionRequest, keep: Keep | None = None) -> SuggestionResponse:
    """The same for a request over HTTP, which from then on goes by the response's id: its own may have been taken."""
    response = await ask(request.app, asked, request_id(request), keep)
    request.state.request_id = response.request_id
    return response


def _narrowed(app: FastAPI, keep: Keep) -> Suggest:
    desk = Desk(lambda: Narrowed(app.state.live.retriever, keep), app.state.now, app.state.queries.note)
    remembering: Suggest = app.state.recent.remembering(desk.suggest)
    return remembering


def live_entries(app: FastAPI) -> dict[str, ApprovedEntry]:
    """The live entries by their id."""
    retriever: Retriever = app.state.live.retriever
    return {approved.entry.id: approved for approved in retriever.contents.entries}


def readable(text: str, longest: int = LONGEST_QUERY) -> str | None:
    """A text as the desk takes it, None where nothing is left.

    Other systems know no limit of ours and show an error to the customer, so a text that is too long is cut, and
    characters that nobody can have typed are dropped.
    """
    kept = "".join(
        character
        for character in text.encode("utf-8", "ignore").decode()
        if (character >= " " or character in "\n\r\t") and character != "\x7f"
    )
    return kept[:longest] if kept[:longest].strip() else None


def name(text: str | None) -> str | None:
    """An id of the other system, as the desk takes it."""
    return readable(text, LONGEST_NAME) if text else None
