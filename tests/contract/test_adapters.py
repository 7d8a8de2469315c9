"""What holds for every adapter: described, switched off by a setting, and one ranking behind them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from httpx2 import Response
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from starlette.testclient import TestClient

from service.admission import Busy
from service.app import create_app
from service.bodies import LARGEST_BODY
from service.settings import ADAPTERS, Adapters, Settings, SignIn
from tests.contract.approved import replies
from tests.service.shop import ENTRIES, FRIDAY, serving, state_of
from tests.toy import ToyEmbedder

OPERATIONS = {
    ("post", "/retrieval"): "dify",
    ("post", "/adapters/chatwoot"): "chatwoot",
    ("post", "/language/:query-knowledgebases"): "azure",
    ("post", "/model/parse"): "rasa",
    ("post", "/webhooks/rest/webhook"): "rasa",
    ("get", "/anyq"): "anyq",
    ("post", "/anyq"): "anyq",
    ("post", "/mcp"): "mcp",
}
PATHS = sorted({path for _, path in OPERATIONS})
ASKED = ("question", "text", "message")  # what a query is called besides
# Those of its published interface that are ours.
AZURE_CODES = ("InvalidRequest", "InvalidArgument", "Forbidden", "TooManyRequests", "ServiceUnavailable")
EXAMPLES = 15  # requests an operation
AZURE = "?projectName=p&deploymentName=d&api-version=2023-04-01"


@pytest.fixture(scope="module")
def description(desk: TestClient) -> dict[str, Any]:
    """The description as it is served."""
    body: dict[str, Any] = desk.get("/openapi.json").json()
    return body


@pytest.fixture(scope="module")
def schema(shop: Path) -> BaseSchema:
    """The description as Schemathesis reads it, of a service that it starts in an event loop of its own."""
    app = create_app(Settings(home=shop), ToyEmbedder(), lambda: FRIDAY)
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def operations(description: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """Every operation of an adapter."""
    for path, item in description["paths"].items():
        yield from (((method, path), found) for method, found in item.items() if found["tags"] == ["adapters"])


def test_every_adapter_is_described(description: dict[str, Any]) -> None:
    """Under one tag; with a summary, a description, and a description of every answer."""
    found = dict(operations(description))
    assert set(found) == set(OPERATIONS)
    assert set(OPERATIONS.values()) == set(ADAPTERS)
    for name, operation in found.items():
        assert operation["summary"] and operation["description"], name
        assert "200" in operation["responses"], name
        assert all(response["description"] for response in operation["responses"].values()), name
        assert "HTTPValidationError" not in str(operation), name


def test_every_part_of_the_description_is_there(description: dict[str, Any]) -> None:
    """Nothing refers to a schema that the description does not have."""

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
            yield from (found for value in part.values() for found in references(value))
        elif isinstance(part, list):
            yield from (found for value in part for found in references(value))

    known = {f"#/components/schemas/{name}" for name in description["components"]["schemas"]}
    assert set(references(description["paths"])) <= known


@pytest.mark.parametrize("path", ["/retrieval", "/language/:query-knowledgebases", "/model/parse", "/anyq"])
def test_the_examples_of_requests_are_true(description: dict[str, Any], desk: TestClient, path: str) -> None:
    """Every example is answered as it stands."""
    schema = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert schema["examples"]
    for example in schema["examples"]:
        assert desk.post(path + (AZURE if "language" in path else ""), json=example).status_code == 200, example


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_adapter_that_is_switched_off_is_not_there(shop: Path, name: str) -> None:
    """404, and not in the description; the others are."""
    rest = tuple(other for other in ADAPTERS if other != name)
    with serving(Settings(home=shop, adapters=Adapters(enabled=rest))) as client:
        described = dict(operations(client.get("/openapi.json").json()))
        for (method, path), owner in OPERATIONS.items():
            assert ((method, path) in described) is (owner != name)
            if owner == name:
                assert client.request(method, path, json={}).status_code == 404


def test_all_may_be_switched_off(shop: Path) -> None:
    """The API itself stays."""
    with serving(Settings(home=shop, adapters=Adapters(enabled=()))) as client:
        assert dict(operations(client.get("/openapi.json").json())) == {}
        assert client.post("/v1/suggestions", json={"query": "退款几天能到"}).status_code == 200


@pytest.mark.parametrize("entry", [found for found in ENTRIES if found.valid_until is None], ids=lambda found: found.id)
def test_every_adapter_ranks_alike_and_changes_no_text(desk: TestClient, entry: Any) -> None:
    """A stored variant finds its entry through each of them, with the same confidence and the approved text."""
    query = entry.variants[0]
    dify = {"knowledge_id": "huashu", "query": query, "retrieval_setting": {"top_k": 1, "score_threshold": 0}}
    (record,) = desk.post("/retrieval", json=dify).json()["records"]
    kind = {"metadataFilter": {"metadata": [{"key": "kind", "value": entry.kind}]}}
    (answer,) = desk.post("/language/:query-knowledgebases" + AZURE, json={"question": query, "filters": kind}).json()[
        "answers"
    ]
    texts, scores = [record["content"], answer["answer"]], [record["score"], answer["confidenceScore"]]
    if entry.kind == "faq":
        row = desk.get("/anyq", params={"question": query}).json()[0]
        chosen = desk.post("/model/parse", json={"text": query}).json()["response_selector"]["default"]["response"]
        texts += [row["answer"], chosen["responses"][0]["text"]]
        scores += [row["confidence"], chosen["confidence"]]
    assert set(texts) <= replies(desk, entry.id)
    assert scores == [1.0] * len(scores)


def test_what_adapters_answer_may_be_rated(desk: TestClient) -> None:
    """Feedback needs no more than the id that came with it."""
    body = {"question": "退款几天能到"}
    answered = desk.post("/language/:query-knowledgebases" + AZURE, json=body).json()["answers"][0]
    shown = desk.app.state.recent.find(answered["metadata"]["request_id"])  # type: ignore[attr-defined]
    assert shown.entries == ("refund.time",)


def test_what_adapters_answer_is_counted(desk: TestClient) -> None:
    """As every other decision."""
    before = desk.get("/metrics").text.count('huashu_decisions_total{decision="answer"}')
    desk.get("/anyq", params={"question": "退款几天能到"})
    assert before <= 1
    assert 'huashu_requests_total{method="GET",route="/anyq",status="200"}' in desk.get("/metrics").text


def message(answer: Response, path: str) -> str:
    """What an error says in its system's own format, which it must have; Chatwoot's is the API's."""
    assert answer.headers["content-type"].startswith("application/json") is (path != "/adapters/chatwoot")
    body = answer.json()
    match OPERATIONS["post", path]:
        case "dify":
            assert set(body) == {"error_code", "error_msg"} and body["error_code"] == answer.status_code
            said = body["error_msg"]
        case "azure":
            assert set(body) == {"error"} and body["error"]["code"] in AZURE_CODES
            said = body["error"]["message"]
        case "rasa":
            assert (body["status"], body["code"]) == ("failure", answer.status_code) and body["reason"]
            said = body["message"]
        case "anyq":
            assert body["code"] == -1
            said = body["msg"]
        case "mcp":
            assert (body["jsonrpc"], body["id"], body["error"]["data"]["status"]) == ("2.0", None, answer.status_code)
            said = body["error"]["message"]
        case _:
            assert body["status"] == answer.status_code
            said = body["detail"]
    assert answer.headers["x-request-id"]
    return str(said)


