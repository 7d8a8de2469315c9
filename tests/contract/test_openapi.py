"""The OpenAPI description is complete, and what the service does is what it says.

Schemathesis makes requests from the description, sound and unsound, and holds every response against it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import strategies as st
from pydantic import BaseModel
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from knowledge.store import Store
from service import building
from service.api.checks import CheckResponse
from service.api.feedback import FeedbackOut
from service.api.insights import EntryInsights
from service.api.requests import LARGEST_BATCH
from service.api.responses import SuggestionResponse
from service.app import create_app
from service.bodies import LARGEST_BODY
from service.errors import Problem
from service.identity.people import Person
from service.settings import Settings
from tests.service.shop import FRIDAY, REFUND, fill, publish
from tests.toy import ToyEmbedder

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    ("post", "/v1/suggestions"),
    ("post", "/v1/suggestions/batch"),
    ("post", "/v1/feedback"),
    ("post", "/v1/checks"),
    ("get", "/v1/insights/entries"),
    ("get", "/v1/insights/entries/{entry_id}"),
    ("get", "/v1/insights/entries/{entry_id}.csv"),
    ("get", "/v1/insights/traffic"),
    ("get", "/v1/insights/outcomes"),
    ("get", "/v1/insights/escalations"),
    ("get", "/v1/insights/scope"),
    ("get", "/v1/insights/{name}.csv"),
    ("get", "/v1/inbox"),
    ("get", "/v1/inbox.csv"),
    ("get", "/v1/inbox/themes/{theme_id}"),
    ("post", "/v1/inbox/accept"),
    ("post", "/v1/inbox/dismiss"),
    ("post", "/v1/inbox/restore"),
    ("get", "/v1/inbox/repairs"),
    ("post", "/v1/inbox/repairs"),
    ("get", "/v1/privacy/conversation"),
    ("delete", "/v1/privacy/conversation"),
    ("get", "/v1/entries"),
    ("get", "/v1/entries/{entry_id}"),
    ("get", "/v1/reviews"),
    ("post", "/v1/reviews/decisions"),
    ("get", "/v1/reviews/{entry_id}/{version}"),
    ("post", "/v1/reviews/{entry_id}/{version}/approve"),
    ("post", "/v1/reviews/{entry_id}/{version}/return"),
    ("post", "/v1/reviews/{entry_id}/{version}/withdraw"),
    ("post", "/v1/reviews/{entry_id}/{version}/comments"),
    ("get", "/v1/audit"),
    ("get", "/v1/audit.csv"),
    ("post", "/v1/imports"),
    ("get", "/v1/imports/{import_id}"),
    ("get", "/v1/imports/{import_id}/problems.csv"),
    ("post", "/v1/imports/{import_id}/apply"),
    ("get", "/v1/exports"),
    ("get", "/v1/builds"),
    ("post", "/v1/builds"),
    ("get", "/v1/builds/pending"),
    ("get", "/v1/builds/history"),
    ("post", "/v1/builds/rollback"),
    ("get", "/v1/builds/{build_id}"),
    ("get", "/v1/builds/{build_id}/events"),
    ("get", "/v1/builds/{build_id}/report"),
    ("post", "/v1/builds/{build_id}/cancel"),
    ("post", "/v1/builds/{build_id}/publish"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("get", "/v1/desk/entries"),
    ("get", "/v1/desk/entries/{entry_id}"),
    ("get", "/v1/desk/entries/{entry_id}/versions/{version}"),
    ("post", "/v1/desk/entries/{entry_id}/submission"),
    ("post", "/v1/desk/entries/{entry_id}/retirement"),
    ("post", "/v1/desk/entries/{entry_id}/restoration"),
    ("get", "/v1/desk/vocabulary"),
    ("get", "/v1/desk/free-id"),
    ("post", "/v1/desk/findings"),
    ("post", "/v1/desk/claims"),
    ("post", "/v1/desk/previews"),
    ("post", "/v1/desk/merges"),
    ("put", "/v1/drafts/{entry_id}"),
    ("delete", "/v1/drafts/{entry_id}"),
    ("post", "/v1/drafts/{entry_id}/versions"),
}
# What answers with a file, or takes one: tests/service/api/test_imports.py and test_exports.py.
FILES = ("get /metrics", "get /v1/exports", "get /v1/imports/{import_id}/problems.csv")
EXAMPLES = 15  # requests an operation
ADMIN = Person("zhao", frozenset({"admin"}))
# Their answers depend on what is in the database; tests/service/api/test_reviews.py, test_imports.py
# and test_builds.py hold them.
HELD_ELSEWHERE = ("/v1/imports", "/v1/reviews/{entry_id}", "/v1/builds")


def shop(home: Path) -> FastAPI:
    """The service over the small shop, asked by somebody who may do everything; nobody has started it yet."""
    publish(home)
    settings = Settings(home=home)
    fill(settings)
    with Store.open(settings.database_url) as store:
        store.save(REFUND.model_copy(update={"title": "退款要等多久"}), "li", "", FRIDAY)
    return create_app(settings, ToyEmbedder(), lambda: FRIDAY, lambda _: ADMIN)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the shop; builds end as soon as they begin."""
    app = shop(tmp_path_factory.mktemp("contract"))
    with patch.object(building, "COMMAND", (sys.executable, "-c", "pass")), TestClient(app) as client:
        yield client


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    """The description as Schemathesis reads it, from a shop of its own.

    Schemathesis starts the service itself, in an event loop of its own: one service cannot run in two.
    """
    app = shop(tmp_path_factory.mktemp("described"))
    with patch.object(building, "COMMAND", (sys.executable, "-c", "pass")):
        yield schemathesis.openapi.from_asgi("/openapi.json", app)


