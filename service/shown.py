"""What recent requests were shown, in memory: so that feedback need name nothing but the request.

Bounded, lost at a restart, and never written by itself: only what somebody gives feedback on is kept, masked, in the
database.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from index.ranking import Decision
from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionResponse

REMEMBERED = 10_000

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


class Recent:
    """The last requests by their id; safe to share between threads."""

    def __init__(self, size: int = REMEMBERED) -> None:
        self._size = size
        self._shown: OrderedDict[str, Shown] = OrderedDict()
        self._lock = threading.Lock()

    def remembering(self, suggest: Suggest) -> Suggest:
        """The same function, whose answers are remembered."""

        def suggest_and_remember(asked: SuggestionRequest, request_id: str) -> SuggestionResponse:
            response = suggest(asked, request_id)
            self._keep(asked, response)
            return response

        return suggest_and_remember

    def find(self, request_id: str) -> Shown | None:
        """What a request was shown; None where it is unknown, or too long ago."""
        with self._lock:
            return self._shown.get(request_id)

    def forget(self, erased: Callable[[str], bool]) -> None:
        """Remember nothing any more of the conversations whose ids are those of erased ones."""
        with self._lock:
            told = [(key, shown.conversation_id) for key, shown in self._shown.items()]
            for request_id in [key for key, named in told if named is not None and erased(named)]:
                del self._shown[request_id]

    def _keep(self, asked: SuggestionRequest, response: SuggestionResponse) -> None:
        shown = Shown(
            query=asked.query,
            decision=response.decision,
            entries=tuple(item.entry_id for item in response.suggestions),
            options=tuple(item.entry_id for item in response.clarification.options) if response.clarification else (),
            index_version=response.index_version,
            conversation_id=asked.conversation_id,
            agent_id=asked.agent_id,
        )
        with self._lock:
            self._shown[response.request_id] = shown
            self._shown.move_to_end(response.request_id)
            while len(self._shown) > self._size:
                self._shown.popitem(last=False)
