"""The Model Context Protocol: raw JSON-RPC, and the official SDK's own client over HTTP and stdio."""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.adapters import mcp as adapter
from service.settings import Adapters, Settings
from tests.contract.approved import reply
from tests.contract.listening import listening
from tests.service.asking import LEAK, NOTHING, REFUND
from tests.service.shop import serving

TOOLS = {"suggest_reply", "search_knowledge", "check_draft"}
ACCEPT = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}

needs_sdk = pytest.mark.skipif(not adapter.installed(), reason="the MCP SDK is not installed")


def call(client: TestClient, method: str, params: dict[str, Any] | None = None, **headers: str) -> Any:
    """One JSON-RPC request, without any handshake before it."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    return client.post("/mcp", json=body, headers=ACCEPT | headers)


def used(client: TestClient, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool returned, as data; it must be no error."""
    response = call(client, "tools/call", {"name": tool, "arguments": arguments})
    assert response.status_code == 200, response.text
    result = response.json()["result"]
    assert not result.get("isError"), result
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    found: dict[str, Any] = result["structuredContent"]
    return found


@needs_sdk
def test_the_tools_are_listed_with_their_limits(desk: TestClient) -> None:
    """Each with a description and the shapes of what goes in and comes out."""
    tools = {tool["name"]: tool for tool in call(desk, "tools/list").json()["result"]["tools"]}
    assert set(tools) == TOOLS
    assert all(tool["description"] and tool["outputSchema"]["properties"] for tool in tools.values())
    assert tools["suggest_reply"]["inputSchema"]["required"] == ["query"]
    assert tools["suggest_reply"]["inputSchema"]["properties"]["limit"]["maximum"] == 10


@needs_sdk
def test_a_suggestion_is_the_apis_own(desk: TestClient) -> None:
    """The same entries, the reply byte for byte, the escalation beside it."""
    found = used(desk, "suggest_reply", query=REFUND, channel="phone")
    own = desk.post("/v1/suggestions", json={"query": REFUND, "channel": "phone"}).json()
    for body in (found, own):
        del body["request_id"], body["took_ms"]
    assert found == own
    assert found["suggestions"][0]["reply"]["text"] == reply(desk, "refund.time", "phone")
    assert used(desk, "suggest_reply", query=LEAK)["escalation"]["level"] == "required"
    assert used(desk, "suggest_reply", query=NOTHING)["decision"] == "abstain"


@needs_sdk
def test_history_and_slots_are_taken(desk: TestClient) -> None:
    """As the API takes them."""
    again = [{"role": "customer", "text": REFUND}] * 2
    assert used(desk, "suggest_reply", query=REFUND, history=again)["escalation"]["level"] != "none"
    slots = {"customer_name": "张女士", "order_no": "A1"}
    filled = used(desk, "suggest_reply", query="包裹卡在半路", slots=slots)["suggestions"][0]["reply"]
    assert filled["text"] == "张女士，请把订单号 A1 发我核对。"


@needs_sdk
def test_searching_looks_around(desk: TestClient) -> None:
    """Whatever the entries are worth; one category may be named."""
    found = used(desk, "search_knowledge", query=REFUND, limit=4)["entries"]
    assert found[0]["entry_id"] == "refund.time"
    assert len(found) == 4
    assert (
        used(desk, "search_knowledge", query=REFUND, category="supplier")["entries"][0]["entry_id"] == "supplier.settle"
    )
    assert {item["kind"] for item in used(desk, "search_knowledge", query=REFUND, kind="script")["entries"]} == {
        "script"
    }


@needs_sdk
def test_a_draft_is_checked(desk: TestClient) -> None:
    """As POST /v1/checks checks it."""
    text = "你等着，我不知道。"
    assert used(desk, "check_draft", text=text) == desk.post("/v1/checks", json={"text": text}).json()


@needs_sdk
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("suggest_reply", {"query": ""}),
        ("suggest_reply", {"query": "x", "limit": 99}),
        ("suggest_reply", {}),
        ("check_draft", {"text": "x", "entry_id": "no.such"}),
        ("no_such_tool", {}),
    ],
)
def test_a_call_that_cannot_be_answered_is_an_error_of_the_protocol(
    desk: TestClient, tool: str, arguments: dict[str, Any]
) -> None:
    """Not one of HTTP, so that the model reads it."""
    response = call(desk, "tools/call", {"name": tool, "arguments": arguments})
    body = response.json()
    assert response.status_code < 500
    assert "error" in body or body["result"]["isError"]