@pytest.mark.parametrize("path", PATHS)
def test_every_refusal_is_in_the_systems_own_format(desk: TestClient, path: str) -> None:
    """Also where it is said before the adapter is reached: a method, a site, a size or a name that is wrong."""
    wrong = desk.delete(path)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, POST" if path == "/anyq" else "POST")
    assert message(wrong, path) == f"{path} takes no DELETE: use {wrong.headers['allow']}"
    elsewhere = desk.post(path, json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (elsewhere.status_code, "another site" in message(elsewhere, path)) == (403, True)
    large = desk.post(path, content=b" " * (LARGEST_BODY + 1))
    assert (large.status_code, "shorten it" in message(large, path)) == (413, True)
    strange = desk.post(path, json={}, headers={"Host": "evil.example"})
    assert (strange.status_code, "'evil.example'" in message(strange, path)) == (400, True)


@pytest.mark.parametrize("path", PATHS)
def test_whoever_asks_too_often_is_told_so_in_the_systems_own_format(shop: Path, path: str) -> None:
    """429 with Retry-After, which clients heed."""
    with serving(Settings(home=shop, sign_in=SignIn(rates=(("address", "1/hour"),)))) as client:
        client.post(path, json={})
        refused = client.post(path, json={})
    assert (refused.status_code, "try again" in message(refused, path)) == (429, True)
    assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", [path for path in PATHS if path not in ("/adapters/chatwoot", "/mcp")])
def test_a_busy_service_says_when_to_come_again(desk: TestClient, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """As the API does; Chatwoot and the Model Context Protocol are answered before a query waits."""

    async def run(*_: Any, **__: Any) -> None:
        raise Busy(9, 7.2)

    monkeypatch.setattr(state_of(desk).admission, "run", run)
    setting = {"top_k": 1, "score_threshold": 0}
    body = {"knowledge_id": "huashu", "query": "退", "retrieval_setting": setting} | dict.fromkeys(ASKED, "退")
    refused = desk.post(path + (AZURE if "language" in path else ""), json=body)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "8")
    assert message(refused, path).startswith("9 queries are waiting already")


def test_refusals_are_described_in_the_systems_own_format(description: dict[str, Any]) -> None:
    """Those that every address has, as those that the adapter names itself."""
    for (method, path), operation in operations(description):
        if path != "/adapters/chatwoot":
            for status in ("403", "429"):
                content = operation["responses"][status]["content"]
                assert "Problem" not in str(content) and "Error" in str(content), (method, path, status)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), sorted(key for key, owner in OPERATIONS.items() if owner != "mcp"))
def test_an_adapter_does_what_it_describes(schema: BaseSchema, method: str, path: str) -> None:
    """No sound request gets a status or a body that the description does not have."""
    cases = schema[path][method].as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    # Where Chatwoot is not set up, 501 is what is described.
    checks = [status_code_conformance, response_schema_conformance]
    if path != "/adapters/chatwoot":
        checks.append(not_a_server_error)

    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @hypothesis.given(case=cases)
    def holds(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=checks)

    holds()
