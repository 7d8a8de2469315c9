"""/v1/insights over the query log: worked out by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.knowledge.store.test_queries import query
from tests.service.people import AGENT, EDITOR
from tests.service.shop import FRIDAY, REFUND, SHIP, state_of
from tests.service.usage import used

ADDRESS = "/v1/insights"
SPAN = {"from": "2026-11-19", "to": "2026-11-20"}


@pytest.fixture(scope="module")
def client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The shop with a log, its requests a supervisor's. Nobody may write here."""
    with used(home, tmp_path_factory.mktemp("traffic")) as client:
        client.headers |= EDITOR
        yield client


def read(client: TestClient, path: str, **asked: str) -> dict[str, Any]:
    """A body, which must be a 200."""
    response = client.get(f"{ADDRESS}/{path}", params=SPAN | asked)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_traffic_is_counted_by_day_channel_product_and_entry(client: TestClient) -> None:
    """Both days, the channels, the products, the entries that answered, and latency."""
    body = read(client, "traffic")
    assert (body["from"], body["to"], body["total"]) == ("2026-11-19", "2026-11-20", 8)
    thursday, friday = body["days"]
    assert (thursday["answer"], thursday["p50"], thursday["p95"]) == (1, 20.0, 20.0)
    assert (friday["answer"], friday["clarify"], friday["abstain"]) == (1, 1, 5)
    assert [(row["name"], row["answer"]) for row in body["channels"]] == [("chat", 1), ("phone", 1)]
    assert body["products"] == [{"name": "A3", "answer": 1, "clarify": 0, "abstain": 0}]
    assert [(row["entry_id"], row["title"]) for row in body["entries"]] == [
        (REFUND.id, REFUND.title),
        (SHIP.id, SHIP.title),
    ]
    assert (body["p50"], body["p95"]) == (6.5, 20.0)


def test_channel_and_product_narrow(client: TestClient) -> None:
    """Traffic and outcomes alike."""
    assert read(client, "traffic", channel="phone")["total"] == 1
    assert read(client, "traffic", product="A3")["total"] == 1
    phone = read(client, "outcomes", channel="phone")["days"]
    assert [(day["used"], day["edited"]) for day in phone] == [(1, 0), (0, 0)]


def test_outcomes_and_escalations(client: TestClient) -> None:
    """By day; by level and target, with the target's name and whether the deadline was kept."""
    days = read(client, "outcomes")["days"]
    assert [(day["day"], day["used"], day["edited"]) for day in days] == [("2026-11-19", 1, 0), ("2026-11-20", 1, 1)]
    assert read(client, "escalations")["escalations"] == [
        {"level": "required", "target": "logistics", "target_label": "物流专员", "count": 1, "kept": 1, "missed": 0}
    ]


def test_one_entrys_days(client: TestClient) -> None:
    """Every day of the span; one that nobody knows has nought."""
    body = read(client, f"entries/{REFUND.id}")
    assert (body["title"], [day["first"] for day in body["days"]]) == (REFUND.title, [0, 1])
    assert [(day["shown"], day["edited"]) for day in body["days"]] == [(0, 0), (1, 1)]
    unknown = read(client, "entries/no.such")
    assert (unknown["title"], unknown["days"][1]["shown"]) == (None, 0)


def test_the_share_without_an_entry_waits_for_enough_queries(client: TestClient) -> None:
    """Below a hundred of this index it is not said; the policy's assumption is."""
    body = read(client, "scope")
    assert (body["queries"], body["estimated"], body["assumed"]) == (0, None, 0.2)


def test_the_share_without_an_entry_is_read_off_the_log(home: Path, tmp_path: Path) -> None:
    """Of 150 queries two in three were as good as certainly none of ours."""
    with used(home, tmp_path) as client:
        client.headers |= EDITOR
        version = state_of(client).live.version
        known = [
            query(n, f"问 {n}", inside=0.999 if n % 3 else 0.001, index_version=version, at=FRIDAY)
            for n in range(100, 250)
        ]
        state_of(client).storage.call(lambda store: store.queries.add(known))
        body = read(client, "scope")
    assert body["queries"] == 150
    assert body["estimated"] == pytest.approx(1 / 3, abs=0.02)


@pytest.mark.parametrize(
    ("name", "first", "rows"),
    [
        ("traffic", {"day": "2026-11-19", "queries": "1", "answered": "1"}, 2),
        ("channels", {"channel": "chat", "queries": "7"}, 2),
        ("products", {"product": "A3", "queries": "1"}, 1),
        ("outcomes", {"day": "2026-11-19", "used": "1"}, 2),
        ("escalations", {"level": "required", "target": "logistics", "kept": "1"}, 1),
        ("entries", {"entry_id": REFUND.id, "title": REFUND.title, "first": "1", "edited": "1"}, 2),
        (f"entries/{REFUND.id}", {"day": "2026-11-19", "first": "0"}, 2),
    ],
)
def test_every_table_can_be_had_as_csv(client: TestClient, name: str, first: dict[str, str], rows: int) -> None:
    """With a header, a name to save under, and the same figures."""
    response = client.get(f"{ADDRESS}/{name}.csv", params=SPAN)
    assert response.status_code == 200
    assert "attachment" in response.headers["content-disposition"]
    read = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert first.items() <= read[0].items()
    assert len(read) == rows


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2025-01-01", "to": "2026-11-20"}, "from"),
        ({"from": "2026-11-21", "to": "2026-11-20"}, "from"),
        ({"channel": "fax"}, "channel"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_asked_is_refused(client: TestClient, asked: dict[str, str], field: str) -> None:
    """By name, a span of more than a year too."""
    response = client.get(f"{ADDRESS}/traffic", params=asked)
    assert response.status_code == 422
    assert [item["field"] for item in response.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "path", ["traffic", "outcomes", "escalations", "scope", "entries/a.b", "entries/a.b.csv", "traffic.csv"]
)
def test_only_who_may_see_insights_does(client: TestClient, path: str) -> None:
    """An agent may not, a stranger is asked to sign in."""
    assert client.get(f"{ADDRESS}/{path}", headers=AGENT).status_code == 403
    assert client.get(f"{ADDRESS}/{path}", headers={"X-Person": ""}).status_code == 401
