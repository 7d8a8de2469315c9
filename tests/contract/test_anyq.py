"""Baidu AnyQ's HTTP interface, as its clients use it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.settings import Adapters, Settings
from tests.contract.approved import reply
from tests.service.asking import NOTHING, REFUND
from tests.service.shop import serving

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def rows(response: Any) -> list[dict[str, Any]]:
    """The bare list of an answer, which must be a 200."""
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()
    return found


def test_a_row_has_anyqs_fields(desk: TestClient) -> None:
    """A bare array; the reply byte for byte; json_info is JSON in a string."""
    (row,) = rows(desk.get("/anyq", params={"question": REFUND}))
    assert list(row) == ["question", "answer", "confidence", "qa_id", "json_info"]
    assert (row["question"], row["qa_id"], row["confidence"]) == (REFUND, "refund.time", 1.0)
    assert row["answer"] == reply(desk, "refund.time")
    info = json.loads(row["json_info"])
    assert (info["decision"], info["category"], info["missing_slots"]) == ("answer", "refund", [])


@pytest.mark.parametrize("headers", [{"Content-Type": "application/json"}, FORM, {}], ids=["json", "curl -d", "none"])
def test_a_body_is_read_whatever_it_is_called(desk: TestClient, headers: dict[str, str]) -> None:
    """`curl -d` calls JSON a form; other keys are taken and not looked at."""
    body = json.dumps({"question": REFUND, "user": "a-7", "n": 1}, ensure_ascii=False).encode()
    (row,) = rows(desk.post("/anyq", content=body, headers=headers))
    assert row["qa_id"] == "refund.time"


@pytest.mark.parametrize("question", [NOTHING, "", " "])
def test_nothing_sure_enough_is_an_empty_list(desk: TestClient, question: str) -> None:
    """AnyQ itself answered anything with something, and its clients take the first row."""
    assert rows(desk.get("/anyq", params={"question": question})) == []
    assert rows(desk.post("/anyq", json={"question": question})) == []


@pytest.mark.parametrize("content", [b"", b"nope", b"[]", b'{"q": "x"}', b'{"question": 1}', b"\xff"])
def test_a_failure_has_a_body(desk: TestClient, content: bytes) -> None:
    """AnyQ left it out."""
    response = desk.post("/anyq", content=content)
    assert response.status_code == 422
    assert response.json()["code"] == -1
    assert response.json()["msg"]


def test_a_question_that_is_missing_is_said(desk: TestClient) -> None:
    """In the address too."""
    response = desk.get("/anyq")
    assert (response.status_code, response.json()["code"]) == (422, -1)
    assert "question" in response.json()["msg"]


def test_a_key_is_asked_for_where_one_is_set(shop: Path) -> None:
    """As bearer or ?token=."""
    with serving(Settings(home=shop, adapters=Adapters(key="secret"))) as client:
        assert client.get("/anyq", params={"question": REFUND}).status_code == 401
        assert rows(client.get("/anyq", params={"question": REFUND, "token": "secret"}))
        assert rows(client.post("/anyq", json={"question": REFUND}, headers={"Authorization": "Bearer secret"}))


def test_without_an_index_it_says_so(tmp_path: Path) -> None:
    """503 in AnyQ's words."""
    with serving(Settings(home=tmp_path)) as client:
        response = client.get("/anyq", params={"question": REFUND})
    assert (response.status_code, response.json()["code"]) == (503, -1)
