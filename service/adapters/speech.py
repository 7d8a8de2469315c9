"""What may be said to a customer without a person in between: approved lines only, none with an open slot.

Who must be helped at once is steadied, not questioned. A reply with a slot that nobody filled is never said; the
approved holding line is.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.api.responses import ReplyOut, SuggestionResponse
from service.pages.results import asks


@dataclass(frozen=True)
class Line:
    """One message, with what the customer may choose from."""

    text: str
    options: tuple[str, ...] = ()


def ready(response: SuggestionResponse) -> str | None:
    """The reply of an `answer` that may be sent as it stands, None where there is none."""
    if response.decision != "answer" or not response.suggestions:
        return None
    first = response.suggestions[0]
    return None if first.kind != "faq" or first.reply.missing_slots else first.reply.text


def lines(response: SuggestionResponse) -> tuple[Line, ...]:
    """What to say, in order; the policy's general line where no better one is complete."""
    steadying = _complete(response.escalation.holding_reply) or _complete(response.holding_reply)
    said: list[Line] = []
    if (reply := ready(response)) is not None:
        said.append(Line(reply))
    elif response.clarification is not None and asks(response.model_dump(mode="json")):
        said.append(Line(response.clarification.text, tuple(item.title for item in response.clarification.options)))
    if steadying is not None and (not said or response.escalation.level == "required"):
        said.append(Line(steadying))
    return tuple(said)


def _complete(reply: ReplyOut | None) -> str | None:
    return None if reply is None or reply.missing_slots else reply.text
