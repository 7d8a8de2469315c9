"""A small pack in code, for tests that need a whole one."""

from __future__ import annotations

from datetime import time
from typing import Any

from knowledge.model import (
    BusinessHours,
    CaseField,
    Entry,
    Fact,
    Facts,
    ForbiddenPhrase,
    Hours,
    Lines,
    Pack,
    Policy,
    Product,
    Reply,
    ServiceLevel,
    Target,
    Trigger,
)


def entry(entry_id: str = "refund.time", text: str = "您好，退款 3 天内到账。", **fields: Any) -> Entry:
    """An entry with whatever the test is about."""
    base: dict[str, Any] = {
        "id": entry_id,
        "kind": "faq",
        "title": f"标准问 {entry_id}",
        "replies": (Reply(text=text),),
    }
    return Entry(**(base | fields))


def policy(**fields: Any) -> Policy:
    """A policy with one of everything."""
    base: dict[str, Any] = {
        "business_hours": BusinessHours(weekday=Hours(opens=time(8, 30), closes=time(17))),
        "service_levels": {
            "first-reply": ServiceLevel(label="首次回复", seconds=30),
            "callback": ServiceLevel(label="回电", days=2, clock="working_days"),
        },
        "first_reply": "first-reply",
        "targets": {
            "agent": Target(
                label="人工客服",
                label_en="Agent",
                service_level="callback",
                collect=("order_no",),
                holding_reply="请稍候。",
            )
        },
        "fields": {"order_no": CaseField(label="订单号", label_en="Order no.")},
        "slots": {"customer_name": "客户称呼", "order_no": "订单号"},
        "forbidden_phrases": (ForbiddenPhrase(phrase="不知道", instead="我帮您核实", reason="curt"),),
        "triggers": (
            Trigger(
                code="injury", label="受伤", label_en="Injury", level="required", target="agent", variants=("受伤了",)
            ),
        ),
        "lines": Lines(
            opening="您好",
            closing="再见",
            holding="请稍等",
            clarify="哪一项？",
            email_open="{customer_name}：\n您好",
            email_close="此致",
        ),
    }
    return Policy(**(base | fields))


def facts() -> Facts:
    """One fact of the shop, one of a product."""
    return Facts(
        facts={
            "shop.phone": Fact(zh="400-000", source="shop"),
            "ship.fee": Fact(zh="8 元", en="8 yuan", source="shop"),
        },
        products={
            "A3": Product(names=("净化器",), topic="purifier", facts={"area": Fact(zh="21 ㎡", source="manual")})
        },
    )


def pack(*entries: Entry) -> Pack:
    """A pack of these entries."""
    return Pack(entries=entries, policy=policy(), facts=facts())
