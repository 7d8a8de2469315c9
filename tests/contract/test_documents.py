"""/v1/documents is described truly: its bodies are files, and whoever asks must be allowed to edit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI, Request
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from knowledge.formats.documents.reading import read
from service.app import create_app
from service.documents import Documents
from service.identity.people import Person
from service.settings import Settings
from tests.knowledge.formats.documents.manuals import MESSY
from tests.service.people import EDITOR, by_header
from tests.service.shop import FRIDAY, publish
from tests.toy import ToyEmbedder

OPERATIONS = {
    ("post", "/v1/documents"),
    ("get", "/v1/documents"),
    ("get", "/v1/documents/{document_id}"),
    ("delete", "/v1/documents/{document_id}"),
    ("post", "/v1/documents/{document_id}/accept"),
    ("post", "/v1/documents/{document_id}/skip"),
}
EXAMPLES = 8  # requests an operation


def _anybody(request: Request) -> Person | None:
    """By the header; whoever reads the description, which has none, may search."""
    return by_header(request) or Person("reader", frozenset({"agent"}))


def shop(home: Path) -> FastAPI:
    """The service over the small shop; documents are read in this process. Nobody has started it yet."""
    publish(home)
    app = create_app(Settings(home=home), ToyEmbedder(), lambda: FRIDAY, _anybody)
    app.state.documents = Documents(home / "documents", lambda: FRIDAY, read)
    return app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the shop."""
    with TestClient(shop(tmp_path_factory.mktemp("contract"))) as client:
        yield client


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> BaseSchema:
    """The description as Schemathesis reads it, from a shop that it starts in an event loop of its own."""
    return schemathesis.openapi.from_asgi("/openapi.json", shop(tmp_path_factory.mktemp("described")))


def test_these_operations_and_no_others_are_described(client: TestClient) -> None:
    """Each with a summary, a description, and what a stranger is told."""
    paths = client.get("/openapi.json").json()["paths"]
    found = {
        (method, path): operation
        for path, item in paths.items()
        for method, operation in item.items()
        if operation["tags"] == ["documents"]
    }
    assert set(found) == OPERATIONS
    for operation in found.values():
        assert operation["summary"] and operation["description"]
        assert {"401", "403", "422"} <= set(operation["responses"])


def test_the_examples_of_requests_are_true(client: TestClient) -> None:
    """Each is answered as it stands, for a document that was just uploaded."""
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    uploaded = client.post("/v1/documents?name=a.txt", content=MESSY.encode(), headers=EDITOR).json()
    for act in ("Accept", "Skip"):
        (example,) = schemas[f"{act}Request"]["examples"]
        address = f"/v1/documents/{uploaded['summary']['id']}/{act.lower()}"
        assert client.post(address, json=example, headers=EDITOR).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
def test_the_service_does_what_it_describes(schema: BaseSchema, method: str, path: str) -> None:
    """No request of any kind gets a status, a content type or a body that the description does not have."""
    operation = schema[path][method]
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))

    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @hypothesis.given(case=cases)
    def holds(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(
            headers=EDITOR,
            checks=[
                not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ],
        )

    holds()
