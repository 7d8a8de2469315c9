"""What is sent to Chatwoot, and what is tried again."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.adapters.courier import Courier
from tests.contract.chatwoot import Chatwoot, chatwoot


@pytest.fixture(scope="module")
def server() -> Iterator[Chatwoot]:
    """The Chatwoot that is written to."""
    with chatwoot() as found:
        yield found


@pytest.fixture
def other(server: Chatwoot) -> Chatwoot:
    """The same, which was sent nothing yet."""
    server.clear()
    return server


def run(url: str, act: Callable[[Courier], Coroutine[Any, Any, bool]]) -> bool:
    """What an act came to."""

    async def acted() -> bool:
        courier = Courier(url, "t-secret", pauses=(0.0, 0.0))
        try:
            return await act(courier)
        finally:
            await courier.close()

    return asyncio.run(acted())


def test_a_message_has_chatwoots_fields(other: Chatwoot) -> None:
    """To the conversation's own address, with the bot's token; text as it is."""
    assert run(other.url, lambda courier: courier.say(3, 12, "好的\n{order_no}", private=True))
    ((path, body, token),) = other.taken
    assert path == "/api/v1/accounts/3/conversations/12/messages"
    assert body == {"content": "好的\n{order_no}", "message_type": "outgoing", "private": True, "content_type": "text"}
    assert token == "t-secret"


def test_a_conversation_is_opened(other: Chatwoot) -> None:
    """By naming the status, so that a second time changes nothing."""
    assert run(other.url, lambda courier: courier.open(3, 12))
    assert other.taken[0][:2] == ("/api/v1/accounts/3/conversations/12/toggle_status", {"status": "open"})


@pytest.mark.parametrize("statuses", [[503], [429, 502]])
def test_what_was_not_taken_is_tried_again(other: Chatwoot, statuses: list[int]) -> None:
    """Three times in all."""
    tries = len(statuses) + 1
    other.statuses += statuses
    assert run(other.url, lambda courier: courier.open(3, 12))
    assert len(other.taken) == tries


@pytest.mark.parametrize(("statuses", "tries"), [([503] * 5, 3), ([401], 1), ([404], 1), ([500], 1), ([302], 1)])
def test_what_cannot_be_mended_is_given_up(other: Chatwoot, statuses: list[int], tries: int) -> None:
    """And what may have arrived is not sent twice; the log has neither the text nor the token."""
    other.statuses += statuses
    with capture_logs() as logs:
        assert not run(other.url, lambda courier: courier.say(3, 12, "客户的话", private=True))
    assert len(other.taken) == tries
    assert logs[0]["problem"] == str(statuses[0])
    assert "t-secret" not in str(logs) and "客户的话" not in str(logs)


def test_a_chatwoot_that_is_away_is_no_exception() -> None:
    """It is said in the log, and that is all."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with capture_logs() as logs:
        assert not run(url, lambda courier: courier.open(3, 12))
    assert logs[0]["problem"] == "ConnectError"
