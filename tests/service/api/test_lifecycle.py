"""What becomes of a version."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.service.editors import DESK, save, typed
from tests.service.people import AGENT, APPROVER
from tests.service.shop import REFUND


def test_a_draft_is_submitted_with_a_word(desk: TestClient) -> None:
    """It is in review from then on, and cannot be submitted twice."""
    version = save(desk, typed(title="退款要等多久"))
    response = desk.post(f"{DESK}/submission", json={"version": version, "comment": "请看标题"})
    assert (response.status_code, response.json()["state"]) == (200, "in_review")
    again = desk.post(f"{DESK}/submission", json={"version": version})
    assert (again.status_code, "is in_review, not draft" in again.json()["detail"]) == (409, True)


def test_an_entry_is_retired_with_a_reason(desk: TestClient) -> None:
    """Its live version ends, by somebody who may approve; without a reason, or a live version, nothing does."""
    assert desk.post(f"{DESK}/retirement", json={"comment": "活动结束"}).status_code == 403
    desk.headers.update(APPROVER)
    assert desk.post(f"{DESK}/retirement", json={"comment": " "}).status_code == 422
    response = desk.post(f"{DESK}/retirement", json={"comment": "活动结束"})
    assert (response.status_code, response.json()["state"], response.json()["retired_by"]) == (200, "retired", "wang")
    assert desk.post(f"{DESK}/retirement", json={"comment": "再来"}).status_code == 409
    assert desk.post("/v1/desk/entries/refund.gone/retirement", json={"comment": "无"}).status_code == 404


def test_an_old_version_comes_back_as_a_draft(desk: TestClient) -> None:
    """Its text, as a new version."""
    save(desk, typed(title="退款要等多久"))
    response = desk.post(f"{DESK}/restoration", json={"version": 1, "comment": "还是原来的好"})
    assert (response.status_code, response.json()["version"], response.json()["state"]) == (201, 3, "draft")
    assert desk.get(DESK).json()["newest"]["content"]["title"] == REFUND.title
    assert desk.post(f"{DESK}/restoration", json={"version": 1}).status_code == 409
    assert desk.post(f"{DESK}/restoration", json={"version": 9}).status_code == 404


def test_only_editors_act(desk: TestClient) -> None:
    """Agents may not, whatever they send."""
    for act in ("submission", "retirement", "restoration"):
        assert desk.post(f"{DESK}/{act}", json={"version": 1, "comment": "x"}, headers=AGENT).status_code == 403
