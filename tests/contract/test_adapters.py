"""What holds for every adapter: described, switched off by a setting, and one ranking behind them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import ADAPTERS, Adapters, Settings
from tests.contract.approved import replies
from tests.service.shop import ENTRIES, FRIDAY, serving
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