@needs_sdk
def test_an_unknown_entry_is_named_to_the_model(desk: TestClient) -> None:
    """The message says what to do, as over HTTP; so does that of a field."""
    body = call(desk, "tools/call", {"name": "check_draft", "arguments": {"text": "x", "entry_id": "no.such"}}).json()
    assert "no.such" in body["result"]["content"][0]["text"]
    blank = call(desk, "tools/call", {"name": "suggest_reply", "arguments": {"query": "  "}}).json()
    assert blank["result"]["content"][0]["text"].endswith("query: is empty: give 1 to 2000 characters")


@needs_sdk
def test_a_handshake_is_answered(desk: TestClient) -> None:
    """Older clients begin with one; a notification gets 202 and nothing."""
    params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    result = call(desk, "initialize", params).json()["result"]
    assert result["serverInfo"]["name"] == "huashu"
    assert "escalation" in result["instructions"]
    body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert desk.post("/mcp", json=body, headers=ACCEPT).status_code == 202


def test_there_is_no_stream_to_open(desk: TestClient) -> None:
    """GET and DELETE are of sessions, which there are none of."""
    assert desk.get("/mcp").status_code == 405
    assert desk.delete("/mcp").status_code == 405


@needs_sdk
def test_the_key_is_a_bearer(shop: Path) -> None:
    """401 without it."""
    with serving(Settings(home=shop, adapters=Adapters(key="secret"))) as client:
        assert call(client, "tools/list").status_code == 401
        assert call(client, "tools/list", Authorization="Bearer secret").status_code == 200


def test_without_the_sdk_it_says_what_to_install(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """501; everything else answers as ever."""
    monkeypatch.setattr(adapter, "installed", lambda: False)
    response = call(desk, "tools/list")
    assert response.status_code == 501
    assert "huashu[mcp]" in response.json()["error"]["message"]


@needs_sdk
def test_the_sdks_own_client_over_http(address: str, desk: TestClient) -> None:
    """Connects, lists, calls."""
    from mcp import Client

    async def used() -> Any:
        async with Client(f"{address}/mcp") as client:
            listed = await client.list_tools()
            called = await client.call_tool("suggest_reply", {"query": REFUND})
            return {tool.name for tool in listed.tools}, called.structured_content

    names, found = asyncio.run(used())
    assert names == TOOLS
    assert found["suggestions"][0]["reply"]["text"] == reply(desk, "refund.time")


@needs_sdk
def test_the_sdks_own_client_says_why_it_was_refused(shop: Path) -> None:
    """By the message of the service, not by a status alone."""
    from mcp import Client

    async def used(address: str) -> None:
        async with Client(f"{address}/mcp") as client:
            await client.list_tools()

    with (
        listening(Settings(home=shop, adapters=Adapters(key="secret"))) as address,
        pytest.raises(Exception) as refused,
    ):
        asyncio.run(used(address))
    assert "HUASHU_ADAPTER_KEY" in "".join(traceback.format_exception(refused.value))


STDIO = """
import sys
from pathlib import Path
from index.shelf import Shelf
from service.adapters.mcp import over_stdio
from service.live import Live
from service.server import configure_logging
from tests.toy import ToyEmbedder

configure_logging()
live = Live(Shelf(Path(sys.argv[1]) / "artefacts"), ToyEmbedder(), 1)
live.start()
over_stdio(live)
live.stop()
"""


@needs_sdk
def test_the_sdks_own_client_over_stdio(shop: Path, desk: TestClient) -> None:
    """Nothing but the protocol goes to standard output."""
    from mcp import Client, StdioServerParameters
    from mcp.client.stdio import stdio_client

    root = str(Path(__file__).parents[2])
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-c", STDIO, str(shop)],
        cwd=root,
        env={"PYTHONPATH": root, "OMP_NUM_THREADS": "1"},
    )

    async def used() -> Any:
        async with Client(stdio_client(parameters)) as client:
            return (await client.call_tool("search_knowledge", {"query": REFUND, "limit": 1})).structured_content

    assert asyncio.run(used())["entries"][0]["reply"]["text"] == reply(desk, "refund.time")


def test_the_sdk_is_not_loaded_at_start() -> None:
    """Importing the app does not import it; only a first request does."""
    import subprocess

    code = "import sys, service.app; print(sorted(name for name in sys.modules if name.split('.')[0] == 'mcp'))"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
