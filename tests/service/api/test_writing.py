"""What helps while one types: findings, claims, previews, merges."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.service.editors import Json, typed
from tests.service.people import AGENT, APPROVER, EDITOR, by_header
from tests.service.shop import BRUSH, FILTER, FRIDAY, REFUND, SHIP, fill
from tests.toy import ToyEmbedder


def linted(client: TestClient, content: Json, **more: str) -> Json:
    """What lint says, which must be a 200."""
    response = client.post("/v1/desk/findings", json={"entry_id": "refund.time", "content": content} | more)
    assert response.status_code == 200, response.text
    body: Json = response.json()
    return body


def test_lint_judges_what_is_typed_beside_all_that_is_live(desk: TestClient) -> None:
    """Another entry's phrasing is an error at its line, as typed; as it stands there is none."""
    assert linted(desk, typed())["errors"] == 0
    body = linted(desk, typed(variants=["", *REFUND.variants, SHIP.variants[0]]))
    assert body["errors"] == 1
    (finding,) = [one for one in body["findings"] if one["severity"] == "error"]
    line = len(REFUND.variants) + 1
    assert (finding["rule"], finding["field"]) == ("duplicate-variants", f"variants[{line}]")
    assert "also belongs to ship.no-update" in finding["message"]


def test_lint_speaks_both_languages(desk: TestClient) -> None:
    """In Chinese the same finding says it in Chinese, lines counted as people do."""
    content = typed(variants=[*REFUND.variants, REFUND.variants[0]])
    messages = [one["message"] for one in linted(desk, content, language="zh")["findings"]]
    assert "「退款几天能到」重复了（第 1 行）：留一个就好" in messages


def test_lint_follows_what_was_approved_since(desk: TestClient) -> None:
    """What is kept of the pack is read again once something was done to it."""
    content = typed(variants=[*REFUND.variants, SHIP.variants[0]])
    assert linted(desk, content)["errors"] == 1
    desk.post("/v1/desk/entries/ship.no-update/retirement", json={"comment": "停用"}, headers=APPROVER)
    assert linted(desk, content)["errors"] == 0


def claims(client: TestClient, *variants: str, entry_id: str = FILTER.id) -> list[Json]:
    """One claim a variant, which must be a 200."""
    response = client.post("/v1/desk/claims", json={"entry_id": entry_id, "variants": list(variants)})
    assert response.status_code == 200, response.text
    found: list[Json] = response.json()["claims"]
    return found


def test_who_else_would_claim_a_variant(desk: TestClient) -> None:
    """One's own finds this entry; another's is taken by that; one of both leaves it open and names the other."""
    own, theirs, both = claims(desk, FILTER.variants[0], REFUND.variants[0], "多久更换")
    assert (own["finds"], own["taken"], own["place"], own["confidence"]) == (True, False, 1, 1.0)
    assert (theirs["finds"], theirs["taken"], theirs["nearest"]["entry_id"]) == (False, True, REFUND.id)
    assert theirs["nearest"]["phrasing"] == REFUND.variants[0]
    assert theirs["nearest"]["confidence"] == pytest.approx(1.0)
    assert (both["finds"], both["taken"], both["nearest"]["entry_id"]) == (False, False, BRUSH.id)


def test_a_new_entry_has_no_place_yet(desk: TestClient) -> None:
    """The live index does not know it; the nearest other is named all the same."""
    (found,) = claims(desk, "多久更换", entry_id="product.new")
    assert found["place"] is None
    assert found["nearest"]["entry_id"] in (BRUSH.id, FILTER.id)


def test_without_an_index_nobody_claims_anything(tmp_path: Path) -> None:
    """503 with the command that makes one; lint needs none."""
    settings = Settings(home=tmp_path)
    fill(settings)
    with TestClient(create_app(settings, ToyEmbedder(), lambda: FRIDAY, by_header), headers=EDITOR) as client:
        response = client.post("/v1/desk/claims", json={"entry_id": "a.b", "variants": ["x"]})
        assert (response.status_code, "`huashu build`" in response.json()["detail"]) == (503, True)
        assert linted(client, typed())["errors"] == 0


def test_a_reply_is_previewed_as_each_channel_shows_it(desk: TestClient) -> None:
    """Facts put in, slots with their label, e-mail in its frame; a name that nothing has is set apart."""
    replies = [
        {"channel": "any", "language": "zh", "text": "{customer_name}，{refund.days}内退回，{nonsense}。"},
        {"channel": "phone", "language": "en", "text": "Within {refund.days}."},
    ]
    response = desk.post("/v1/desk/previews", json={"entry_id": "refund.time", "content": typed(replies=replies)})
    shown = response.json()["previews"]
    assert [(one["reply"], one["view"]) for one in shown] == [(0, "chat"), (0, "phone"), (0, "email"), (1, "phone")]
    pieces = [(piece["kind"], piece["text"]) for piece in shown[0]["pieces"]]
    assert pieces == [
        ("slot", "客户称呼"),
        ("text", "，"),
        ("fact", "3 天"),
        ("text", "内退回，"),
        ("unknown", "{nonsense}"),
        ("text", "。"),
    ]
    mail = "".join(piece["text"] for piece in shown[2]["pieces"])
    assert mail.startswith("客户称呼：\n您好\n\n客户称呼，3 天") and mail.endswith("此致")
    assert "".join(piece["text"] for piece in shown[3]["pieces"]) == "Within 3 days."


def test_two_texts_are_brought_together(desk: TestClient) -> None:
    """Over HTTP as in the library: what meets is a conflict, the rest is merged."""
    sides = {
        "base": typed(),
        "theirs": typed(title="二", source="法", variants=[*REFUND.variants, "钱呢"]),
        "mine": typed(title="三", variants=[*REFUND.variants, "款呢"]),
    }
    body = desk.post("/v1/desk/merges", json=sides).json()
    assert [(one["field"], one["theirs"], one["mine"]) for one in body["conflicts"]] == [("title", ["二"], ["三"])]
    assert body["conflicts"][0]["theirs_pieces"] == [
        {"kind": "removed", "text": REFUND.title},
        {"kind": "added", "text": "二"},
    ]
    assert body["merged"]["source"] == "法"
    assert body["merged"]["variants"][-2:] == ["钱呢", "款呢"]


@pytest.mark.parametrize("what", ["findings", "claims", "previews", "merges"])
def test_only_editors_are_helped(desk: TestClient, what: str) -> None:
    """What is typed is shown to nobody who could not read it."""
    body = {"entry_id": "a.b", "content": {}, "variants": ["x"], "base": {}, "theirs": {}, "mine": {}}
    assert desk.post(f"/v1/desk/{what}", json=body, headers=AGENT).status_code == 403
