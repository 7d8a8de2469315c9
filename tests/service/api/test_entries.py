"""GET /v1/entries and GET /v1/entries/{entry_id}."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.api import entries
from service.api.entries import EntryDetail, EntrySummary
from service.settings import Settings
from tests.service.shop import ENTRIES, FRIDAY, REFUND, SHANGHAI, publish, serving, state_of
from tests.service.threads import watched

ADDRESS = "/v1/entries"
ALL = sorted(entry.id for entry in ENTRIES if entry.valid_on(FRIDAY.date()))


def listed(client: TestClient, **asked: Any) -> dict[str, Any]:
    """A page of entries, which must be a 200."""
    response = client.get(ADDRESS, params=asked)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def ids(body: dict[str, Any]) -> list[str]:
    """The listed entries in their order."""
    return [item["entry_id"] for item in body["entries"]]


def test_without_a_query_all_are_listed_by_id(client: TestClient) -> None:
    """Every live entry that is valid today, with what a list needs to show."""
    body = listed(client)
    assert ids(body) == ALL
    assert (body["total"], body["index_version"]) == (7, state_of(client).live.version)
    refund = body["entries"][ALL.index("refund.time")]
    assert set(refund) == set(EntrySummary.model_fields)
    assert refund == {
        "entry_id": "refund.time",
        "version": 1,
        "kind": "faq",
        "category": "refund",
        "title": "退款多久到账",
        "products": [],
        "audience": "customer",
        "stage": "after-sale",
        "tags": ["钱"],
        "variants": 26,
        "escalation": "none",
        "confidence": None,
    }


def test_a_query_ranks_them(client: TestClient) -> None:
    """The best first with its confidence; an exact phrasing is certain and leaves nothing to the others."""
    body = listed(client, query="退款几天能到")
    assert ids(body)[0] == "refund.time"
    assert [item["confidence"] for item in body["entries"]] == [1.0] + [0.0] * (body["total"] - 1)
    assert body["total"] == 7


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"category": "product"}, ["product.a3.filter", "product.r5.brush"]),
        ({"category": "prod"}, []),
        ({"kind": "script"}, ["emotion.calm"]),
        ({"product": "A3"}, ["product.a3.filter"]),
        ({"audience": "supplier"}, ["supplier.settle"]),
        ({"stage": "after-sale"}, ["refund.time"]),
        ({"category": "product", "product": "R5", "kind": "faq"}, ["product.r5.brush"]),
        ({"category": "product", "query": "退款"}, ["product.a3.filter", "product.r5.brush"]),
    ],
)
def test_filters_narrow_the_list(client: TestClient, asked: dict[str, str], found: list[str]) -> None:
    """Each alone, several together, and beside a query."""
    body = listed(client, **asked)
    assert sorted(ids(body)) == found
    assert body["total"] == len(found)


@pytest.mark.parametrize("query", [None, "退款"])
def test_pages_make_up_the_whole(client: TestClient, query: str | None) -> None:
    """Pages of three, put together, are the list; beyond its end there is nothing."""
    asked = {} if query is None else {"query": query}
    pages = [listed(client, limit=3, offset=offset, **asked) for offset in (0, 3, 6, 9)]
    assert [len(page["entries"]) for page in pages] == [3, 3, 1, 0]
    assert [name for page in pages for name in ids(page)] == ids(listed(client, **asked))
    assert {page["total"] for page in pages} == {7}


@pytest.mark.parametrize("asked", [{}, {"query": "退款"}])
def test_the_event_loop_lists_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]
) -> None:
    """Ten thousand entries are looked through while others are answered."""
    looked = watched(monkeypatch, entries, "_fits")
    assert listed(client, **asked)["total"] == 7
    assert len(looked) == len(ENTRIES) and not any(looked)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"kind": "李雷"}, "kind"),
        ({"query": ""}, "query"),
        ({"query": " "}, "query"),
        ({"query": "李雷\0"}, "query"),
        ({"query": "李雷" + "退" * 1999}, "query"),
        ({"colour": "李雷"}, "colour"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(client: TestClient, asked: dict[str, str], field: str) -> None:
    """As with suggestions: a problem that names the field and says nothing back."""
    response = client.get(ADDRESS, params=asked)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [item["field"] for item in response.json()["errors"]] == [field]
    assert "李雷" not in response.text


def test_one_entry_is_read_as_it_was_approved(client: TestClient) -> None:
    """All of it, its facts put in, with who approved it and when."""
    body = client.get(f"{ADDRESS}/refund.time").json()
    assert set(body) == set(EntryDetail.model_fields)
    assert (body["version"], body["approved_by"], body["approved_at"]) == (1, "王敏", "2026-11-19T09:30:00+08:00")
    assert body["valid_today"] is True
    assert body["entry"]["variants"] == list(REFUND.variants)
    assert body["entry"]["replies"][0]["text"] == "您好，退款3 天内原路退回。"


def test_an_entry_that_is_not_there_is_a_problem(client: TestClient) -> None:
    """404 names it, cut where it is very long, and the list of those that are."""
    for name, shown in (("refund.when", "'refund.when'"), ("x" * 500, "'" + "x" * 120 + "'"), ("a b%0A", "'a b\\n'")):
        response = client.get(f"{ADDRESS}/{name}")
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"
        assert shown in response.json()["detail"]
        assert "GET /v1/entries" in response.json()["detail"]


def test_an_unchanged_entry_is_not_sent_again(client: TestClient, tmp_path: Path) -> None:
    """Its tag, alone, weak or among others, gives 304 without a body; another index has another tag."""
    address = f"{ADDRESS}/refund.time"
    tag = client.get(address).headers["etag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(address, headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    publish(tmp_path, version=2)
    with serving(Settings(home=tmp_path)) as other:
        changed = other.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


@pytest.mark.parametrize(
    ("moment", "valid"),
    [
        (FRIDAY, False),
        (datetime(2026, 8, 31, 23, 59, tzinfo=SHANGHAI), True),
        (datetime(2026, 8, 31, 16, 30, tzinfo=UTC), False),
    ],
)
def test_whether_it_is_valid_goes_by_the_desks_day(home: Path, moment: datetime, valid: bool) -> None:
    """The injected clock in the desk's time zone decides: outside its validity an entry is neither read nor found."""
    with serving(Settings(home=home), moment) as client:
        response = client.get(f"{ADDRESS}/promo.summer")
        listed = [item["entry_id"] for item in client.get(ADDRESS).json()["entries"]]
        found = [item["entry_id"] for item in client.get(f"{ADDRESS}?query=夏季满减怎么参加").json()["entries"]]
    assert response.status_code == (200 if valid else 404)
    assert valid or "is valid from 2026-06-01 to 2026-08-31, not on 2026-" in response.json()["detail"]
    assert ("promo.summer" in listed) is ("promo.summer" in found) is valid


def test_without_an_index_there_is_a_next_step(tmp_path: Path) -> None:
    """503 with the command, for the list and for one entry."""
    with serving(Settings(home=tmp_path)) as client:
        for address in (ADDRESS, f"{ADDRESS}/refund.time", f"{ADDRESS}?query=x"):
            response = client.get(address)
            assert response.status_code == 503
            assert "`huashu build`" in response.json()["detail"]
