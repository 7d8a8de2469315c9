"""The one way from an adapter to the desk."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.adapters.asking import ask, live_entries, name, readable
from service.api.requests import LONGEST_QUERY, SuggestionRequest
from tests.service.asking import BOTH, REFUND


def app_of(client: TestClient) -> FastAPI:
    """The app behind a client."""
    app = client.app
    assert isinstance(app, FastAPI)
    return app


def test_the_response_is_the_desks_own(client: TestClient) -> None:
    """As POST /v1/suggestions gives it, remembered under its id for feedback."""
    app = app_of(client)
    response = asyncio.run(ask(app, SuggestionRequest(query=REFUND), "asked-1"))
    own = client.post("/v1/suggestions", json={"query": REFUND}).json()
    left_out = {"request_id", "took_ms"}
    assert response.model_dump(mode="json", exclude=left_out) == {key: own[key] for key in own if key not in left_out}
    assert app.state.recent.find("asked-1").entries == ("refund.time",)


def test_a_narrowed_response_is_remembered_too(client: TestClient) -> None:
    """Only what is kept is considered."""
    app = app_of(client)
    asked = SuggestionRequest(query=BOTH, min_confidence=0)
    response = asyncio.run(ask(app, asked, "asked-2", lambda approved: "A3" in approved.entry.products))
    assert [item.entry_id for item in response.suggestions] == ["product.a3.filter"]
    assert app.state.recent.find("asked-2").entries == ("product.a3.filter",)


def test_an_id_that_is_taken_is_told_in_the_header(client: TestClient) -> None:
    """Some systems have no other place for it."""
    sent = {"X-Request-ID": "asked-3"}
    ids = [client.get("/anyq", params={"question": REFUND}, headers=sent).headers["x-request-id"] for _ in range(2)]
    assert ids[0] == "asked-3" != ids[1]
    assert [app_of(client).state.recent.find(one).query for one in ids] == [REFUND, REFUND]


def test_entries_are_found_by_their_id(client: TestClient) -> None:
    """Those of the live index."""
    assert live_entries(app_of(client))["refund.time"].version == 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("退款\n几天\t能到", "退款\n几天\t能到"),
        ("a\u0000b\u007f", "ab"),
        ("\ud800x", "x"),
        ("", None),
        (" \n ", None),
        ("\u0000", None),
        ("长" * 3000, "长" * LONGEST_QUERY),
        (" " * 3000 + "x", None),
    ],
)
def test_a_text_is_made_readable(text: str, left: str | None) -> None:
    """What the desk would refuse is dropped or cut, and what is left is a query."""
    assert readable(text) == left
    if left is not None:
        SuggestionRequest(query=left)


def test_another_systems_id_is_cut(client: TestClient) -> None:
    """None where there is none."""
    assert name("u" * 300) == "u" * 200
    assert name(None) is name("") is None
