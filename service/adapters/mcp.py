"""The Model Context Protocol: suggest_reply, search_knowledge and check_draft as tools, over HTTP and stdio.

The official SDK is an extra (`pip install "huashu[mcp]"`) and loads when it is first asked for; this is its one
door. Tools return the API's own shapes, so approved text arrives byte for byte.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import metadata, util
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from knowledge.model import Audience, Kind, Language
from service.adapters import keys
from service.adapters.asking import MOST
from service.adapters.narrowing import Keep, Narrowed
from service.api.checks import Checker, CheckRequest, CheckResponse
from service.api.requests import SuggestionRequest, Turn
from service.api.responses import SuggestionOut, SuggestionResponse
from service.desk import Desk
from service.errors import Code, Problem, status_of
from service.fields import field_problems, sentence
from service.live import Live

MISSING = 'the Model Context Protocol needs its SDK: pip install "huashu[mcp]", and start again'
INVALID_REQUEST, INTERNAL_ERROR = -32600, -32603  # JSON-RPC's own codes
INSTRUCTIONS = (
    "Approved replies of a customer-service desk. Call suggest_reply with every customer message; send a reply only "
    "where decision is answer, unchanged and with no missing slot, and follow escalation. Never reword a reply."
)

Ask = Callable[[SuggestionRequest, Keep | None], Awaitable[SuggestionResponse]]
Check = Callable[[CheckRequest], Awaitable[CheckResponse]]

Asked = TypeVar("Asked", bound=BaseModel)
Answered = TypeVar("Answered")

Channel = Literal["chat", "phone", "email"]
Query = Annotated[str, Field(description="What the customer said, 1 to 2000 characters.")]
Limit = Annotated[int, Field(ge=1, le=MOST, description="At most so many suggestions.")]


class Found(BaseModel):
    """Approved entries, best first, whatever they are worth: `confidence` (0..1) says."""

    index_version: str
    entries: list[SuggestionOut]


def installed() -> bool:
    return util.find_spec("mcp") is not None


def make_server(ask: Ask, check: Check) -> Any:
    """The SDK's server with the three tools."""
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    async def told(
        model: type[Asked], fields: dict[str, Any], answer: Callable[[Asked], Awaitable[Answered]]
    ) -> Answered:
        """The answer; what whoever asked can mend is said to them in the words of the API."""
        try:
            return await answer(model(**fields))
        except ValidationError as error:
            raise ToolError(sentence(field_problems(error))) from error
        except Exception as error:
            if status_of(error) is None:
                raise
            raise ToolError(str(error)) from error

    async def suggest_reply(
        query: Query,
        history: Annotated[list[Turn], Field(max_length=50, description="Earlier messages, oldest first.")]
        | None = None,
        channel: Channel = "chat",
        language: Language | None = None,
        audience: Audience | None = None,
        products: list[str] | None = None,
        slots: dict[str, str] | None = None,
        limit: Limit = 3,
    ) -> SuggestionResponse:
        """The approved reply for a customer's message, whether it may be sent as it is, and who else must know.

        decision is answer (the first suggestion's reply may be sent), clarify (ask which option is meant) or abstain
        (say escalation.holding_reply and look it up). Follow escalation whatever the decision is.
        """
        fields = {
            "query": query,
            "history": history or [],
            "channel": channel,
            "language": language,
            "audience": audience,
            "products": products or [],
            "slots": slots or {},
            "limit": limit,
        }
        return await told(SuggestionRequest, fields, lambda asked: ask(asked, None))

    async def search_knowledge(
        query: Query,
        category: Annotated[str | None, Field(description="Only entries of it: an id's first part.")] = None,
        kind: Kind | None = None,
        language: Language | None = None,
        limit: Limit = 5,
    ) -> Found:
        """Approved entries nearest to a query, however unlike; for looking around, not for answering by itself."""
        keep: Keep | None = None if category is None else lambda approved: approved.entry.category == category
        fields = {
            "query": query,
            "kinds": [kind] if kind else [],
            "language": language,
            "limit": limit,
            "min_confidence": 0,
        }
        response = await told(SuggestionRequest, fields, lambda asked: ask(asked, keep))
        return Found(index_version=response.index_version, entries=response.suggestions)

    async def check_draft(
        text: Annotated[str, Field(description="The draft as it would be sent, 1 to 4000 characters.")],
        channel: Channel = "chat",
        entry_id: Annotated[str | None, Field(description="The entry the draft is about.")] = None,
    ) -> CheckResponse:
        """What the desk's rules object to in an agent's draft, with approved words to say instead."""
        return await told(CheckRequest, {"text": text, "channel": channel, "entry_id": entry_id}, check)

    server = MCPServer("huashu", instructions=INSTRUCTIONS, version=metadata.version("huashu"), log_level="WARNING")
    for tool in (suggest_reply, search_knowledge, check_draft):
        server.add_tool(tool)
    return server


