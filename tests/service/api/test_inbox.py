"""/v1/inbox: themes, what editors make of them, repairs, and who may."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from knowledge.store import inbox
from knowledge.store.queries import key_of
from service.api.triage import InboxOut
from service.inbox import StillGrouping
from tests.service.people import AGENT, EDITOR
from tests.service.shop import REFUND, SHIP, state_of
from tests.service.together import failing_at
from tests.service.usage import ENGRAVING, SCHOOL, used

ADDRESS = "/v1/inbox"


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The shop with a log, its requests an editor's."""
    with used(home, tmp_path) as client:
        client.headers |= EDITOR
        yield client


def themes(client: TestClient) -> list[dict[str, Any]]:
    """Every theme, which must be a 200."""
    response = client.get(ADDRESS)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["themes"]
    return found


def keys(*texts: str) -> list[str]:
    """The queries' keys."""
    return [key_of(text) for text in texts]


def test_the_inbox_lists_themes_with_their_queries(client: TestClient) -> None:
    """Counts of both, each query with what it came to, the edited reply with its entry."""
    body = client.get(ADDRESS).json()
    assert set(body) == set(InboxOut.model_fields)
    assert (body["queries"], body["total"]) == (7, len(body["themes"]))
    engraving = body["themes"][0]
    assert {one["text"] for one in engraving["queries"]} == set(ENGRAVING)
    assert (engraving["count"], engraving["decisions"], engraving["proposal"]) == (3, {"abstain": 3}, None)
    edited = next(theme for theme in body["themes"] if theme["representative"] == "退款呢")
    assert edited["queries"][0]["edits"] == [{"entry_id": REFUND.id, "text": "您好，退款已提交。"}]
    assert client.get(f"{ADDRESS}/themes/{engraving['id']}").json() == engraving


def test_pages_of_the_inbox_follow_one_another(client: TestClient) -> None:
    """Each theme on one page."""
    pages = [client.get(ADDRESS, params={"limit": 1, "offset": n}).json() for n in range(3)]
    assert [page["themes"][0]["id"] for page in pages] == [theme["id"] for theme in themes(client)[:3]]


def test_accepting_is_a_draft_by_whoever_accepts(client: TestClient) -> None:
    """The queries leave the inbox; the second time they are no longer there."""
    response = client.post(f"{ADDRESS}/accept", json={"queries": keys(*ENGRAVING), "entry_id": REFUND.id})
    assert (response.status_code, response.json()) == (201, {"entry_id": REFUND.id, "version": 2, "added": 3})
    record = state_of(client).storage.call(lambda store: store.version(REFUND.id, 2))
    assert (record.state, record.author) == ("draft", "li")
    assert "能刻字吗" not in [theme["representative"] for theme in themes(client)]
    again = client.post(f"{ADDRESS}/accept", json={"queries": keys(*ENGRAVING), "entry_id": REFUND.id})
    assert again.status_code == 409
    assert "no longer in the inbox" in again.json()["detail"]


def test_a_new_entry_is_a_draft_too(client: TestClient) -> None:
    """With its reply; an id that exists is a conflict, one that is none is refused by name."""
    new = {"id": "gift.engraving", "title": "能刻字吗", "reply": "您好，目前不提供刻字服务。"}
    accepted = client.post(f"{ADDRESS}/accept", json={"queries": keys(*ENGRAVING), "new": new})
    assert accepted.json() == {"entry_id": "gift.engraving", "version": 1, "added": 2}
    for wrong, status in ((new | {"id": REFUND.id}, 409), (new | {"id": "含空格 的"}, 422)):
        response = client.post(f"{ADDRESS}/accept", json={"queries": keys(*SCHOOL), "new": wrong})
        assert response.status_code == status, response.text


