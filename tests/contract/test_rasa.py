"""Rasa's /model/parse and its REST channel, as its clients use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.settings import Adapters, Settings
from tests.contract.approved import holding, reply
from tests.service.asking import BOTH, INJURY, LEAK, NOTHING, REFUND, SHIP
from tests.service.shop import serving

PARSE, WEBHOOK = "/model/parse", "/webhooks/rest/webhook"


def say(client: TestClient, message: str, sender: str = "s", **more: Any) -> list[dict[str, Any]]:
    """What the channel says back, which must be a 200."""
    response = client.post(WEBHOOK, json={"sender": sender, "message": message} | more)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()
    return found


def parse(client: TestClient, text: str) -> dict[str, Any]:
    """What is understood, which must be a 200."""
    response = client.post(PARSE, json={"text": text, "message_id": "m-1"})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_an_answer_is_the_selectors_response(desk: TestClient) -> None:
    """The intent and the retrieval key name the entry; the text is the reply byte for byte."""
    found = parse(desk, REFUND)
    assert (found["text"], found["message_id"], found["entities"]) == (REFUND, "m-1", [])
    assert found["intent"] == {"name": "faq/refund.time", "confidence": 1.0}
    selector = found["response_selector"]["default"]
    chosen = selector["response"]
    assert chosen["responses"] == [{"text": reply(desk, "refund.time")}]
    assert chosen["intent_response_key"] == "faq/refund.time"
    assert chosen["utter_action"] == "utter_faq/refund.time"
    assert isinstance(chosen["id"], int)
    assert selector["ranking"][0] == {"id": chosen["id"], "confidence": 1.0, "intent_response_key": "faq/refund.time"}


@pytest.mark.parametrize("text", [NOTHING, BOTH])
def test_what_is_not_sure_enough_is_the_fallback(desk: TestClient, text: str) -> None:
    """Rules for nlu_fallback do what they are there for; no response is chosen, the ranking says what was near."""
    found = parse(desk, text)
    assert found["intent"]["name"] == "nlu_fallback"
    assert found["response_selector"]["default"]["response"]["responses"] == []
    assert found["response_selector"]["default"]["response"]["intent_response_key"] is None


def test_confidence_is_no_softmax(desk: TestClient) -> None:
    """At most ten are ranked, best first, and what they have need not sum to 1."""
    ranking = parse(desk, "它多久更换")["response_selector"]["default"]["ranking"]
    confidences = [row["confidence"] for row in ranking]
    assert 0 < len(ranking) <= 10
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) < 0.95


def test_an_empty_text_has_no_intent(desk: TestClient) -> None:
    """As Rasa has it."""
    assert parse(desk, "")["intent"] == {"name": None, "confidence": 0.0}


def test_the_channel_says_the_reply(desk: TestClient) -> None:
    """One message to the sender, the reply byte for byte; what it rests on is beside it."""
    (message,) = say(desk, REFUND, "c-9", metadata={"anything": 1})
    assert (message["recipient_id"], message["text"]) == ("c-9", reply(desk, "refund.time"))
    assert message["custom"]["entry_id"] == "refund.time"
    assert "buttons" not in message


def test_a_clarification_has_buttons_that_lead_on(desk: TestClient) -> None:
    """A button's payload is a message that is answered."""
    (message,) = say(desk, BOTH, "both")
    assert [button["title"] for button in message["buttons"]] == ["扫地机边刷多久更换", "净化器滤网多久更换"]
    (chosen,) = say(desk, message["buttons"][1]["payload"], "both")
    assert chosen["text"] == reply(desk, "product.a3.filter")


def test_an_open_slot_is_never_said_to_a_customer(desk: TestClient) -> None:
    """The holding line is, unless the client sends what belongs there."""
    (held,) = say(desk, SHIP, "ship")
    assert held["text"] == holding(desk)
    assert held["custom"]["missing_slots"] == ["customer_name", "order_no"]
    slots = {"customer_name": "张女士", "order_no": "A1", "bad": 5}
    (filled,) = say(desk, SHIP, "filled", metadata={"slots": slots})
    assert filled["text"] == "张女士，请把订单号 A1 发我核对。"


