"""A desk's answers written by hand: the API's JSON for one query of each kind, so that a page can be tested exactly.

`answer(query, channel, slots)` is what POST /v1/suggestions would say. Every query that is not known abstains.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

FOLLOW_UP = "那要几天呢"  # answered only with what was said before
MISSPELT, MEANT = "块递三天没动精了", "快递三天没动静了"
NO_UPDATE, WITH_SLOTS, UNCLEAR, FIRE, UNKNOWN = (
    "快递三天没动静了",
    "客户要补差价",
    "退款",
    "电水壶冒烟了",
    "你们老板叫什么",
)
VAGUE = "电水壶"  # perhaps the entry that must escalate, perhaps another
ENGLISH = "Who is your boss"
EXAMPLES = [NO_UPDATE, "退款多久到账", "我要投诉客服"]
HOLDING = (
    "您的问题我需要核实一下，以免给您不准确的答复。请您留下订单号或联系方式，我们最迟 3 小时内（工作时间）回复您。"
)


def match(tier: str, variant: str, score: float, *contradictions: Json) -> Json:
    """Why an entry is suggested, and what speaks against it."""
    return {"tier": tier, "variant": variant, "score": score, "contradictions": list(contradictions)}


def suggestion(entry_id: str, title: str, confidence: float, text: str, **changes: Any) -> Json:
    """One suggestion with everything the API returns."""
    return {
        "entry_id": entry_id,
        "version": 3,
        "kind": "faq",
        "title": title,
        "category": entry_id.split(".")[0],
        "confidence": confidence,
        "reply": {"channel": "chat", "language": "zh", "text": text, "missing_slots": []},
        "match": match("ranked", "三天没动静了", 0.91),
        "related": [],
        "escalation": no_escalation(),
        "approved_by": "王敏",
        "approved_at": "2026-11-20T09:30:00+08:00",
        "valid_until": None,
    } | changes


def no_escalation() -> Json:
    """The escalation of a query that needs none."""
    return {
        "level": "none",
        "target": None,
        "target_label": None,
        "priority": "normal",
        "reasons": [],
        "reply_within": "PT30S",
        "resolve_within": None,
        "clock": None,
        "due_at": None,
        "collect": [],
        "holding_reply": None,
    }


def escalation(level: str, target: str, label: str, within: timedelta, **changes: Any) -> Json:
    """An escalation that is due `within` from now."""
    due = datetime.now(UTC).astimezone().replace(microsecond=0) + within
    return (
        no_escalation() | {"level": level, "target": target, "target_label": label, "due_at": due.isoformat()} | changes
    )


def line(text: str) -> Json:
    """A reply that belongs to no entry."""
    return {"channel": "chat", "language": "zh", "text": text, "missing_slots": []}


def collect(*fields: tuple[str, str, bool]) -> list[Json]:
    """What an escalation needs to know."""
    return [{"field": field, "label": label, "required": required} for field, label, required in fields]


SHIP = [
    suggestion(
        "ship.no-update",
        "物流信息几天不更新",
        0.943,
        "很抱歉让您担心了。请把订单号或运单号发我，轨迹超过 48 小时没更新的，"
        "我马上请物流专员联系快递核查，24 小时内告诉您包裹在哪里、哪天能到；确认找不到的就给您补发或退款。",
        match=match("exact", "快递三天没动静了", 1.0),
        related=[
            {"entry_id": "ship.lost", "title": "快递把包裹弄丢了"},
            {"entry_id": "ship.urge", "title": "还没发货，催发货"},
        ],
    ),
    suggestion(
        "ship.urge",
        "还没发货，催发货",
        0.041,
        "让您等急了，很抱歉。请把订单号发我，我现在就催仓库优先打包，3 小时内（工作时间）告诉您发出时间和运单号。",
    ),
    suggestion(
        "ship.lost",
        "快递把包裹弄丢了",
        0.012,
        "非常抱歉，这个损失不用您承担，{customer_name}。请把订单号和快递的答复截图发我，物流专员 24 小时内联系您。",
        valid_until="2026-12-31",
    ),
    suggestion(
        "ship.when",
        "付款后多久发货",
        0.006,
        "您好，现货每天 16:00 前付款的当天发出，16:00 后付款的在 48 小时内发出，一般 2–4 天送到。",
    ),
    suggestion(
        "ship.address",
        "发货后能改地址吗",
        0.002,
        "您好，包裹发出后可以联系快递改派，是否成功以快递答复为准。请把新地址发我，我马上帮您联系。",
    ),
]
SLOTTED = suggestion(
    "email.price-difference",
    "补差价邮件",
    0.87,
    "{customer_name}您好，订单 {order_no} 的差价已为您登记，财务会在 24 小时内原路退回，请您留意到账短信。",
    kind="script",
    match=match("ranked", "帮我补一下差价", 0.88, {"kind": "number", "query": "两次", "entry": "一次"}),
)
REFUNDS = [
    suggestion(
        "refund.time",
        "退款多久能到账",
        0.46,
        "您好，退款在收到退货后 24 小时内提交，按原支付方式退回：支付宝、微信即时到账，借记卡 1–3 个工作日。",
    ),
    suggestion(
        "refund.how",
        "怎么申请退款",
        0.38,
        "您好，请在“我的订单”里点“申请退款”，选好原因后提交，审核一般 24 小时内完成。",
    ),
    suggestion(
        "refund.not-arrived",
        "显示退款成功但钱没到账",
        0.11,
        "请您放心，每一笔退款都查得到。请把订单号、支付方式和退款成功的截图发我。",
    ),
]
SAFETY = suggestion(
    "quality.safety-incident",
    "漏电、冒烟、起火、爆炸等安全事故",
    0.97,
    "请您先保证安全：能安全做到时立即拔插头或拉闸，人和孩子远离；"
    "有明火或浓烟请撤离并拨 119，有人受伤拨 120，不要用水泼带电的机器。"
    "产品安全负责人 30 分钟内给您回电。",
    match=match("ranked", "水壶底座冒烟了", 0.93),
    related=[{"entry_id": "quality.injury", "title": "使用商品受伤、过敏或身体不适"}],
)
SAFE_FIRST = (
    "请您先确保人身安全：立即停用并断开电源，远离产品，如有人受伤或起火请马上拨打 120 或 119。"
    "我已通知产品安全负责人，30 分钟内给您回电。"
)


def answer(
    query: str, channel: str = "chat", slots: Mapping[str, str] | None = None, history: Sequence[Json] = ()
) -> Json:
    """The API's answer to a query."""
    suggestions, changes = _known(query, bool(history))
    body = {
        "request_id": "req-7f3a",
        "used_history": False,
        "read_as": None,
        "decision": "answer",
        "suggestions": [_spoken(item, channel, slots or {}) for item in suggestions],
        "clarification": None,
        "escalation": no_escalation(),
        "holding_reply": line(HOLDING),
        "language": "en" if query.isascii() else "zh",
        "index_version": "20261122-1",
        "took_ms": 6.1,
    }
    return body | changes


