"""Chatwoot's agent bot webhook: events as Chatwoot sends them, and what is sent back over its API."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.settings import Adapters, Settings
from tests.contract.approved import reply
from tests.contract.chatwoot import NOW, SECRET, TOKEN, Chatwoot, chatwoot, event, signed
from tests.service.asking import BOTH, LEAK, NOTHING, REFUND, SHIP
from tests.service.shop import FRIDAY, serving, state_of

ADDRESS = "/adapters/chatwoot"
PATH = "/api/v1/accounts/3/conversations"


@pytest.fixture(scope="module")
def other() -> Iterator[Chatwoot]:
    """The Chatwoot that is written to."""
    with chatwoot() as found:
        yield found


def settings(shop: Path, other: Chatwoot, **more: Any) -> Settings:
    """Everything that Chatwoot needs, set."""
    adapters = Adapters(chatwoot_url=other.url, chatwoot_token=TOKEN, chatwoot_secret=SECRET, **more)
    return Settings(home=shop, adapters=adapters)


@pytest.fixture(scope="module")
def assisting(shop: Path, other: Chatwoot) -> Iterator[TestClient]:
    """A bot that helps agents by private notes."""
    with serving(settings(shop, other)) as client:
        yield client


@pytest.fixture(scope="module")
def replying(shop: Path, other: Chatwoot) -> Iterator[TestClient]:
    """A bot that answers customers."""
    with serving(settings(shop, other, chatwoot_auto_reply=True)) as client:
        yield client


@pytest.fixture(autouse=True)
def _nothing_left(other: Chatwoot) -> Iterator[None]:
    """Every test begins with a Chatwoot that was sent nothing."""
    other.clear()
    yield
    other.clear()


NUMBERS = iter(range(100, 10_000))


def send(client: TestClient, content: str | None, headers: dict[str, str] | None = None, **more: Any) -> Any:
    """The webhook's response to a customer's message, in a conversation of its own where none is named."""
    number = next(NUMBERS)
    body = json.dumps(event(content, number, number, **more), ensure_ascii=False).encode()
    return client.post(ADDRESS, content=body, headers=headers or signed(body))


def taken(response: Any) -> str:
    """`accepted` or the reason why not, of a response that must be a 200."""
    assert response.status_code == 200, response.text
    found: dict[str, str | None] = response.json()
    return found["reason"] or str(found["status"])


def test_a_suggestion_is_a_private_note(assisting: TestClient, other: Chatwoot) -> None:
    """The reply byte for byte at the note's end; nothing is said to the customer; the conversation stays as it is."""
    assert taken(send(assisting, REFUND)) == "accepted"
    ((path, note),) = other.wait(1)
    assert path.startswith(PATH) and path.endswith("/messages")
    assert (note["private"], note["message_type"], note["content_type"]) == (True, "outgoing", "text")
    head, _, text = note["content"].partition("\n\n")
    assert text == reply(assisting, "refund.time")
    assert "退款多久到账" in head and "refund.time v1" in head
    assert other.taken[0][2] == TOKEN


def test_it_answers_before_it_works(assisting: TestClient, other: Chatwoot) -> None:
    """Chatwoot waits five seconds, and its API may be slow or away."""
    other.statuses += [503, 503, 200]
    started = time.perf_counter()
    assert taken(send(assisting, REFUND)) == "accepted"
    assert time.perf_counter() - started < 1
    other.wait(3)


def test_what_must_reach_a_person_is_handed_over(assisting: TestClient, other: Chatwoot) -> None:
    """Suggestion, then a note of level, target, deadline, what to collect and what to say, then open."""
    assert taken(send(assisting, LEAK)) == "accepted"
    (_, suggestion), (_, note), (path, status) = other.wait(3)
    assert suggestion["content"].endswith(reply(assisting, "quality.leak"))
    assert note["private"] is True
    lines = note["content"].split("\n")
    assert lines[0] == "▲ 需升级 → 物流专员 · 紧急"
    assert "2026-11-2" in lines[1]
    assert lines[2].startswith("需要了解: 订单号、电话 (选填)")
    assert lines[-1] == "请先断电，我马上请专员联系您。"
    assert path.endswith("/toggle_status") and status == {"status": "open"}


def test_an_offer_is_a_note_and_no_more(assisting: TestClient, other: Chatwoot) -> None:
    """Whether to take it is the agent's to say; a slot that is open is named."""
    send(assisting, SHIP)
    (_, suggestion), (_, note) = other.wait(2)
    assert "customer_name" in suggestion["content"].partition("\n\n")[0]
    assert note["content"].startswith("▲ 建议升级 → 物流专员")