@pytest.fixture(scope="module")
def description(client: TestClient) -> dict[str, Any]:
    """The description as it is served."""
    body: dict[str, Any] = client.get("/openapi.json").json()
    return body


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation with its name; those of adapters follow other systems' rules, see test_adapters.py.

    Those of documents take files, and somebody signed in: test_documents.py.
    """
    for path, item in description["paths"].items():
        found = ((f"{method} {path}", item[method]) for method in METHODS if method in item)
        yield from (pair for pair in found if pair[1]["tags"] not in (["adapters"], ["documents"]))


def model(description: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that is referred to."""
    found: dict[str, Any] = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def test_every_operation_is_described(description: dict[str, Any]) -> None:
    """These and no others; each has a summary, a description, a tag and an id of its own."""
    found = dict(operations(description))
    assert set(found) == {f"{method} {path}" for method, path in OPERATIONS}
    for name, operation in found.items():
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
    assert len({operation["operationId"] for operation in found.values()}) == len(found)
    assert description["info"]["description"]
    assert description["info"]["version"]


def test_every_answer_has_a_model(description: dict[str, Any]) -> None:
    """What comes back has a named schema, a problem where it is one; /metrics is text."""
    for name, operation in operations(description):
        for status, response in operation["responses"].items():
            assert response["description"], f"{name} {status}"
            if status == "304" or (status == "200" and (name in FILES or name.endswith((".csv", "/events")))):
                continue
            (content,) = response["content"].values()
            named = model(description, content["schema"])
            assert named["description"], f"{name} {status}"
            if int(status) >= 400:
                assert set(named["properties"]) == set(Problem.model_fields), f"{name} {status}"


def test_every_parameter_and_field_of_a_request_has_its_limits(description: dict[str, Any]) -> None:
    """Nothing that is sent may be endless: text and lists have a largest size, numbers both ends."""

    def limited(schema: dict[str, Any], where: str) -> None:
        if "$ref" in schema:
            schema = model(description, schema)
        for choice in schema.get("anyOf", ()):
            limited(choice, where)
        kind = schema.get("type")
        if kind == "string" and "contentMediaType" not in schema:  # a file is held by the limit of the body
            assert "maxLength" in schema or "enum" in schema or "const" in schema, where
        elif kind == "array":
            assert "maxItems" in schema, where
            limited(schema["items"], where)
        elif kind in ("integer", "number"):
            assert {"minimum", "maximum"} <= set(schema), where
        elif kind == "object" and "properties" in schema:
            assert schema["additionalProperties"] is False, where
            for name, part in schema["properties"].items():
                limited(part, f"{where}.{name}")

    for name, operation in operations(description):
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                limited(parameter["schema"], f"{name} {parameter['name']}")
        if "requestBody" in operation:
            (content,) = operation["requestBody"]["content"].values()
            limited(content["schema"], name)