def _known(query: str, told: bool) -> tuple[list[Json], Json]:
    if query == FOLLOW_UP and told:
        return [REFUNDS[0] | {"confidence": 0.81}], {"used_history": True}
    if query == MISSPELT:
        known, changes = _known(MEANT, told)
        return known, changes | {"read_as": MEANT}
    if query == NO_UPDATE:
        fields = collect(
            ("order_no", "订单号", True), ("recipient_phone", "收件人电话", True), ("last_scan", "最后物流节点", False)
        )
        holding = line("让您久等了，很抱歉。我已请物流专员联系快递核查，24 小时内给您明确答复，请您先不用再跑一趟。")
        reasons = [{"code": "entry", "detail": "ship.no-update: 物流信息几天不更新"}]
        hint = escalation(
            "offer", "logistics", "物流专员", timedelta(hours=23, minutes=41), resolve_within="PT24H", clock="elapsed"
        )
        hint |= {"collect": fields, "holding_reply": holding, "reasons": reasons}
        return [SHIP[0] | {"escalation": hint}, SHIP[1] | {"escalation": _urge()}, *SHIP[2:]], {"escalation": hint}
    if query == WITH_SLOTS:
        return [SLOTTED, SHIP[2]], {}
    if query == UNCLEAR:
        options = [{key: item[key] for key in ("entry_id", "title", "confidence")} for item in REFUNDS[:2]]
        text = "为了更准确地帮到您，请问您想了解的是下面哪一项？"
        clarification = {"text": text, "language": "zh", "options": options}
        return REFUNDS, {"decision": "clarify", "clarification": clarification}
    if query == FIRE:
        return [SAFETY | {"escalation": _fire()}, SHIP[0] | {"confidence": 0.01}], {"escalation": _fire()}
    if query == VAGUE:
        guessed = _fire() | {"reasons": _fire()["reasons"][1:]}
        found = [SAFETY | {"confidence": 0.52, "escalation": guessed}, REFUNDS[0] | {"confidence": 0.41}]
        options = [{key: item[key] for key in ("entry_id", "title", "confidence")} for item in found]
        clarification = {"text": "请问您想了解的是下面哪一项？", "language": "zh", "options": options}
        return found, {"decision": "clarify", "clarification": clarification, "escalation": guessed}
    return [item | {"confidence": 0.03 / n} for n, item in enumerate(SHIP[1:4], start=1)], _abstains()


