"""Dify's External Knowledge API: request shapes as Dify sends them, and every trap its users met."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.settings import Adapters, Settings
from tests.contract.approved import replies, reply
from tests.service.asking import BOTH, NOTHING, REFUND
from tests.service.shop import EN, serving

BEARER = {"Authorization": "Bearer a-key"}


def body(query: str, top_k: int | None = 3, threshold: float | None = 0.0, **more: Any) -> dict[str, Any]:
    """A request as Dify sends it."""
    setting = {"top_k": top_k, "score_threshold": threshold}
    return {"knowledge_id": "huashu", "query": query, "retrieval_setting": setting} | more


def records(client: TestClient, asked: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """The records of an answer, which must be a 200."""
    response = client.post("/retrieval", json=asked, headers=BEARER, **more)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["records"]
    return found


def where(*conditions: dict[str, Any], operator: str | None = "and") -> dict[str, Any]:
    """A metadata condition."""
    return {"metadata_condition": {"logical_operator": operator, "conditions": list(conditions)}}


def condition(name: Any, operator: str, value: Any = None) -> dict[str, Any]:
    """One condition; without a value the field is left out, as the documents allow."""
    return {"name": name, "comparison_operator": operator} | ({} if value is None else {"value": value})


def entries(client: TestClient, asked: dict[str, Any]) -> list[str]:
    """The ids of the entries found."""
    return [record["metadata"]["entry_id"] for record in records(client, asked)]


def test_a_record_is_the_approved_reply_byte_for_byte(desk: TestClient) -> None:
    """Content, a score from 0 to 1, a title, and metadata that is an object without nulls."""
    (record,) = records(desk, body(REFUND))
    assert record["content"] == reply(desk, "refund.time")
    assert (record["title"], record["score"]) == ("退款多久到账", 1.0)
    assert record["metadata"]["tags"] == ["钱"]
    assert None not in record["metadata"].values()


def test_a_slot_stays_open_and_is_named(desk: TestClient) -> None:
    """Nothing is put in for what nobody said."""
    (record,) = records(desk, body("包裹卡在半路"))
    assert record["content"] == reply(desk, "ship.no-update", "chat")
    assert record["metadata"]["missing_slots"] == ["customer_name", "order_no"]


@pytest.mark.parametrize("query", [NOTHING, "", "   ", "\u0000"])
def test_nothing_found_is_an_empty_list(desk: TestClient, query: str) -> None:
    """200, as Dify shows its user anything else."""
    assert records(desk, body(query)) == []


def test_every_record_has_a_title_and_metadata(desk: TestClient) -> None:
    """Older documents require the title; metadata that is null breaks Dify's own pipeline."""
    found = records(desk, body(BOTH))
    assert len(found) == 2
    assert all(record["title"] and isinstance(record["metadata"], dict) for record in found)


def test_the_threshold_of_the_request_holds(desk: TestClient) -> None:
    """Also where it is above what is found."""
    best = max(record["score"] for record in records(desk, body(BOTH)))
    assert all(record["score"] >= 0.9 for record in records(desk, body(BOTH, threshold=0.9)))
    assert best in [record["score"] for record in records(desk, body(BOTH, threshold=best))]
    assert records(desk, body(BOTH, threshold=best + 0.0001)) == []


@pytest.mark.parametrize("threshold", [0.0, None, -1])
def test_a_threshold_of_nothing_does_not_lower_the_servers_own(
    desk: TestClient, shop: Path, threshold: float | None
) -> None:
    """Dify has sent top_k 4 and threshold 0.0 whatever was set up: the knowledge id's own minimum still holds."""
    settings = Adapters(knowledge=(("huashu", 0.95), ("loose", 0.0)))
    with serving(Settings(home=shop, adapters=settings)) as client:
        strict = records(client, body(BOTH, 4, threshold))
        loose = records(client, body(BOTH, 4, threshold) | {"knowledge_id": "loose"})
    assert strict == []
    assert len(loose) == 4
    assert 0 < len(records(desk, body(BOTH, 4, threshold))) < 4


