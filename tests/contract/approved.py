"""The approved texts of the live index, to hold what adapters return against."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.service.shop import state_of


def replies(client: TestClient, entry_id: str) -> set[str]:
    """Every approved reply of an entry, as the index has it."""
    contents = state_of(client).live.retriever.contents
    return {
        reply.text for approved in contents.entries if approved.entry.id == entry_id for reply in approved.entry.replies
    }


def reply(client: TestClient, entry_id: str, channel: str = "any", language: str = "zh") -> str:
    """The one for a channel and a language."""
    for approved in state_of(client).live.retriever.contents.entries:
        for found in approved.entry.replies:
            if (approved.entry.id, found.channel, found.language) == (entry_id, channel, language):
                return str(found.text)
    raise AssertionError(f"{entry_id} has no reply for {channel} in {language}")


def holding(client: TestClient) -> str:
    """The policy's own holding line."""
    return str(state_of(client).live.retriever.contents.policy.lines.holding)
