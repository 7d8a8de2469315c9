"""What may be asked, and how what may not is refused."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from tests.service.asking import ADDRESS, REFUND, ask, ids, turns

SECRET = "李雷电话一三八"


def test_only_the_query_is_required(client: TestClient) -> None:
    """Everything else has a default: chat, every kind, three suggestions at most."""
    body = ask(client, REFUND)
    assert ids(body)[0] == "refund.time"
    assert len(body["suggestions"]) <= 3
    assert body["escalation"]["level"] == "none"
    assert body["escalation"]["due_at"] is None


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "empty": (b'{"query": ""}', "query", "has 0 characters, give at least 1"),
    "white space": ('{"query": " \\n　"}'.encode(), "query", "is empty: give 1 to 2000"),
    "too long": (
        json.dumps({"query": SECRET + "退" * 1994}).encode(),
        "query",
        "has 2001 characters, give at most 2000",
    ),
    "a number": (b'{"query": 5}', "query", "must be text"),
    "null": (b'{"query": null}', "query", "must be text"),
    "no query": (b'{"channel": "chat"}', "query", "is required"),
    "a control character": (
        f'{{"query": "{SECRET}\\u0007"}}'.encode(),
        "query",
        "control character U+0007 at position 7",
    ),
    "NUL": (f'{{"query": "{SECRET}\\u0000"}}'.encode(), "query", "control character U+0000 at position 7"),
    "delete": (f'{{"query": "{SECRET}\\u007f"}}'.encode(), "query", "control character U+007F at position 7"),
    "a lone surrogate": (f'{{"query": "{SECRET}\\ud800"}}'.encode(), "query", "lone surrogate"),
    "a surrogate in a slot": (b'{"query": "x", "slots": {"a": "\\udfff"}}', "slots.a", "lone surrogate"),
    "a surrogate as a field": (b'{"query": "x", "\\ud800": 1}', "body", "lone surrogate"),
    "broken JSON": (f'{{"query": "{SECRET}'.encode(), "body", "is not JSON"),
    "not UTF-8": (SECRET.encode("gbk").join((b'{"query": "', b'"}')), "body", "not UTF-8"),
    "an array": (f'["{SECRET}"]'.encode(), "body", "object"),
    "a text": (f'"{SECRET}"'.encode(), "body", "object"),
    "nothing": (b"", "body", "is required"),
    "nested too deep": (b"[" * 100_000, "body", "JSON"),
    "an unknown field": (b'{"query": "x", "colour": "red"}', "colour", "not a field"),
    "an unknown channel": (
        f'{{"query": "x", "channel": "{SECRET}"}}'.encode(),
        "channel",
        "'chat', 'phone' or 'email'",
    ),
    "limit 0": (b'{"query": "x", "limit": 0}', "limit", "greater than or equal to 1"),
    "limit 11": (b'{"query": "x", "limit": 11}', "limit", "less than or equal to 10"),
    "limit as text": (b'{"query": "x", "limit": "3"}', "limit", "integer"),
    "min_confidence 2": (b'{"query": "x", "min_confidence": 2}', "min_confidence", "less than or equal to 1"),
    "min_confidence -1": (b'{"query": "x", "min_confidence": -1}', "min_confidence", "greater than or equal to 0"),
    "min_confidence NaN": (b'{"query": "x", "min_confidence": NaN}', "min_confidence", "less than or equal to 1"),
    "an unknown role": (
        f'{{"query": "x", "history": [{{"role": "{SECRET}", "text": "{SECRET}"}}]}}'.encode(),
        "history.0.role",
        "'customer' or 'agent'",
    ),
    "an empty turn": (b'{"query": "x", "history": [{"role": "agent", "text": " "}]}', "history.0.text", "is empty"),
    "too many turns": (
        json.dumps({"query": "x", "history": turns(*[SECRET] * 51)}).encode(),
        "history",
        "has 51 items, give at most 50",
    ),
    "an unknown kind": (f'{{"query": "x", "kinds": ["{SECRET}"]}}'.encode(), "kinds.0", "'faq' or 'script'"),
    "an unknown language": (f'{{"query": "x", "language": "{SECRET}"}}'.encode(), "language", "'zh' or 'en'"),
    "a slot too long": (
        json.dumps({"query": "x", "slots": {"name": SECRET * 72}}).encode(),
        "slots.name",
        "has 504 characters, give at most 500",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_that_cannot_be_used_is_refused_by_name(client: TestClient, case: str) -> None:
    """A problem names the field and its limit, and never says back what somebody wrote."""
    content, field, words = REFUSED[case]
    response = client.post(ADDRESS, content=content, headers={"Content-Type": "application/json"})
    problem = response.json()
    assert response.status_code == problem["status"] == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [item["field"] for item in problem["errors"]] == [field]
    assert words in problem["errors"][0]["message"]
    assert f"{field}: {problem['errors'][0]['message']}" == problem["detail"]
    assert SECRET not in response.text
    assert "退退" not in response.text


def test_every_wrong_field_is_named_at_once(client: TestClient) -> None:
    """Whoever mends a request mends it once."""
    problem = client.post(ADDRESS, json={"query": "", "limit": 0, "channel": "fax"}).json()
    assert {item["field"] for item in problem["errors"]} == {"query", "limit", "channel"}


def test_the_limits_themselves_are_allowed(client: TestClient) -> None:
    """2000 characters, 50 turns, limit 10, both ends of min_confidence, line breaks and tabs."""
    for body in (
        {"query": "退" * 2000},
        {"query": "x", "history": turns(*["您好"] * 50)},
        {"query": "x", "limit": 10, "min_confidence": 1},
        {"query": "x", "limit": 1, "min_confidence": 0},
        {"query": "退款\n几天\t能到\r\n"},
    ):
        assert client.post(ADDRESS, json=body).status_code == 200


def test_a_form_is_no_json(client: TestClient) -> None:
    """What another content type carries is not taken for JSON."""
    response = client.post(ADDRESS, content=SECRET.encode(), headers={"Content-Type": "text/plain"})
    assert response.status_code == 422
    assert SECRET not in response.text