def test_what_is_not_sure_says_so(assisting: TestClient, other: Chatwoot) -> None:
    """A clarification with its options and the replies behind them; where nothing is found, what to say first."""
    send(assisting, BOTH)
    ((_, clarify),) = other.wait(1)
    assert "1. 扫地机边刷多久更换\n2. 净化器滤网多久更换" in clarify["content"]
    assert reply(assisting, "product.a3.filter") in clarify["content"]
    other.clear()
    send(assisting, NOTHING)
    (_, nothing), (_, offer) = other.wait(2)
    assert nothing["content"].startswith("暂无话术")
    assert offer["content"].startswith("▲ 建议升级")


def test_an_answer_may_go_to_the_customer(replying: TestClient, other: Chatwoot) -> None:
    """Where it is set so: the reply alone, then the note."""
    send(replying, REFUND)
    (_, said), (_, note) = other.wait(2)
    assert (said["private"], said["content"]) == (False, reply(replying, "refund.time"))
    assert note["private"] is True


@pytest.mark.parametrize(
    "query", [SHIP, BOTH, NOTHING, "客户骂人怎么安抚"], ids=["slots", "clarify", "abstain", "script"]
)
def test_a_bot_that_answers_hands_over_the_rest(replying: TestClient, other: Chatwoot, query: str) -> None:
    """An open slot, a choice, nothing found, a text for agents: nothing is said, and a person has it."""
    send(replying, query)
    until = time.monotonic() + 10
    while not any(path.endswith("/toggle_status") for path, _, _ in other.taken) and time.monotonic() < until:
        time.sleep(0.01)
    assert [path.rpartition("/")[2] for path, _, _ in other.taken][-1] == "toggle_status"
    assert all(body.get("private", True) for _, body, _ in other.taken)


def test_a_hand_over_is_not_silent(replying: TestClient, other: Chatwoot) -> None:
    """The customer is steadied by the approved holding reply before people take over."""
    send(replying, LEAK)
    found = other.wait(5)
    public = [body["content"] for _, body in found if body.get("private") is False]
    assert public == [reply(replying, "quality.leak"), "请先断电，我马上请专员联系您。"]
    assert found[-1][1] == {"status": "open"}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"event": "message_updated"}, "no new message"),
        ({"event": "conversation_opened"}, "no new message"),
        ({"message_type": "outgoing"}, "no customer"),
        ({"message_type": "template"}, "no customer"),
        ({"message_type": 3}, "no customer"),
        ({"message_type": 1}, "no customer"),
        ({"private": True}, "no customer"),
        ({"conversation": {"id": 1, "status": "open"}}, "not pending"),
        ({"conversation": {"id": 1, "status": "resolved"}}, "not pending"),
        ({"conversation": {"id": 1}}, "not pending"),
        ({"conversation": None}, "not pending"),
        ({"account": None}, "names no account"),
        ({"id": None}, "names no account"),
    ],
)
def test_whatever_is_not_the_bots_is_ignored(
    assisting: TestClient, other: Chatwoot, more: dict[str, Any], reason: str
) -> None:
    """Above all a conversation that a person has: a bot never talks over them."""
    assert reason in taken(send(assisting, REFUND, **more))
    other.wait(0)


@pytest.mark.parametrize("content", [None, "", "  ", "\u0000"])
def test_a_message_without_text_is_ignored(assisting: TestClient, other: Chatwoot, content: str | None) -> None:
    """A picture, say."""
    assert taken(send(assisting, content)) == "it has no text"
    other.wait(0)


def test_types_as_numbers_are_understood(assisting: TestClient, other: Chatwoot) -> None:
    """Some payloads write `incoming` as 0, and older ones the conversation's number as display_id."""
    conversation = {"id": 9000, "display_id": 12, "status": "pending"}
    assert taken(send(assisting, REFUND, message_type=0, conversation=conversation)) == "accepted"
    ((path, _),) = other.wait(1)
    assert path == f"{PATH}/12/messages"


def test_a_message_is_taken_once(assisting: TestClient, other: Chatwoot) -> None:
    """Chatwoot repeats what it thinks failed; another account's same number is another message."""
    body = json.dumps(event(REFUND, 71, 21)).encode()
    elsewhere = json.dumps(event(REFUND, 71, 21, account={"id": 4})).encode()
    answered = [taken(assisting.post(ADDRESS, content=sent, headers=signed(sent))) for sent in (body, body, elsewhere)]
    assert answered == ["accepted", "it was taken before", "accepted"]
    assert {path for path, _ in other.wait(2)} == {
        f"{PATH}/21/messages",
        "/api/v1/accounts/4/conversations/21/messages",
    }


def test_a_conversation_has_a_history(assisting: TestClient, other: Chatwoot) -> None:
    """The same asked again is a reason to offer a person, and a third time to hand over."""
    notes = []
    for number in range(3):
        other.clear()
        body = json.dumps(event(REFUND, 9100 + number, 77)).encode()
        assisting.post(ADDRESS, content=body, headers=signed(body))
        notes.append([path.rpartition("/")[2] for path, _ in other.wait(number + 1)])
    assert notes == [["messages"], ["messages"] * 2, ["messages", "messages", "toggle_status"]]


