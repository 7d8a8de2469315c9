"""POST /adapters/chatwoot: Huashu as an agent bot of Chatwoot, which helps agents by private notes.

Chatwoot waits five seconds and repeats what failed, so a message is taken once by its id, whichever worker it comes to,
answered at once, and worked on behind. Only what a customer says while the conversation is the bot's (`pending`) is
taken: once a person has it, the bot is silent.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Coroutine
from typing import Any, Literal
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from service.adapters.asking import ask, readable
from service.adapters.conversations import Conversations
from service.adapters.courier import Courier
from service.adapters.note import escalation_note, suggestion_note
from service.adapters.rendering import body_of, described
from service.adapters.speech import ready
from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionResponse
from service.errors import Problem, request_id
from service.identity.counters import SharedCounters
from service.identity.people import public
from service.settings import Adapters
from service.traces import without_words

log = structlog.get_logger(__name__)

FRESH = 300  # seconds a signature holds, before and after
REMEMBERED = 86_400.0  # seconds for which a message's id is known again
SLOTS = 1 << 14  # ids known at once, 512 KiB
AT_ONCE = 64  # messages worked on; more are refused with 429, and Chatwoot sends them again
PATIENCE = 5.0  # seconds that stopping waits for them
INCOMING = ("incoming", 0)

router = APIRouter(prefix="/adapters", tags=["adapters"])


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow")


class Account(_Part):
    """Chatwoot's account."""

    id: int


class Conversation(_Part):
    """The conversation; `display_id` is what older versions call the number in its address."""

    id: int
    display_id: int | None = None
    status: str | None = None

    @property
    def number(self) -> int:
        return self.id if self.display_id is None else self.display_id


class Event(_Part):
    """What Chatwoot sends a bot; most of it is not looked at."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "event": "message_created",
                    "id": 71,
                    "content": "退款多久能到账",
                    "message_type": "incoming",
                    "private": False,
                    "sender": {"id": 5, "name": "张女士", "type": "contact"},
                    "conversation": {"id": 12, "status": "pending", "inbox_id": 1, "channel": "Channel::WebWidget"},
                    "account": {"id": 3, "name": "Desk"},
                }
            ]
        },
    )

    event: str
    id: int | None = None
    content: str | None = None
    message_type: str | int | None = None
    private: bool | None = None
    conversation: Conversation | None = None
    account: Account | None = None


class Taken(BaseModel):
    """Whether the message is worked on; `reason` says why not."""

    status: Literal["accepted", "ignored"]
    reason: str | None = None


class Bot:
    """Takes messages and works on them behind; lives as long as the service."""

    def __init__(self, app: FastAPI, settings: Adapters, courier: Courier, taken: SharedCounters) -> None:
        self._app, self._taken = app, taken
        self._auto_reply = settings.chatwoot_auto_reply
        self._courier = courier
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, account: int, conversation: int, message: int, query: str, request_id: str) -> bool:
        """Begin to work on a message; False where it was taken before. 429 where there is too much."""
        with self._taken.turn():
            known = f"{account}:{message}"
            if self._taken.get(known):
                return False
            if len(self._tasks) >= AT_ONCE:
                raise HTTPException(429, f"{AT_ONCE} messages are being worked on: send it again", {"Retry-After": "3"})
            self._taken.add(known, 1, REMEMBERED)
        conversations: Conversations = self._app.state.conversations
        key = f"chatwoot:{account}:{conversation}"
        asked = SuggestionRequest(query=query, history=conversations.turns(key), conversation_id=key)
        conversations.add(key, "customer", query)
        self._start(self._work(account, conversation, asked, request_id))
        return True

    async def close(self) -> None:
        """Let what is under way end, and no longer than PATIENCE."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=PATIENCE)
        for task in self._tasks:
            task.cancel()
        await self._courier.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, account: int, conversation: int, asked: SuggestionRequest, request_id: str) -> None:
        try:
            response = await ask(self._app, asked, request_id)
            await self._answer(account, conversation, response)
        except Exception as error:
            # Whatever happened, the customer must not be left to a bot that says nothing.
            log.error("a chatwoot message was handed over", request_id=request_id, trace=without_words(error))
            await self._courier.open(account, conversation)

    async def _answer(self, account: int, conversation: int, response: SuggestionResponse) -> None:
        required = response.escalation.level == "required"
        reply = ready(response) if self._auto_reply else None
        sent = reply is not None and await self._say(account, conversation, reply)
        await self._courier.say(account, conversation, suggestion_note(response), private=True)
        zone = ZoneInfo(self._app.state.live.retriever.contents.policy.business_hours.timezone)
        if (note := escalation_note(response, zone)) is not None:
            await self._courier.say(account, conversation, note, private=True)
        holding = response.escalation.holding_reply
        if required and self._auto_reply and holding is not None and not holding.missing_slots:
            await self._say(account, conversation, holding.text)
        if required or (self._auto_reply and not sent):
            await self._courier.open(account, conversation)

    async def _say(self, account: int, conversation: int, text: str) -> bool:
        conversations: Conversations = self._app.state.conversations
        conversations.add(f"chatwoot:{account}:{conversation}", "agent", text)
        return await self._courier.say(account, conversation, text, private=False)


