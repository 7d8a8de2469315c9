"""Brings messages to Chatwoot over its API. The one place that sends anything to another system.

A message that may have arrived is not sent twice: only what certainly did not is tried again.
"""

from __future__ import annotations

import asyncio

import httpx2
import structlog

log = structlog.get_logger(__name__)

TIMEOUT = httpx2.Timeout(10, connect=5)
PAUSES = (0.5, 2.0)  # seconds before the second and the third try
AGAIN = frozenset({429, 502, 503, 504})


class Courier:
    """One Chatwoot at `url`, as the bot whose access token it is."""

    def __init__(self, url: str, token: str, pauses: tuple[float, ...] = PAUSES) -> None:
        self._client = httpx2.AsyncClient(
            base_url=url, headers={"api_access_token": token}, timeout=TIMEOUT, follow_redirects=False
        )
        self._pauses = pauses

    async def say(self, account: int, conversation: int, text: str, private: bool) -> bool:
        """Post a message: to the customer, or a private note for agents. Whether it was taken."""
        body = {"content": text, "message_type": "outgoing", "private": private, "content_type": "text"}
        return await self._post(f"{_path(account, conversation)}/messages", body)

    async def open(self, account: int, conversation: int) -> bool:
        """Hand the conversation over: from `pending`, which is the bot's, to `open`, which is people's."""
        return await self._post(f"{_path(account, conversation)}/toggle_status", {"status": "open"})

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, path: str, body: dict[str, object]) -> bool:
        for pause in (*self._pauses, None):
            problem, again = await self._try(path, body)
            if problem is None:
                return True
            if not again or pause is None:
                break
            await asyncio.sleep(pause)
        # Neither the text nor the token: what a customer said and what opens Chatwoot stay out of logs.
        log.error("chatwoot did not take it", path=path, problem=problem)
        return False

    async def _try(self, path: str, body: dict[str, object]) -> tuple[str | None, bool]:
        """What went wrong, None where nothing did, and whether another try can do no harm."""
        try:
            response = await self._client.post(path, json=body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            return type(error).__name__, True
        except httpx2.HTTPError as error:
            return type(error).__name__, False
        return (None, False) if response.is_success else (str(response.status_code), response.status_code in AGAIN)


def _path(account: int, conversation: int) -> str:
    return f"/api/v1/accounts/{account}/conversations/{conversation}"