class Http:
    """The protocol's HTTP side: made at the first request, without sessions, each answered by one JSON body."""

    def __init__(self, ask: Ask, check: Check) -> None:
        self._ask, self._check = ask, check
        self._manager: Any = None
        self._making = asyncio.Lock()
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def manager(self) -> Any:
        """The SDK's manager of requests, running."""
        async with self._making:
            if self._manager is None:
                ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
                self._task = asyncio.create_task(self._run(ready))
                self._manager = await ready
        return self._manager

    async def close(self) -> None:
        self._stop.set()
        if self._task is not None:
            await self._task

    async def _run(self, ready: asyncio.Future[Any]) -> None:
        """Hold the manager open in a task of its own, as it must end where it began."""
        try:
            server = make_server(self._ask, self._check)
            # Which hosts may ask is settled for every address by the app.
            server.streamable_http_app(json_response=True, stateless_http=True, host="0.0.0.0")
            async with server.session_manager.run():
                ready.set_result(server.session_manager)
                await self._stop.wait()
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)


class _Handed(Response):
    """A response that the SDK gives."""

    def __init__(self, manager: Any) -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._manager.handle_request(scope, receive, send)


class McpFault(BaseModel):
    """What is wrong; `data` has the status and the id to report."""

    code: int
    message: str
    data: dict[str, Any]


class McpError(BaseModel):
    """JSON-RPC's error, of no request in particular."""

    jsonrpc: Literal["2.0"] = "2.0"
    id: None = None
    error: McpFault


def render(problem: Problem, _: Code) -> Response:
    """A problem as a JSON-RPC error, which clients of the protocol show."""
    fault = McpFault(
        code=INVALID_REQUEST if problem.status < 500 else INTERNAL_ERROR,
        message=problem.detail,
        data={"status": problem.status, "request_id": problem.request_id},
    )
    return JSONResponse(McpError(error=fault).model_dump(), problem.status)


router = APIRouter(tags=["adapters"])


@router.post(
    "/mcp",
    summary="Model Context Protocol",
    dependencies=[Depends(keys.required)],
    response_class=Response,
    responses={
        200: {"description": "A JSON-RPC response.", "content": {"application/json": {}}},
        202: {"description": "A notification was taken."},
        400: {"description": "No JSON-RPC the protocol knows."},
        401: {"model": McpError, "description": "No API key, nor HUASHU_ADAPTER_KEY, was sent as bearer."},
        406: {"description": "The client does not accept JSON."},
        415: {"description": "The body is not said to be JSON."},
        501: {"model": McpError, "description": "The SDK is not installed."},
    },
)
async def mcp(request: Request) -> Response:
    """Streamable HTTP without sessions: JSON-RPC in and out; tools suggest_reply, search_knowledge, check_draft."""
    if not installed():
        raise HTTPException(501, MISSING)
    http: Http = request.app.state.mcp
    return _Handed(await http.manager())


def http_of(app: FastAPI, ask: Ask) -> Http:
    """The HTTP side over an app's own desk and checker."""

    async def check(asked: CheckRequest) -> CheckResponse:
        response: CheckResponse = await app.state.admission.run(partial(app.state.check, asked))
        return response

    return Http(ask, check)


def over_stdio(live: Live) -> None:
    """Serve one client over standard input and output until it ends them."""
    checker = Checker(lambda: live.retriever)

    async def ask(asked: SuggestionRequest, keep: Keep | None) -> SuggestionResponse:
        desk = Desk(lambda: live.retriever if keep is None else Narrowed(live.retriever, keep))
        return await run_in_threadpool(desk.suggest, asked, uuid.uuid4().hex)

    async def check(asked: CheckRequest) -> CheckResponse:
        return await run_in_threadpool(checker.check, asked)

    make_server(ask, check).run("stdio")