@router.post(
    "/chatwoot",
    summary="Chatwoot: agent bot webhook",
    dependencies=[Depends(public("signed by Chatwoot with HUASHU_CHATWOOT_SECRET"))],
    responses={
        401: {"model": Problem, "description": "The signature is wrong, or older than five minutes."},
        422: {"model": Problem, "description": "The body is no event."},
        429: {"model": Problem, "description": "Too much at once; Chatwoot sends it again."},
        501: {"model": Problem, "description": "HUASHU_CHATWOOT_URL, _TOKEN or _SECRET is not set; nothing is sent."},
        503: {"model": Problem, "description": "No index is loaded."},
    },
    openapi_extra=described(Event),
)
async def chatwoot(request: Request) -> Taken:
    """Takes what a customer says in a pending conversation, and posts the suggestion there as a private note.

    The conversation is opened for people, with a note of level, target and what to collect, where an escalation is
    required. With HUASHU_CHATWOOT_AUTO_REPLY=1 the reply of an `answer` goes to the customer, and whatever is not
    answered is opened too. Signed by X-Chatwoot-Signature and X-Chatwoot-Timestamp.
    """
    bot: Bot | None = request.app.state.chatwoot
    if bot is None:
        missing = "HUASHU_CHATWOOT_URL, HUASHU_CHATWOOT_TOKEN and HUASHU_CHATWOOT_SECRET"
        raise HTTPException(501, f"Chatwoot is not set up here: set {missing}, and start again")
    await _verify(request)
    event = await body_of(request, Event)
    _ = request.app.state.live.retriever  # without an index none can be answered, and Chatwoot is to know at once
    reason = _ignored(event)
    if reason is not None or event.account is None or event.conversation is None or event.id is None:
        return Taken(status="ignored", reason=reason or "it names no account, conversation or message")
    query = readable(event.content or "")
    if query is None:
        return Taken(status="ignored", reason="it has no text")
    fresh = bot.take(event.account.id, event.conversation.number, event.id, query, request_id(request))
    return Taken(status="accepted") if fresh else Taken(status="ignored", reason="it was taken before")


def _ignored(event: Event) -> str | None:
    """Why an event is none of the bot's, None where it is."""
    if event.event != "message_created":
        return "it is no new message"
    if event.message_type not in INCOMING or event.private:
        return "no customer said it"
    if event.conversation is None or event.conversation.status != "pending":
        return "the conversation is not pending: a person has it"
    return None


async def _verify(request: Request) -> None:
    """401 unless the raw body was signed within FRESH seconds."""
    stamp = request.headers.get("x-chatwoot-timestamp", "")
    given = request.headers.get("x-chatwoot-signature", "")
    secret: str = request.app.state.adapters.chatwoot_secret
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + await request.body(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.encode(), f"sha256={digest}".encode()):
        raise HTTPException(401, "X-Chatwoot-Signature does not fit the body: compare HUASHU_CHATWOOT_SECRET")
    age = abs(request.app.state.now().timestamp() - int(stamp)) if stamp.isascii() and stamp.isdigit() else None
    if age is None or age > FRESH:
        raise HTTPException(401, f"X-Chatwoot-Timestamp is not within {FRESH} seconds of this machine's clock")