def test_what_must_reach_a_person_is_steadied(desk: TestClient) -> None:
    """The reply where there is one, then the approved holding reply; who takes it stands beside."""
    said = say(desk, LEAK, "leak")
    assert [message["text"] for message in said] == [
        reply(desk, "quality.leak"),
        "请先断电，我马上请专员联系您。",
    ]
    assert said[0]["custom"]["escalation"]["level"] == "required"
    assert "custom" not in said[1]
    injury = say(desk, INJURY, "hurt")
    assert injury[0]["custom"]["escalation"]["level"] == "required"
    assert injury[-1]["text"] == "请稍候。"


def test_nothing_found_says_the_holding_line(desk: TestClient) -> None:
    """Silence would leave the customer alone."""
    (message,) = say(desk, NOTHING, "nothing")
    assert message["text"] == holding(desk)


def test_a_conversation_is_remembered_by_its_sender(desk: TestClient) -> None:
    """Asking the same again is seen; another sender's words are not; /restart forgets."""
    reasons = [say(desk, REFUND, "again")[0]["custom"]["escalation"]["level"] for _ in range(3)]
    assert reasons[0] == "none" != reasons[-1]
    assert say(desk, REFUND, "other")[0]["custom"]["escalation"]["level"] == "none"
    assert say(desk, "/restart", "again") == []
    assert say(desk, REFUND, "again")[0]["custom"]["escalation"]["level"] == "none"


def test_nobody_in_particular_is_not_remembered(desk: TestClient) -> None:
    """Without a sender the words of two customers would run together; a number is a sender like any other."""
    for _ in range(3):
        (message,) = desk.post(WEBHOOK, json={"message": REFUND, "sender": None}).json()
        assert (message["recipient_id"], message["custom"]["escalation"]["level"]) == ("default", "none")
    assert desk.post(WEBHOOK, json={"message": REFUND, "sender": 7}).json()[0]["recipient_id"] == "7"


def test_scripts_for_agents_are_not_said_to_customers(desk: TestClient) -> None:
    """They are worded for whoever answers."""
    assert all(message["text"] != reply(desk, "emotion.calm") for message in say(desk, "客户骂人怎么安抚"))


@pytest.mark.parametrize("message", ["", "  "])
def test_an_empty_message_gets_no_answer(desk: TestClient, message: str) -> None:
    """As Rasa: 200 and an empty list."""
    assert say(desk, message) == []
    assert desk.post(WEBHOOK, json={"sender": "x"}).json() == []


@pytest.mark.parametrize("path", [PARSE, WEBHOOK])
def test_a_malformed_body_is_in_rasas_words(desk: TestClient, path: str) -> None:
    """Status, reason and code, whatever the body is called."""
    response = desk.post(path, content=b"nope", headers={"Content-Type": "text/plain"})
    assert response.status_code == response.json()["code"] == 422
    assert (response.json()["status"], response.json()["reason"]) == ("failure", "BadRequest")
    good = desk.post(
        path, content=json.dumps({"text": REFUND, "message": REFUND}), headers={"Content-Type": "text/plain"}
    )
    assert good.status_code == 200


def test_a_token_is_asked_for_where_a_key_is_set(shop: Path) -> None:
    """As Rasa's own token in the address."""
    with serving(Settings(home=shop, adapters=Adapters(key="secret"))) as client:
        refused = client.post(PARSE, json={"text": REFUND})
        assert (refused.status_code, refused.json()["reason"]) == (401, "NotAuthenticated")
        assert client.post(f"{PARSE}?token=secret", json={"text": REFUND}).status_code == 200


def test_without_an_index_it_says_so(tmp_path: Path) -> None:
    """503 in Rasa's words."""
    with serving(Settings(home=tmp_path)) as client:
        response = client.post(WEBHOOK, json={"message": REFUND})
    assert (response.status_code, response.json()["reason"]) == (503, "ModelNotLoaded")