def test_a_threshold_out_of_range_is_no_error(desk: TestClient) -> None:
    """Above 1 only what is certain is left."""
    assert entries(desk, body(REFUND, threshold=7)) == ["refund.time"]


@pytest.mark.parametrize(("top_k", "count"), [(1, 1), (2, 2), (1024, 2), (None, 2), (0, 0), (-3, 0)])
def test_top_k_is_clamped(desk: TestClient, top_k: int | None, count: int) -> None:
    """Any number is understood."""
    assert len(records(desk, body(BOTH, top_k))) == count


def test_a_query_that_is_too_long_is_cut(desk: TestClient) -> None:
    """An LLM's rewritten query knows no limit of ours."""
    assert isinstance(records(desk, body(REFUND * 1000)), list)


CONDITIONS = [
    (condition("product", "contains", "a"), ["product.a3.filter"]),
    (condition("product", "not contains", "a3"), ["product.r5.brush"]),
    (condition("product", "start with", "A"), ["product.a3.filter"]),
    (condition("product", "end with", "5"), ["product.r5.brush"]),
    (condition("product", "is", "A3"), ["product.a3.filter"]),
    (condition("products", "is not", "A3"), ["product.r5.brush"]),
    (condition("product", "in", ["A3", "R5"]), ["product.a3.filter", "product.r5.brush"]),
    (condition("product", "in", "R5, X9"), ["product.r5.brush"]),
    (condition("product", "not in", ["R5"]), ["product.a3.filter"]),
    (condition("stage", "empty"), ["product.a3.filter", "product.r5.brush"]),
    (condition("product", "not empty"), ["product.a3.filter", "product.r5.brush"]),
    (condition("stage", "not empty"), []),
    (condition("version", "=", 1), ["product.a3.filter", "product.r5.brush"]),
    (condition("version", "≠", 1), []),
    (condition("version", ">", 0), ["product.a3.filter", "product.r5.brush"]),
    (condition("version", "<", "1"), []),
    (condition("version", "≥", 1), ["product.a3.filter", "product.r5.brush"]),
    (condition("version", "≤", 0), []),
    (condition("approved_at", "before", "2026-11-20"), ["product.a3.filter", "product.r5.brush"]),
    (condition("approved_at", "after", "2026-11-20"), []),
    (condition("category", "is", "product"), ["product.a3.filter", "product.r5.brush"]),
    (condition("kind", "is", "script"), []),
    (condition("audience", "is", "supplier"), []),
    (condition("colour", "is", "red"), []),
    (condition("colour", "empty"), ["product.a3.filter", "product.r5.brush"]),
    (condition(["product"], "is", "A3"), ["product.a3.filter"]),
    (condition(["stage", "product"], "is", "R5"), ["product.r5.brush"]),
]


