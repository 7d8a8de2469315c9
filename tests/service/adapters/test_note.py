"""Private notes for agents."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from starlette.testclient import TestClient

from service.adapters.note import escalation_note, suggestion_note
from service.api.responses import SuggestionResponse
from tests.service.asking import BOTH, LEAK, NOTHING, REFUND, SHIP

ZONE = ZoneInfo("Asia/Shanghai")


def response(client: TestClient, query: str, **more: Any) -> SuggestionResponse:
    """The desk's response."""
    return SuggestionResponse.model_validate(client.post("/v1/suggestions", json={"query": query} | more).json())


def test_an_answer_ends_with_its_reply(client: TestClient) -> None:
    """After a blank line, byte for byte; which entry it is stands before it."""
    assert suggestion_note(response(client, REFUND)) == (
        "可直接回复 · 退款多久到账 · 100 % · refund.time v1\n\n您好，退款3 天内原路退回。"
    )


def test_a_slot_that_is_open_is_named(client: TestClient) -> None:
    """So that nobody sends it."""
    head, _, text = suggestion_note(response(client, SHIP)).partition("\n\n")
    assert head.endswith("还有 2 处没填：customer_name、order_no")
    assert text == "{customer_name}，请把订单号 {order_no} 发我核对。"


def test_a_clarification_has_the_question_and_the_replies_behind_it(client: TestClient) -> None:
    """In the order of the suggestions."""
    parts = suggestion_note(response(client, BOTH)).split("\n\n")
    assert parts[:3] == ["请选择", "先问客户", "哪一项？\n1. 扫地机边刷多久更换\n2. 净化器滤网多久更换"]
    assert parts[3] == "候选话术"
    assert parts[4].startswith("1. 扫地机边刷多久更换 · ")


def test_nothing_found_says_what_to_say_first(client: TestClient) -> None:
    """The approved holding line."""
    assert suggestion_note(response(client, NOTHING)) == "暂无话术\n\n先这样说\n\n请稍等"


def test_the_words_are_those_of_the_reply(client: TestClient) -> None:
    """English where the suggestion is."""
    note = suggestion_note(response(client, "how long does a refund take"))
    assert note.startswith("Ready to send · ")
    assert note.endswith("Refunds reach you within 3 days.")


def test_an_escalation_says_who_by_when_and_what(client: TestClient) -> None:
    """In the desk's own time; the holding reply byte for byte at the end."""
    note = escalation_note(response(client, LEAK), ZONE)
    assert note is not None
    head, _, said = note.partition("\n\n先这样说\n\n")
    assert head.split("\n") == [
        "▲ 需升级 → 物流专员 · 紧急",
        "时限: 2026-11-21 10:00 前",
        "需要了解: 订单号、电话 (选填)",
        "原因: 「水壶漏水漏电」这条的规定",
    ]
    assert said == "请先断电，我马上请专员联系您。"


def test_without_an_escalation_there_is_no_note(client: TestClient) -> None:
    """Nothing to say is not said."""
    assert escalation_note(response(client, REFUND), ZONE) is None