def _fire() -> Json:
    fields = collect(
        ("customer_name", "称呼", True),
        ("phone", "联系电话", True),
        ("place", "发生地点", True),
        ("product", "商品型号", True),
        ("time", "发生时间", True),
        ("what_happened", "经过", True),
        ("injured", "有无人员受伤", True),
        ("evidence", "照片、截图或录像", False),
    )
    reasons = [
        {"code": "trigger", "detail": "安全事故: 冒烟了 ≈ 底座冒白烟"},
        {"code": "entry", "detail": "quality.safety-incident: 漏电、冒烟、起火、爆炸等安全事故"},
    ]
    hint = escalation(
        "required",
        "safety",
        "产品安全负责人",
        timedelta(minutes=29, seconds=40),
        resolve_within="PT30M",
        clock="elapsed",
    )
    return hint | {"priority": "urgent", "reasons": reasons, "collect": fields, "holding_reply": line(SAFE_FIRST)}


def _urge() -> Json:
    """Of who has not been sent anything: another target, another thing to collect, other words."""
    hint = escalation("offer", "warehouse", "仓库", timedelta(hours=3), resolve_within="PT3H", clock="elapsed")
    reasons = [{"code": "entry", "detail": "ship.urge: 还没发货，催发货"}]
    fields = collect(("order_no", "订单号", True))
    return hint | {"collect": fields, "holding_reply": line("让您等急了，我现在就催仓库。"), "reasons": reasons}


def _abstains() -> Json:
    hint = escalation("offer", "agent", "人工客服", timedelta(minutes=5), resolve_within="PT5M", clock="business_hours")
    fields = collect(("customer_name", "称呼", True), ("order_no", "订单号", True), ("what_happened", "经过", True))
    reasons = [{"code": "low_confidence", "detail": "0.03 < 0.62"}]
    return {
        "decision": "abstain",
        "escalation": hint | {"collect": fields, "holding_reply": line(HOLDING), "reasons": reasons},
    }


def _spoken(item: Json, channel: str, slots: Mapping[str, str]) -> Json:
    """The suggestion for a channel, with the slots that are known filled in."""
    spoken, reply = deepcopy(item), item["reply"]
    text = re.sub(r"\{(\w+)\}", lambda slot: slots.get(slot[1]) or slot[0], reply["text"])
    missing = list(dict.fromkeys(re.findall(r"\{(\w+)\}", text)))
    spoken["reply"] = reply | {"channel": channel, "text": text, "missing_slots": missing}
    return spoken