@pytest.mark.parametrize(
    "path", sorted(path for method, path in OPERATIONS if method == "post" and not path.startswith(HELD_ELSEWHERE))
)
def test_the_examples_of_requests_are_true(description: dict[str, Any], client: TestClient, path: str) -> None:
    """Every example of a request is answered as it stands."""
    (content,) = description["paths"][path]["post"]["requestBody"]["content"].values()
    examples = model(description, content["schema"])["examples"]
    assert examples
    address = path.replace("{entry_id}", REFUND.id)
    for example in examples:
        if "revision" in example:  # which only whoever has a working copy knows
            newest = client.get(f"/v1/desk/entries/{REFUND.id}").json()["newest"]
            draft = {"base_version": newest["version"]["version"], "content": newest["content"], "revision": ""}
            example["revision"] = client.put(f"/v1/drafts/{REFUND.id}", json=draft).json()["revision"]
        status = client.post(address, json=example).status_code
        # What is in the inbox nobody can know beforehand: an example's query is not there, or no longer.
        assert status < 300 or (path.startswith("/v1/inbox/") and status in (404, 409)), example


@pytest.mark.parametrize("kind", [SuggestionResponse, FeedbackOut, EntryInsights, CheckResponse, Problem])
def test_the_examples_of_answers_are_true(description: dict[str, Any], kind: type[BaseModel]) -> None:
    """Every example of an answer is one, with all its fields."""
    # FastAPI leaves fields that are null out of the examples it serves, so the source's are looked at.
    (example,) = kind.model_json_schema()["examples"]
    assert set(example) == {field.alias or name for name, field in kind.model_fields.items()}
    kind.model_validate(example)
    assert description["components"]["schemas"][kind.__name__]["examples"][0].keys() <= example.keys()


def test_the_limits_of_a_batch_are_described(description: dict[str, Any]) -> None:
    """How many rows there may be, and how large they may be together."""
    requests = description["components"]["schemas"]["BatchRequest"]["properties"]["requests"]
    assert (requests["minItems"], requests["maxItems"]) == (1, LARGEST_BATCH)
    assert str(LARGEST_BODY // 1024) in requests["description"]


def test_the_description_can_be_read(client: TestClient) -> None:
    """/docs is there for people, as problems say."""
    assert client.get("/docs").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
def test_the_service_does_what_it_describes(schema: BaseSchema, method: str, path: str) -> None:
    """No request of any kind gets a status, a content type or a body that the description does not have."""
    operation = schema[path][method]
    modes = [schemathesis.GenerationMode.POSITIVE]
    if path.startswith("/v1"):  # the others take nothing that could be wrong
        modes.append(schemathesis.GenerationMode.NEGATIVE)
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))

    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @hypothesis.given(case=cases)
    def holds(case: schemathesis.Case[Any]) -> None:
        response = case.call()
        checks = [
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
            negative_data_rejection,
        ]
        # A body that is refused for its size is refused, which that last check does not know.
        case.validate_response(response, checks=checks[: 4 if response.status_code == 413 else 5])

    holds()


def test_without_an_index_it_is_described_too(tmp_path: Path, description: dict[str, Any]) -> None:
    """503 stands in the description of all that needs an index."""
    app = create_app(Settings(home=tmp_path), ToyEmbedder(), identify=lambda _: ADMIN)
    with patch.object(building, "COMMAND", (sys.executable, "-c", "pass")), TestClient(app) as client:
        for method, path in sorted(OPERATIONS):
            address = path.replace("{entry_id}", "refund.time").replace("{version}", "1")
            address = address.replace("{import_id}", "0123456789").replace("{build_id}", "20260101-000000-00000000")
            response = client.request(method, address, json={"query": "x"} if method == "post" else None)
            assert str(response.status_code) in description["paths"][path][method]["responses"], path
