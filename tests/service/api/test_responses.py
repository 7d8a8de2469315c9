"""The shape of an answer."""

from __future__ import annotations

from starlette.testclient import TestClient

from service.api.responses import SuggestionResponse
from tests.service.asking import SHIP, ask, turns
from tests.service.shop import state_of


def test_the_documented_request_is_answered_with_every_documented_field(client: TestClient) -> None:
    """The design's request works as it stands, and every field of the answer has the value worked out by hand."""
    body = ask(
        client,
        SHIP,
        history=turns("您好"),
        channel="chat",
        audience="customer",
        kinds=["faq", "script"],
        products=["R5"],
        slots={"customer_name": "张女士"},
        limit=1,
        conversation_id="c-1",
        agent_id="a-7",
    )
    assert set(body) == set(SuggestionResponse.model_fields)
    assert body["decision"] == "answer"
    assert body["took_ms"] > 0
    assert body["index_version"] == state_of(client).live.version
    assert body["request_id"]
    assert (body["clarification"], body["used_history"], body["language"]) == (None, False, "zh")
    assert body["holding_reply"] == {"channel": "chat", "language": "zh", "text": "请稍等", "missing_slots": []}
    assert body["suggestions"] == [
        {
            "entry_id": "ship.no-update",
            "version": 1,
            "kind": "faq",
            "category": "ship",
            "title": "快递三天没动静",
            "confidence": 1.0,
            "reply": {
                "channel": "chat",
                "language": "zh",
                "text": "张女士，请把订单号 {order_no} 发我核对。",
                "missing_slots": ["order_no"],
            },
            "match": {"tier": "exact", "variant": SHIP, "score": 1.0, "contradictions": []},
            "related": [{"entry_id": "refund.time", "title": "退款多久到账"}],
            "escalation": body["escalation"],
            "approved_by": "王敏",
            "approved_at": "2026-11-19T09:30:00+08:00",
            "valid_until": None,
        }
    ]
    assert body["escalation"] == {
        "level": "offer",
        "target": "logistics",
        "target_label": "物流专员",
        "priority": "normal",
        "reasons": [{"code": "entry", "detail": "ship.no-update: 快递三天没动静"}],
        "reply_within": "PT30S",
        "resolve_within": "PT24H",
        "clock": "elapsed",
        "due_at": "2026-11-21T10:00:00+08:00",
        "collect": [
            {"field": "order_no", "label": "订单号", "required": True},
            {"field": "phone", "label": "电话", "required": False},
        ],
        "holding_reply": {
            "channel": "chat",
            "language": "zh",
            "text": "张女士请稍候，24 小时内给您答复。",
            "missing_slots": [],
        },
    }
