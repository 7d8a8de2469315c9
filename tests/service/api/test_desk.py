"""The editors' list, and an entry opened for editing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.api.desk import DeskEntry, DeskRow
from tests.service.asking import REFUND as ASKED
from tests.service.asking import ask
from tests.service.editors import DESK, WANG, Json, editing, keep, save, typed
from tests.service.people import AGENT
from tests.service.shop import ENTRIES, FRIDAY, PROMO, REFUND

LIST = "/v1/desk/entries"


def listed(client: TestClient, **asked: str | int | bool) -> Json:
    """A page of the list, which must be a 200."""
    response = client.get(LIST, params=asked)
    assert response.status_code == 200, response.text
    body: Json = response.json()
    return body


def ids(client: TestClient, **asked: str | int | bool) -> list[str]:
    """The listed ids, in order of the alphabet."""
    return sorted(row["entry_id"] for row in listed(client, **asked)["entries"])


def test_every_entry_is_listed_whatever_its_state(desk: TestClient) -> None:
    """Expired ones too, drafts, and what one has begun; what somebody else has begun is theirs."""
    desk.put("/v1/drafts/ship.new", json={"revision": "", "base_version": 0, "content": {"title": "新的"}})
    other = {"revision": "", "base_version": 0, "content": {"title": "别人的"}}
    assert desk.put("/v1/drafts/ship.theirs", json=other, headers=WANG).status_code == 200
    save(desk, typed(title="退款要等多久"))
    body = listed(desk)
    assert ids(desk) == sorted([*(entry.id for entry in ENTRIES), "ship.new"])
    assert (body["total"], body["today"]) == (9, "2026-11-20")
    rows = {row["entry_id"]: row for row in body["entries"]}
    assert set(rows["refund.time"]) == set(DeskRow.model_fields)
    changed = rows["refund.time"]
    assert (changed["state"], changed["version"], changed["live_version"]) == ("draft", 2, 1)
    assert (changed["title"], changed["owner"], changed["typing"]) == ("退款要等多久", "li", None)
    begun = rows["ship.new"]
    assert (begun["state"], begun["version"], begun["title"]) == ("new", 0, "新的")
    assert begun["typing"] is not None
    assert rows["promo.summer"]["expires"] == "2026-08-31"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"category": "product"}, ["product.a3.filter", "product.r5.brush"]),
        ({"query": "滤网 水洗"}, ["product.a3.filter"]),
        ({"query": "ＲＥＦＵＮＤ．time"}, ["refund.time"]),
        ({"state": "draft"}, ["refund.time"]),
        ({"state": "in_review"}, []),
        ({"kind": "script"}, ["emotion.calm"]),
        ({"product": "R5"}, ["product.r5.brush"]),
        ({"owner": "li"}, ["refund.time"]),
        ({"typing": True}, ["ship.no-update"]),
        ({"expiring_days": 14}, ["promo.summer"]),
        ({"owner": "li", "kind": "script"}, []),
    ],
)
def test_filters_narrow_the_list(desk: TestClient, asked: dict[str, str], found: list[str]) -> None:
    """Each alone, and together."""
    save(desk, typed(title="退款要等多久"))
    desk.put("/v1/drafts/ship.no-update", json={"revision": "", "base_version": 1, "content": {"title": "x"}})
    assert ids(desk, **asked) == found


def test_pages_make_up_the_whole(desk: TestClient) -> None:
    """Pages of three; beyond the end there is nothing."""
    pages = [listed(desk, limit=3, offset=offset)["entries"] for offset in (0, 3, 6, 9)]
    assert [len(page) for page in pages] == [3, 3, 2, 0]
    assert len({row["entry_id"] for page in pages for row in page}) == 8


def test_what_serves_badly_is_found(desk: TestClient) -> None:
    """Five acts of which under half used the reply as it stands."""
    for number in range(5):
        request_id = ask(desk, ASKED, limit=1)["request_id"]
        act = {"act": "used"} if number < 2 else {"act": "rejected"}
        assert desk.post("/v1/feedback", json={"request_id": request_id} | act).status_code == 201
    (row,) = listed(desk, low=True)["entries"]
    assert (row["entry_id"], row["use"]) == (
        "refund.time",
        {"shown": 5, "used": 2, "edited": 0, "rejected": 3, "low": True},
    )


@pytest.mark.parametrize(("days_before", "found"), [(15, []), (14, ["promo.summer"]), (0, ["promo.summer"])])
def test_expiry_is_seen_coming(home: Path, tmp_path: Path, days_before: int, found: list[str]) -> None:
    """From the fourteenth day before the last on, and for as long as it leaves a gap."""
    assert PROMO.valid_until is not None
    moment = FRIDAY.replace(year=2026, month=8, day=31) - timedelta(days=days_before)
    with editing(home, tmp_path, moment) as desk:
        assert ids(desk, expiring_days=14) == found


def test_an_entry_is_opened_with_all_its_editor_needs(desk: TestClient) -> None:
    """Newest version, live version, own working copy with what it began from, who else is at it, and history."""
    keep(desk, typed(title="王的"), headers=WANG)
    save(desk, typed(title="退款要等多久"))
    keep(desk, typed(title="我的"), base=1)
    body = desk.get(DESK).json()
    assert set(body) == set(DeskEntry.model_fields)
    assert (body["newest"]["version"]["version"], body["live_version"]) == (2, 1)
    assert (body["own"]["content"]["title"], body["own"]["base_version"]) == ("我的", 1)
    assert body["base"]["content"]["title"] == REFUND.title
    assert [(one["person"], one["active"]) for one in body["others"]] == [("wang", True)]
    assert [(one["version"], one["state"], one["author"]) for one in body["history"]] == [
        (1, "approved", "王敏"),
        (2, "draft", "li"),
    ]
    old = desk.get(f"{DESK}/versions/1").json()
    assert old["content"]["title"] == REFUND.title
    assert desk.get(f"{DESK}/versions/7").status_code == 404


def test_what_is_not_there_is_a_problem(desk: TestClient) -> None:
    """404 for an entry nobody has, 422 for what can be no id."""
    assert desk.get(f"{LIST}/refund.gone").status_code == 404
    assert desk.get(f"{LIST}/a b").status_code == 422


def test_fields_are_chosen_from_what_there_is(desk: TestClient) -> None:
    """Slots and facts for braces, targets and fields of the policy, products, and the entries there are."""
    body = desk.get("/v1/desk/vocabulary").json()
    assert {"name": "order_no", "label": "订单号", "kind": "slot"} in body["references"]
    assert {"name": "refund.days", "label": "3 天", "kind": "fact"} in body["references"]
    assert {"name": "A3", "label": "净化器 A3"} in body["products"]
    assert {"name": "refund.time", "label": REFUND.title} in body["entries"]
    assert "refund" in body["categories"] and "钱" in body["tags"]
    english = desk.get("/v1/desk/vocabulary?language=en").json()
    assert {"name": "phone", "label": "Phone"} in english["fields"]


def test_a_free_id_is_proposed(desk: TestClient) -> None:
    """From category and title; one that an entry or a working copy has is not."""
    address = "/v1/desk/free-id?category=refund&title=多久到账"
    assert desk.get(address).json() == {"entry_id": "refund.duo-jiu-dao-zhang"}
    body = {"revision": "", "base_version": 0, "content": {}}
    desk.put("/v1/drafts/refund.duo-jiu-dao-zhang", json=body, headers=WANG)
    assert desk.get(address).json() == {"entry_id": "refund.duo-jiu-dao-zhang-2"}


def test_agents_do_not_read_drafts(desk: TestClient) -> None:
    """What is not approved is nobody's but the editors'."""
    for address in (LIST, DESK, f"{DESK}/versions/1", "/v1/desk/vocabulary", "/v1/desk/free-id?category=x"):
        assert desk.get(address, headers=AGENT).status_code == 403
        assert desk.get(address, headers={"X-Person": ""}).status_code == 401