@pytest.mark.parametrize(("one", "kept"), CONDITIONS, ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_every_operator_narrows_what_is_looked_at(shop: Path, one: dict[str, Any], kept: list[str]) -> None:
    """Before it is ranked; the name may be a field or a list of fields, and a field nobody knows is empty."""
    with serving(Settings(home=shop, adapters=Adapters(knowledge=(("huashu", 0.0),)))) as client:
        found = entries(client, body(BOTH, 10, **where(one)))
    assert [entry for entry in sorted(found) if entry.startswith("product.")] == kept


def test_conditions_are_joined(desk: TestClient) -> None:
    """By and, which is the default, or by or."""
    both = (condition("product", "is", "A3"), condition("product", "is", "R5"))
    assert entries(desk, body(BOTH, **where(*both, operator=None))) == []
    assert entries(desk, body(BOTH, **where(*both))) == []
    assert len(entries(desk, body(BOTH, **where(*both, operator="or")))) == 2
    assert len(entries(desk, body(BOTH, metadata_condition=None))) == 2
    assert len(entries(desk, body(BOTH, metadata_condition={"conditions": None}))) == 2


def test_a_filter_reaches_below_the_first_few(shop: Path) -> None:
    """What fits the filter is found however much else ranks before it."""
    with serving(Settings(home=shop, adapters=Adapters(knowledge=(("huashu", 0.0),)))) as client:
        only = where(condition("category", "is", "supplier"))
        assert entries(client, body(REFUND, 1, **only)) == ["supplier.settle"]


def test_a_condition_on_channel_or_language_chooses_the_reply(desk: TestClient) -> None:
    """A reply for any channel is one for each."""
    (phone,) = records(desk, body(REFUND, **where(condition("channel", "is", "phone"))))
    assert phone["content"] == reply(desk, "refund.time", "phone")
    (email,) = records(desk, body(REFUND, **where(condition("channel", "is", "email"))))
    assert email["content"] == reply(desk, "refund.time")
    (english,) = records(desk, body(REFUND, **where(condition("language", "is", "en"))))
    assert english["content"] == reply(desk, "refund.time", "any", "en") != EN
    assert "ship.no-update" not in entries(desk, body("包裹卡在半路", **where(condition("channel", "is", "phone"))))


@pytest.mark.parametrize("header", ["", "Basic abc", "a-key", "Bearer", "Bearer "])
def test_a_malformed_authorization_is_1001(desk: TestClient, header: str) -> None:
    """Whether or not a key is set."""
    response = desk.post("/retrieval", json=body(REFUND), headers={"Authorization": header})
    assert (response.status_code, response.json()["error_code"]) == (403, 1001)
    assert set(response.json()) == {"error_code", "error_msg"}


def test_a_wrong_key_is_1002(shop: Path) -> None:
    """With a key set only that key is let in, and a missing header is 1001."""
    with serving(Settings(home=shop, adapters=Adapters(key="secret"))) as client:
        wrong = client.post("/retrieval", json=body(REFUND), headers=BEARER)
        none = client.post("/retrieval", json=body(REFUND))
        right = client.post("/retrieval", json=body(REFUND), headers={"Authorization": "bearer secret"})
    assert (wrong.status_code, wrong.json()["error_code"]) == (403, 1002)
    assert (none.status_code, none.json()["error_code"]) == (403, 1001)
    assert right.status_code == 200
    assert "secret" not in wrong.text


def test_a_knowledge_that_does_not_exist_is_2001(desk: TestClient) -> None:
    """404 names those that do."""
    response = desk.post("/retrieval", json=body(REFUND) | {"knowledge_id": "AAA-BBB-CCC"}, headers=BEARER)
    assert (response.status_code, response.json()["error_code"]) == (404, 2001)
    assert "huashu" in response.json()["error_msg"]


@pytest.mark.parametrize(
    "asked", [{}, {"knowledge_id": "huashu"}, body(REFUND, **where(condition("a", "near", "b"))), ["x"]]
)
def test_a_malformed_request_is_in_difys_words(desk: TestClient, asked: Any) -> None:
    """The code is the status where Dify has none."""
    response = desk.post("/retrieval", json=asked, headers=BEARER)
    assert (response.status_code, response.json()["error_code"]) == (422, 422)
    assert response.json()["error_msg"]


def test_without_an_index_it_is_said_in_difys_words(tmp_path: Path) -> None:
    """503 with the command that makes one."""
    with serving(Settings(home=tmp_path)) as client:
        response = client.post("/retrieval", json=body(REFUND), headers=BEARER)
    assert (response.status_code, response.json()["error_code"]) == (503, 503)
    assert "huashu build" in response.json()["error_msg"]


def test_it_says_what_the_api_says(desk: TestClient) -> None:
    """One ranking: the same entries with the same confidence as POST /v1/suggestions."""
    own = desk.post("/v1/suggestions", json={"query": BOTH, "limit": 10}).json()["suggestions"]
    found = records(desk, body(BOTH, 10))
    assert [(item["entry_id"], item["confidence"]) for item in own] == [
        (record["metadata"]["entry_id"], record["score"]) for record in found
    ]
    assert all(record["content"] in replies(desk, record["metadata"]["entry_id"]) for record in found)