def later(seconds: int) -> str:
    """A timestamp so far from now."""
    return str(int(FRIDAY.timestamp()) + seconds)


@pytest.mark.parametrize("stamp", [later(-301), later(301), "", "soon", "-1", "１７６３６０４０００", "1e9"])
def test_a_stale_timestamp_is_refused(assisting: TestClient, other: Chatwoot, stamp: str) -> None:
    """However well it is signed, so that nothing recorded can be sent again."""
    body = json.dumps(event(REFUND, next(NUMBERS), 5)).encode()
    headers = {name.encode(): value.encode() for name, value in signed(body, stamp).items()}
    response = assisting.post(ADDRESS, content=body, headers=list(headers.items()))
    assert response.status_code == 401
    other.wait(0)


@pytest.mark.parametrize("stamp", [later(-299), later(299)])
def test_a_clock_may_be_minutes_off(assisting: TestClient, other: Chatwoot, stamp: str) -> None:
    """Five minutes either way."""
    body = json.dumps(event(REFUND, next(NUMBERS), next(NUMBERS))).encode()
    assert taken(assisting.post(ADDRESS, content=body, headers=signed(body, stamp))) == "accepted"
    other.wait(1)


def test_a_signature_that_does_not_fit_is_refused(assisting: TestClient, other: Chatwoot) -> None:
    """Of another secret, another body, another time, without its prefix, or none."""
    body = json.dumps(event(REFUND, next(NUMBERS), 5)).encode()
    good = signed(body)
    bare = good["X-Chatwoot-Signature"].removeprefix("sha256=")
    wrong = [
        signed(body, secret="other"),
        signed(body + b" "),
        good | {"X-Chatwoot-Timestamp": str(int(NOW) + 1)},
        good | {"X-Chatwoot-Signature": bare},
        {name: value for name, value in good.items() if name != "X-Chatwoot-Signature"},
        {},
    ]
    for headers in wrong:
        response = assisting.post(ADDRESS, content=body, headers=headers)
        assert response.status_code == 401
        assert response.json()["title"] == "Unauthorized"
        assert SECRET not in response.text
    other.wait(0)


@pytest.mark.parametrize("body", [b"", b"nope", b"[]", b'{"id": 1}', b'{"event": "message_created", "id": "x"}'])
def test_a_body_that_is_no_event_is_a_problem(assisting: TestClient, body: bytes) -> None:
    """422, though it is signed."""
    response = assisting.post(ADDRESS, content=body, headers=signed(body))
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("left_out", ["chatwoot_url", "chatwoot_token", "chatwoot_secret"])
def test_nothing_is_sent_where_it_is_not_set_up(shop: Path, other: Chatwoot, left_out: str) -> None:
    """501 names what to set."""
    given: dict[str, Any] = {"chatwoot_url": other.url, "chatwoot_token": TOKEN, "chatwoot_secret": SECRET} | {
        left_out: ""
    }
    with serving(Settings(home=shop, adapters=Adapters(**given))) as client:
        response = send(client, REFUND)
    assert response.status_code == 501
    assert "HUASHU_CHATWOOT_URL" in response.json()["detail"]
    other.wait(0)


def test_without_an_index_chatwoot_knows_at_once(tmp_path: Path, other: Chatwoot) -> None:
    """503, upon which Chatwoot opens the conversation for people."""
    with serving(settings(tmp_path, other)) as client:
        assert send(client, REFUND).status_code == 503
    other.wait(0)


def test_a_desk_that_fails_leaves_the_customer_to_people(shop: Path, other: Chatwoot) -> None:
    """Whatever goes wrong behind, the conversation is opened."""

    def fail(*_: object) -> None:
        raise RuntimeError("x")

    with serving(settings(shop, other)) as client:
        state_of(client).suggest = fail
        assert taken(send(client, REFUND)) == "accepted"
        ((path, _),) = other.wait(1)
    assert path.endswith("/toggle_status")


def test_too_much_at_once_is_sent_again(shop: Path, other: Chatwoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """429, which Chatwoot repeats after three seconds; the same message is then taken."""
    monkeypatch.setattr("service.adapters.chatwoot.AT_ONCE", 0)
    with serving(settings(shop, other)) as client:
        body = json.dumps(event(REFUND, 5, 5)).encode()
        response = client.post(ADDRESS, content=body, headers=signed(body))
        assert (response.status_code, response.headers["retry-after"]) == (429, "3")
        monkeypatch.setattr("service.adapters.chatwoot.AT_ONCE", 1)
        assert taken(client.post(ADDRESS, content=body, headers=signed(body))) == "accepted"
        other.wait(1)


def test_what_is_under_way_ends_before_the_service_does(shop: Path, other: Chatwoot) -> None:
    """Stopping loses no note."""
    with serving(settings(shop, other)) as client:
        send(client, REFUND)
    other.wait(1)
