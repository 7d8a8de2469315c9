"""/v1/reviews over the small shop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from knowledge.model import Approval
from service.api.review_bodies import Comment, Decisions, Reason
from tests.service.people import AGENT, APPROVER, EDITOR
from tests.service.shop import FRIDAY, REFUND, SHIP, policy
from tests.service.submitted import MORE, imported, in_store, reviewing, submit

ONE = "/v1/reviews/refund.time/2"
LI = {"X-Person": "li approver"}


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The service; refund.time waits, written by li, and then ship.no-update, written by han."""
    database = tmp_path / "knowledge.db"
    imported(database)
    with reviewing(home, database) as client:
        in_store(client, submit)
        in_store(client, lambda store: submit(store, MORE, "han", "", FRIDAY + timedelta(minutes=1)))
        yield client


def read(client: TestClient, address: str = ONE, who: dict[str, str] = APPROVER) -> dict[str, Any]:
    """A body that must come with 200."""
    answer = client.get(address, headers=who)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_what_waits_is_listed(client: TestClient) -> None:
    """The newest first, with its submission and what it would replace; `total` counts beyond the page."""
    body = read(client, "/v1/reviews?limit=1")
    assert body["total"] == 2
    assert body["reviews"][0]["entry_id"] == SHIP.id
    second = read(client, "/v1/reviews?offset=1")["reviews"][0]
    assert (second["entry_id"], second["version"], second["live_version"]) == (REFUND.id, 2, 1)
    assert (second["author"], second["comment"], second["mine"]) == ("li", "时限改写", False)


@pytest.mark.parametrize(
    ("query", "ids"),
    [("author=li", [REFUND.id]), ("category=ship", [SHIP.id]), ("mine=true", [REFUND.id]), ("author=nobody", [])],
)
def test_the_list_is_filtered(client: TestClient, query: str, ids: list[str]) -> None:
    """By author, category, and what is one's own."""
    assert [one["entry_id"] for one in read(client, f"/v1/reviews?{query}", EDITOR)["reviews"]] == ids


def test_a_version_is_read_with_its_difference_findings_and_history(client: TestClient) -> None:
    """Against the live version, in pieces that make up both texts."""
    body = read(client)
    assert (body["against"], body["state"], body["may_approve"], body["hindrance"]) == (1, "in_review", True, None)
    (difference,) = body["differences"]
    assert (difference["field"], difference["change"]) == ("replies.any.zh", "changed")
    old = "".join(piece["text"] for piece in difference["pieces"] if piece["kind"] != "added")
    assert old == REFUND.replies[0].text
    assert all(finding["severity"] in ("error", "warning") for finding in body["findings"])
    assert [line["act"] for line in body["history"]] == ["import", "save", "submit"]


def test_a_second_person_approves(client: TestClient) -> None:
    """It is live in the database from then on, with who approved it and their comment."""
    answer = client.post(f"{ONE}/approve", json={"comment": "已核对"}, headers=APPROVER)
    assert (answer.status_code, answer.json()["state"], answer.json()["hindrance"]) == (200, "approved", "state")
    live = in_store(client, lambda store: {item.entry.id: item for item in store.approved()})
    assert (live[REFUND.id].version, live[REFUND.id].approved_by) == (2, "wang")
    assert answer.json()["history"][-1]["comment"] == "已核对"


def test_ones_own_is_refused_with_the_reason(client: TestClient) -> None:
    """When read and when tried; it waits on."""
    body = read(client, who=LI)
    assert (body["may_approve"], body["hindrance"]) == (False, "own")
    assert "was written by li" in body["hindrance_detail"]
    answer = client.post(f"{ONE}/approve", json={}, headers=LI)
    assert answer.status_code == 409
    assert "set approval.own in the policy" in answer.json()["detail"]
    assert read(client)["state"] == "in_review"


def test_the_policy_can_allow_ones_own(client: TestClient) -> None:
    """The database's policy counts at once, without a build."""
    alone = policy().model_copy(update={"approval": Approval(own=True)})
    in_store(client, lambda store: store.save_policy(alone, "li", "wang", "", FRIDAY))
    assert read(client, who=LI)["may_approve"] is True
    assert client.post(f"{ONE}/approve", json={}, headers=LI).status_code == 200


