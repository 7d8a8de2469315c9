"""What recent requests were shown: so that feedback need name nothing but the request.

In memory that all workers of a service share, as a request and its feedback may come to two of them; bounded, lost at a
restart, and never written by itself: only what somebody gives feedback on is kept, masked, in the database. A request's
id names one query: where a client sends an id that another query goes by, it is given one of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from index.ranking import Decision
from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionResponse
from service.ring import SharedRing

REMEMBERED: Final = 10_000  # requests
ROOM: Final = 16 << 20  # bytes, of which a request takes a few hundred, and seldom a thousand

Suggest = Callable[[SuggestionRequest, str], SuggestionResponse]


@dataclass(frozen=True, slots=True)
class Shown:
    """What one request asked and was shown: `entries` suggested, best first, and the `options` of a clarification."""

    query: str
    decision: Decision
    entries: tuple[str, ...]
    options: tuple[str, ...]
    index_version: str
    conversation_id: str | None
    agent_id: str | None

    @property
    def all(self) -> tuple[str, ...]:
        """Every entry that was on the screen, each once."""
        return tuple(dict.fromkeys((*self.entries, *self.options)))


SHOWN: Final = TypeAdapter(Shown)


class Recent:
    """The last requests by their id. With several workers it must be made before they are forked."""

    def __init__(self, size: int = REMEMBERED, room: int = ROOM, alone: bool = False) -> None:
        """`alone`: no other process will share them."""
        self._ring = SharedRing(size, room, alone)

    def remembering(self, suggest: Suggest) -> Suggest:
        """The same function, whose answers are remembered; under another id where the given one is taken."""

        def suggest_and_remember(asked: SuggestionRequest, request_id: str) -> SuggestionResponse:
            own = self._own(request_id)
            try:
                response = suggest(asked, own)
            except BaseException:
                self._ring.free(own)  # nothing was shown for it, and the next try may have it
                raise
            self._ring.put(own, SHOWN.dump_json(_shown(asked, response)))
            return response

        return suggest_and_remember

    def find(self, request_id: str) -> Shown | None:
        """What a request was shown; None where it is unknown, or too long ago."""
        content = self._ring.find(request_id)
        return None if content is None else SHOWN.validate_json(content)

    def forget(self, erased: Callable[[str], bool]) -> None:
        """Remember nothing any more of the conversations whose ids are those of erased ones."""

        def of_an_erased_one(content: bytes) -> bool:
            named = SHOWN.validate_json(content).conversation_id
            return named is not None and erased(named)

        self._ring.erase(of_an_erased_one)

    def _own(self, request_id: str) -> str:
        """The id, from now on this request's; a new one where it is another's."""
        while not self._ring.take(request_id):
            request_id = uuid.uuid4().hex
        return request_id


def _shown(asked: SuggestionRequest, response: SuggestionResponse) -> Shown:
    return Shown(
        query=asked.query,
        decision=response.decision,
        entries=tuple(item.entry_id for item in response.suggestions),
        options=tuple(item.entry_id for item in response.clarification.options) if response.clarification else (),
        index_version=response.index_version,
        conversation_id=asked.conversation_id,
        agent_id=asked.agent_id,
    )