def test_an_acceptance_that_failed_can_be_tried_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 where the queries cannot be marked: there is no draft then, and they are still in the inbox."""
    before, body = themes(client), {"queries": keys(*ENGRAVING), "entry_id": REFUND.id}
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "mark", failing_at(inbox.mark, 1))
        assert client.post(f"{ADDRESS}/accept", json=body).status_code == 503
    assert themes(client) == before
    again = client.post(f"{ADDRESS}/accept", json=body)
    assert (again.status_code, again.json()) == (201, {"entry_id": REFUND.id, "version": 2, "added": 3})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"entry_id": "no.such"}, 404),
        ({}, 422),
        ({"entry_id": REFUND.id, "new": {"id": "a.b", "title": "x", "reply": "y"}}, 422),
        ({"entry_id": REFUND.id, "queries": []}, 422),
        ({"entry_id": REFUND.id, "queries": ["能刻字吗"]}, 422),
    ],
)
def test_what_cannot_be_accepted_is_refused(client: TestClient, body: dict[str, Any], status: int) -> None:
    """And nothing leaves the inbox."""
    before = themes(client)
    response = client.post(f"{ADDRESS}/accept", json={"queries": keys(*SCHOOL)} | body)
    assert response.status_code == status
    assert themes(client) == before


def test_what_is_dismissed_can_be_put_back(client: TestClient) -> None:
    """Gone, and there again."""
    before = themes(client)
    assert client.post(f"{ADDRESS}/dismiss", json={"queries": keys(*SCHOOL)}).json() == {"queries": 2}
    assert len(themes(client)) == len(before) - 1
    assert client.post(f"{ADDRESS}/restore", json={"queries": keys(*SCHOOL)}).json() == {"queries": 2}
    assert themes(client) == before


def test_a_theme_that_is_gone_is_not_found(client: TestClient) -> None:
    """With what to do."""
    response = client.get(f"{ADDRESS}/themes/000000000000")
    assert response.status_code == 404
    assert "read GET /v1/inbox again" in response.json()["detail"]


def test_while_many_are_new_the_inbox_says_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with a time to come back, not a request that hangs."""

    def themes(items: object) -> None:
        raise StillGrouping("9 of 9 queries are still being read: try again in a minute")

    monkeypatch.setattr(state_of(client).inbox, "themes", themes)
    response = client.get(ADDRESS)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_the_table_runs_no_formula(client: TestClient) -> None:
    """One line a query with its theme."""
    response = client.get(f"{ADDRESS}.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 7
    assert {row["query"] for row in rows} >= {"'=SUM(A1)", *ENGRAVING}
    assert next(row for row in rows if row["query"] == "退款呢")["edited"] == "1"


def test_repairs_are_listed_and_made(client: TestClient) -> None:
    """Moved, removed or left alone; each leaves the list, and drafts name both entries."""
    contents = state_of(client).live.retriever.contents
    suspect = {"entry_id": SHIP.id, "nearer_to": REFUND.id, "score": 0.9, "own_score": 0.2}
    contents.report["suspicious"] = [suspect | {"variant": variant} for variant in SHIP.variants[:3]]
    state_of(client).repairs._found = ("", ())
    listed = client.get(f"{ADDRESS}/repairs").json()["repairs"]
    mine = [one["variant"] for one in listed if one["kind"] == "suspicious"]
    assert mine == list(SHIP.variants[:3])
    move, remove, keep = ({"entry_id": SHIP.id, "variant": variant} for variant in mine)
    moved = client.post(f"{ADDRESS}/repairs", json=move | {"act": "move", "to": REFUND.id})
    assert [draft["entry_id"] for draft in moved.json()["drafts"]] == [REFUND.id, SHIP.id]
    assert client.post(f"{ADDRESS}/repairs", json=remove | {"act": "remove"}).json()["drafts"][0]["version"] == 3
    assert client.post(f"{ADDRESS}/repairs", json=keep | {"act": "dismiss"}).json() == {"drafts": []}
    left = client.get(f"{ADDRESS}/repairs").json()["repairs"]
    assert not [one for one in left if one["kind"] == "suspicious"]
    assert client.post(f"{ADDRESS}/repairs", json=keep | {"act": "move"}).status_code == 422
    assert client.post(f"{ADDRESS}/repairs", json=keep | {"act": "dismiss"}).status_code == 409


@pytest.mark.parametrize("where", [{"entry_id": "no.such"}, {"variant": "没有这句"}])
def test_a_variant_that_nothing_doubts_is_not_found(client: TestClient, where: dict[str, str]) -> None:
    """404, and no decision is kept."""
    body = {"entry_id": SHIP.id, "variant": SHIP.variants[0], "act": "dismiss"} | where
    response = client.post(f"{ADDRESS}/repairs", json=body)
    assert response.status_code == 404
    assert "read GET /v1/inbox/repairs again" in response.json()["detail"]
    assert state_of(client).storage.call(lambda store: store.queries.inbox_marks("variant")) == {}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ADDRESS),
        ("GET", f"{ADDRESS}/themes/x"),
        ("GET", f"{ADDRESS}.csv"),
        ("GET", f"{ADDRESS}/repairs"),
        ("POST", f"{ADDRESS}/accept"),
        ("POST", f"{ADDRESS}/dismiss"),
        ("POST", f"{ADDRESS}/restore"),
        ("POST", f"{ADDRESS}/repairs"),
    ],
)
def test_only_editors_may(client: TestClient, method: str, path: str) -> None:
    """An agent may not, a stranger is asked to sign in; neither needs a body for that."""
    assert client.request(method, path, headers=AGENT, json={}).status_code == 403
    assert client.request(method, path, headers={"X-Person": ""}, json={}).status_code == 401
