"""Builders for lint's tests: an entry no rule has anything to say about, and packs around it."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from knowledge.lint import Finding, Options
from knowledge.lint.context import Context, Text, language_of
from knowledge.lint.finding import Mark
from knowledge.lint.runner import RULES
from knowledge.model import (
    BusinessHours,
    CaseField,
    Channel,
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

POLICY = Policy(
    business_hours=BusinessHours(weekday=Hours(opens=time(8, 30), closes=time(17))),
    service_levels={
        "first-reply": ServiceLevel(label="首次回复", seconds=30, clock="business_hours"),
        "complex": ServiceLevel(label="复杂问题", seconds=86400),
        "callback": ServiceLevel(label="回电", days=2, clock="working_days"),
    },
    first_reply="first-reply",
    targets={
        "agent": Target(
            label="人工", label_en="Agent", service_level="complex", collect=("phone",), holding_reply="马上为您转接。"
        )
    },
    fields={"phone": CaseField(label="电话", label_en="Phone")},
    slots={"order_no": "订单号", "due_time": "约定时间"},
    forbidden_phrases=(
        ForbiddenPhrase(phrase="不知道", instead="我核实一下", reason="curt"),
        ForbiddenPhrase(phrase="亲", instead="您好", reason="unprofessional"),
        ForbiddenPhrase(phrase="no way", instead="let me check", reason="curt"),
    ),
    triggers=(
        Trigger(code="fire", label="起火", label_en="Fire", level="required", target="agent", variants=("着火了",)),
    ),
    lines=Lines(
        opening="您好！",
        closing="再见！",
        holding="请稍候。",
        clarify="哪一项？",
        email_open="您好！",
        email_close="此致",
    ),
)
FACTS = Facts(
    facts={
        "return.days": Fact(zh="7 天", en="7 days", source="law"),
        "ship.days": Fact(zh="2–3 天", en="2–3 days", source="shop"),
        "shop.hotline": Fact(zh="13800000000", source="shop"),
        "shop.email": Fact(zh="service@qimu.example", source="shop"),
        "shop.slogan": Fact(zh="安心到家", source="shop"),
    },
    products={
        "A3": Product(names=("空气净化器 A3", "净化器", "A3"), topic="purifier", facts={}),
        "K1": Product(names=("电热水壶 K1", "水壶", "K1"), topic="kettle", facts={}),
    },
)
CHAT = Reply(channel="chat", text="您好，签收后{return.days}内可以退货。")
CHAT_EN = Reply(channel="chat", language="en", text="You may return it within {return.days}.")


def make_entry(entry_id: str = "return.time", *, reply: str = "", en: str = "", **fields: Any) -> Entry:
    """An entry with enough of everything; keyword arguments replace its fields, `reply` and `en` its chat replies."""
    chat = CHAT.model_copy(update={"text": reply}) if reply else CHAT
    english = CHAT_EN.model_copy(update={"text": en}) if en else CHAT_EN
    made = {
        "kind": "faq",
        "title": f"{entry_id} 几天能退",
        "variants": tuple(f"{entry_id} 第{number}种问法" for number in "甲乙丙"),
        "replies": (chat, english),
        "source": "law",
        **fields,
    }
    return Entry(id=entry_id, **made)


def make_pack(*entries: Entry, **policy: Any) -> Pack:
    """A pack of these entries; keyword arguments replace fields of the policy."""
    return Pack(entries=entries, policy=POLICY.model_copy(update=policy), facts=FACTS)


def found(rule: str, *entries: Entry, on: date | None = None, **options: Any) -> list[tuple[str, str, str]]:
    """Runs one rule over entries: (severity, field, message) of each finding, in the rule's order."""
    context = Context(make_pack(*entries), Options(**options), on)
    findings: list[Finding] = list(RULES[rule].check(context))
    assert all(finding.rule == rule for finding in findings)
    return [(finding.severity, finding.field, finding.message) for finding in findings]


def marked(rule: str, text: str, channel: Channel = "chat") -> list[tuple[str, str]]:
    """What one rule marks in a text that belongs to no entry: severity and the part it means, in the rule's order."""
    draft = Text(None, "text", "reply", text, language_of(text), channel)
    marks: list[Mark] = list(RULES[rule].marks(draft, Context(make_pack())))
    assert all(mark.rule == rule and mark.message for mark in marks)
    return [(mark.severity, text[mark.start : mark.end]) for mark in marks]
