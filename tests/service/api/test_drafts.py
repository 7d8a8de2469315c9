"""What is typed: kept, made a draft, discarded, and never silently overwritten."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.service.editors import DESK, DRAFT, WANG, keep, save, typed
from tests.service.people import AGENT


def test_what_is_typed_is_kept_whatever_it_is(desk: TestClient) -> None:
    """Incomplete, wrong, blank lines and all; reading the entry gives it back as it was."""
    content = typed(title="", variants=["", "退款", "", "x" * 900], valid_until="2026-")
    revision = keep(desk, content)
    own = desk.get(DESK).json()["own"]
    assert (own["content"], own["revision"], own["base_version"]) == (content, revision, 1)


def test_of_two_tabs_the_later_is_told(desk: TestClient) -> None:
    """409, and what the first saved is still there."""
    first = keep(desk, typed(title="一"))
    for revision in ("", "0" * 32):
        body = {"revision": revision, "base_version": 1, "content": typed(title="二")}
        response = desk.put(DRAFT, json=body)
        assert response.status_code == 409
        assert "another of your tabs has saved it" in response.json()["detail"]
    assert desk.get(DESK).json()["own"]["content"]["title"] == "一"
    keep(desk, typed(title="三"), first)


def test_who_else_is_typing_is_told_with_every_save(desk: TestClient) -> None:
    """Their name and when; one's own copy is not somebody else."""
    keep(desk, typed(title="王的"), headers=WANG)
    body = {"revision": "", "base_version": 1, "content": typed()}
    assert [one["person"] for one in desk.put(DRAFT, json=body).json()["others"]] == ["wang"]


def test_a_copy_becomes_a_draft(desk: TestClient) -> None:
    """201 with the version; the copy is gone. One that says nothing new is 200 with the version there is."""
    assert save(desk, typed(title="退款要等多久")) == 2
    assert desk.get(DESK).json()["own"] is None
    revision = keep(desk, typed(title="退款要等多久"), base=2)
    response = desk.post(f"{DRAFT}/versions", json={"revision": revision})
    assert (response.status_code, response.json()["created"]) == (200, False)
    assert response.json()["version"]["version"] == 2


def test_what_is_no_entry_yet_is_named_and_kept(desk: TestClient) -> None:
    """422 with every place; what was typed stays a working copy."""
    revision = keep(desk, typed(title="", replies=[]))
    response = desk.post(f"{DRAFT}/versions", json={"revision": revision})
    assert response.status_code == 422
    assert "title: is empty" in response.json()["detail"] and "replies: is empty" in response.json()["detail"]
    assert desk.get(DESK).json()["own"]["revision"] == revision


def test_a_version_saved_meanwhile_is_a_conflict(desk: TestClient) -> None:
    """409 names both versions and who; merged and based on the newer one, it is saved."""
    mine = keep(desk, typed(title="我的"))
    save(desk, typed(title="王的"), headers=WANG)
    response = desk.post(f"{DRAFT}/versions", json={"revision": mine})
    assert response.status_code == 409
    assert "began from version 1, and wang has saved version 2 since" in response.json()["detail"]
    opened = desk.get(DESK).json()
    sides = {"base": opened["base"]["content"], "theirs": opened["newest"]["content"], "mine": opened["own"]["content"]}
    merged = desk.post("/v1/desk/merges", json=sides).json()
    assert [one["field"] for one in merged["conflicts"]] == ["title"]
    revision = keep(desk, merged["merged"], mine, base=2)
    response = desk.post(f"{DRAFT}/versions", json={"revision": revision})
    assert (response.status_code, response.json()["version"]["version"]) == (201, 3)


def test_a_copy_is_discarded_by_who_has_read_it(desk: TestClient) -> None:
    """With its revision; versions stay as they are."""
    revision = keep(desk, typed(title="一"))
    assert desk.delete(f"{DRAFT}?revision=").status_code == 409
    assert desk.delete(f"{DRAFT}?revision={revision}").status_code == 200
    assert desk.delete(f"{DRAFT}?revision={revision}").status_code == 404
    body = desk.get(DESK).json()
    assert (body["own"], len(body["history"])) == (None, 1)


def test_only_editors_write(desk: TestClient) -> None:
    """Neither agents nor strangers keep anything."""
    body = {"revision": "", "base_version": 0, "content": {}}
    for method, address in (("PUT", DRAFT), ("POST", f"{DRAFT}/versions"), ("DELETE", f"{DRAFT}?revision=")):
        assert desk.request(method, address, json=body, headers=AGENT).status_code == 403
        assert desk.request(method, address, json=body, headers={"X-Person": ""}).status_code == 401
