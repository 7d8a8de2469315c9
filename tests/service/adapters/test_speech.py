"""What may be said to a customer without a person in between."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from service.adapters.speech import Line, lines, ready
from service.api.responses import SuggestionResponse
from tests.service.asking import BOTH, INJURY, LEAK, NOTHING, REFUND, SHIP

HOLDING = "请稍等"


def response(client: TestClient, query: str, **more: Any) -> SuggestionResponse:
    """The desk's response."""
    return SuggestionResponse.model_validate(client.post("/v1/suggestions", json={"query": query} | more).json())


def test_an_answer_is_said_as_it_stands(client: TestClient) -> None:
    """Nothing before it and nothing after."""
    assert lines(response(client, REFUND)) == (Line("您好，退款3 天内原路退回。"),)
    assert ready(response(client, REFUND)) == "您好，退款3 天内原路退回。"


def test_an_open_slot_is_not_said(client: TestClient) -> None:
    """The holding line is; with the slots filled the reply is."""
    assert lines(response(client, SHIP)) == (Line(HOLDING),)
    assert ready(response(client, SHIP)) is None
    filled = response(client, SHIP, slots={"customer_name": "张女士", "order_no": "A1"})
    assert lines(filled)[0].text.startswith("张女士")


def test_a_holding_line_with_a_slot_is_not_said_either(client: TestClient) -> None:
    """Better nothing than `{department}`."""
    found = response(client, SHIP)
    found.holding_reply.missing_slots.append("department")
    assert lines(found) == ()


def test_a_clarification_is_asked_with_its_options(client: TestClient) -> None:
    """The approved line and titles."""
    (line,) = lines(response(client, BOTH))
    assert line == Line("哪一项？", ("扫地机边刷多久更换", "净化器滤网多久更换"))


def test_who_must_be_helped_at_once_is_steadied(client: TestClient) -> None:
    """After the reply where there is one, and instead of a question."""
    assert [line.text for line in lines(response(client, LEAK))] == [
        "您好，已为您登记。",
        "请先断电，我马上请专员联系您。",
    ]
    urgent = response(client, BOTH, history=[{"role": "customer", "text": INJURY}])
    assert (urgent.decision, urgent.escalation.level) == ("clarify", "required")
    assert [line.options for line in lines(urgent)] == [()]


def test_nothing_found_is_held(client: TestClient) -> None:
    """By the escalation's own line."""
    assert lines(response(client, NOTHING)) == (Line(HOLDING),)


def test_a_script_is_not_for_customers(client: TestClient) -> None:
    """It is worded for whoever answers."""
    assert ready(response(client, "客户骂人怎么安抚")) is None