def test_a_return_needs_a_reason_and_makes_a_draft(client: TestClient) -> None:
    """The author reads in the history what to change."""
    assert client.post(f"{ONE}/return", json={}, headers=APPROVER).status_code == 422
    answer = client.post(f"{ONE}/return", json={"comment": "写明几个工作日"}, headers=APPROVER)
    assert (answer.status_code, answer.json()["state"]) == (200, "draft")
    assert answer.json()["history"][-1] | {"number": 0, "at": ""} == {
        "number": 0,
        "act": "send_back",
        "who": "wang",
        "at": "",
        "entry_id": REFUND.id,
        "version": 2,
        "comment": "写明几个工作日",
        "detail": {},
    }


def test_only_ones_own_is_withdrawn(client: TestClient) -> None:
    """Its author may; another editor may not."""
    assert client.post(f"{ONE}/withdraw", json={}, headers={"X-Person": "han editor"}).status_code == 409
    answer = client.post(f"{ONE}/withdraw", json={}, headers=EDITOR)
    assert (answer.status_code, answer.json()["state"]) == (200, "draft")


def test_a_comment_is_kept_and_decides_nothing(client: TestClient) -> None:
    """Editors may discuss what they may not decide."""
    answer = client.post(f"{ONE}/comments", json={"comment": "为什么？"}, headers=EDITOR)
    assert (answer.status_code, answer.json()["state"]) == (200, "in_review")
    assert answer.json()["history"][-1]["act"] == "comment"


def test_many_are_decided_at_once(client: TestClient) -> None:
    """Each by itself, in the order given: the one that cannot be is named, the others are done."""
    versions = [{"entry_id": REFUND.id, "version": 2}, {"entry_id": SHIP.id, "version": 2}]
    body = {"decision": "approve", "versions": versions, "comment": "一起"}
    answer = client.post("/v1/reviews/decisions", json=body, headers=LI)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["done"], found["refused"]) == (1, 1)
    assert [one["problem"] is None for one in found["outcomes"]] == [False, True]
    assert "written by li" in found["outcomes"][0]["problem"]
    withdrawn = client.post("/v1/reviews/decisions", json=body | {"decision": "withdraw"}, headers=EDITOR).json()
    assert [one["problem"] is None for one in withdrawn["outcomes"]] == [True, False]


def test_many_returns_need_a_reason(client: TestClient) -> None:
    """Nothing is done without one."""
    body = {"decision": "return", "versions": [{"entry_id": REFUND.id, "version": 2}]}
    assert client.post("/v1/reviews/decisions", json=body, headers=APPROVER).status_code == 422
    assert read(client)["state"] == "in_review"


@pytest.mark.parametrize(
    ("method", "address", "body", "allowed"),
    [
        ("get", "/v1/reviews", None, EDITOR),
        ("get", ONE, None, EDITOR),
        ("post", f"{ONE}/approve", {}, APPROVER),
        ("post", f"{ONE}/return", {"comment": "改"}, APPROVER),
        ("post", f"{ONE}/withdraw", {}, EDITOR),
        ("post", f"{ONE}/comments", {"comment": "好"}, EDITOR),
        (
            "post",
            "/v1/reviews/decisions",
            {"decision": "approve", "versions": [{"entry_id": "refund.time", "version": 2}]},
            APPROVER,
        ),
    ],
)
def test_each_act_has_its_permission(
    client: TestClient, method: str, address: str, body: Any, allowed: dict[str, str]
) -> None:
    """A stranger is asked to sign in, an agent may nothing of it, editors read but do not decide."""
    assert client.request(method, address, json=body).status_code == 401
    assert client.request(method, address, json=body, headers=AGENT).status_code == 403
    if allowed is APPROVER:
        assert client.request(method, address, json=body, headers=EDITOR).status_code == 403
    assert client.request(method, address, json=body, headers=allowed).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [("/v1/reviews/none.x/1", 404), ("/v1/reviews/refund.time/99", 404), ("/v1/reviews/refund.time/0", 422)],
)
def test_what_is_not_there_is_said(client: TestClient, address: str, status: int) -> None:
    """An unknown entry or version is 404, a number that is none 422."""
    assert client.get(address, headers=APPROVER).status_code == status


def test_the_examples_of_requests_are_true() -> None:
    """Each is a request of its kind."""
    for kind in (Comment, Reason, Decisions):
        for example in kind.model_json_schema()["examples"]:
            kind.model_validate(example)
