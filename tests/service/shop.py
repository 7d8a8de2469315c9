"""A small shop whose knowledge passes the gate: one entry for each thing the service must get right.

Every entry has 24 phrasings of its own words (three subjects × eight questions), so that a toy embedder keeps them
apart; the two products also share four questions without a subject, which nobody can tell apart. The clock of its
tests stands at a Friday morning while the desk is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from starlette.testclient import TestClient

from index.builder import Build, build
from index.shelf import Shelf
from knowledge.model import (
    ApprovedEntry,
    CaseField,
    Entry,
    Escalation,
    Fact,
    Facts,
    Pack,
    Policy,
    Precision,
    Product,
    Reply,
    ServiceLevel,
    Target,
    Trigger,
)
from knowledge.store import Store
from service import building, publishing
from service.app import create_app
from service.builds import Builds
from service.golden import golden_files
from service.identity.gate import Identify
from service.reports import Report
from service.settings import Settings
from tests.knowledge.sample import policy as sample_policy
from tests.toy import ToyEmbedder

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
APPROVED = datetime(2026, 11, 19, 9, 30, tzinfo=SHANGHAI)
ZH, EN = "您好，已为您登记。", "It has been noted for you."


def phrasings(subjects: str, questions: str) -> tuple[str, ...]:
    """Every subject with every question, both given as words with blanks between them."""
    return tuple(subject + question for subject in subjects.split() for question in questions.split())


def entry(entry_id: str, title: str, subjects: str, questions: str, more: tuple[str, ...] = (), **fields: Any) -> Entry:
    """An entry that lint has no error about, unless the fields bring one."""
    base: dict[str, Any] = {
        "id": entry_id,
        "kind": "faq",
        "title": title,
        "variants": (*phrasings(subjects, questions), *more),
        "replies": (Reply(text=ZH), Reply(language="en", text=EN)),
        "source": "手册",
    }
    return Entry(**(base | fields))


REFUND = entry(
    "refund.time",
    "退款多久到账",
    "退款 退的钱 返还金额",
    "几天能到 什么时候回来 要等几日 何时原路退回 怎么没收到 到哪张卡 最晚哪天到 到账期限多长",
    more=("how long does a refund take", "when will my money come back"),
    replies=(
        Reply(channel="any", text="您好，退款{refund.days}内原路退回。"),
        Reply(channel="phone", text="退款{refund.days}内会回到您付款的卡上。"),
        Reply(channel="any", language="en", text="Refunds reach you within {refund.days}."),
    ),
    stage="after-sale",
    tags=("钱",),
)
SHIP = entry(
    "ship.no-update",
    "快递三天没动静",
    "快递 包裹 物流信息",
    "停住了 卡在半路 一直不更新 没有新轨迹 三天不动弹 查不着进度 原地打转 像是丢了",
    replies=(
        Reply(channel="chat", text="{customer_name}，请把订单号 {order_no} 发我核对。"),
        Reply(channel="chat", language="en", text="{customer_name}, may I check order {order_no}?"),
    ),
    escalation=Escalation(level="offer", target="logistics"),
    related=("refund.time", "promo.summer"),
)
LEAK = entry(
    "quality.leak",
    "水壶漏水漏电",
    "水壶 壶身 底座",
    "漏电麻手 渗水短路 打火花 带电打人 烧糊冒烟 滴水跳闸 裂缝触电 通电发烫",
    escalation=Escalation(
        level="required", target="logistics", priority="urgent", holding_reply="请先断电，我马上请专员联系您。"
    ),
)
FILTER = entry(
    "product.a3.filter",
    "净化器滤网多久更换",
    "滤网 滤芯 过滤棉",
    "多久更换 使用寿命 能不能水洗 去哪里买 怎样拆卸 型号怎么选 报警怎么复位 有无替代品",
    more=("多久更换呀", "使用寿命多长", "去哪里买呢", "怎样拆卸的"),
    products=("A3",),
)
BRUSH = entry(
    "product.r5.brush",
    "扫地机边刷多久更换",
    "边刷 滚刷 主刷",
    "多久更换 使用寿命 缠头发 去哪里买 怎样拆卸 掉毛变形 转不动 异响刺耳",
    more=("多久更换呢", "使用寿命几年", "去哪里买呀", "怎样拆卸哦"),
    products=("R5",),
)
SETTLE = entry(
    "supplier.settle",
    "供应商货款结算",
    "货款 结算单 供货账期",
    "对账找谁 月底打款吗 开票抬头 延迟支付 逾期罚则 银行变更 提前申请 盖章流程",
    audience="supplier",
)
CALM = entry(
    "emotion.calm",
    "安抚发火的客户",
    "客户 买家 来电者",
    "骂人怎么安抚 气坏了怎么说 吼叫如何接话 情绪激动咋回 拍桌子怎么劝 哭了如何安慰 不依不饶怎么讲 说话难听怎么应",
    kind="script",
    replies=(Reply(text="非常抱歉让您有这样的感受，我来帮您。"),),
)
PROMO = entry(
    "promo.summer",
    "夏季满减活动",
    "夏季满减 暑期优惠 清凉促销",
    "怎么参加 叠加红包吗 门槛多少 截止日期 限购几件 退货扣券吗 券在哪领 老客户有份吗",
    valid_from=date(2026, 6, 1),
    valid_until=date(2026, 8, 31),
)
ENTRIES = (REFUND, SHIP, LEAK, FILTER, BRUSH, SETTLE, CALM, PROMO)
# The shop after an edit that nobody minds, and after one that takes a golden query's words from its entry.
BETTER = (
    REFUND.model_copy(update={"title": "退款什么时候到", "variants": (*REFUND.variants, "钱到底还退不退")}),
    *ENTRIES[1:],
)
WORSE = (
    REFUND.model_copy(update={"variants": tuple(text for text in REFUND.variants if text != "退款几天能到")}),
    *ENTRIES[1:-1],
    PROMO.model_copy(update={"variants": (*PROMO.variants, "退款几天能到"), "valid_until": None, "valid_from": None}),
)
GOLDEN = """\
- {query: 退款几天能到, gold: refund.time, kind: plain}
- {query: 钱到底还退不退, gold: refund.time, kind: colloquial}
- {query: 包裹停住了, gold: ship.no-update, kind: plain}
- {query: 月亮有多重, gold: null, kind: far}
- {query: 从前有人问过的, gold: gone.entry, kind: plain}
"""
FACTS = Facts(
    facts={"refund.days": Fact(zh="3 天", en="3 days", source="shop")},
    products={
        "A3": Product(names=("净化器 A3",), topic="purifier", facts={}),
        "R5": Product(names=("扫地机 R5",), topic="robot", facts={}),
    },
)


def policy() -> Policy:
    """Two targets; the first, an agent, concludes within two working days, logistics within a day by the clock."""
    base = sample_policy()
    logistics = Target(
        label="物流专员",
        label_en="Logistics",
        service_level="a-day",
        collect=("order_no", "phone"),
        holding_reply="{customer_name}请稍候，24 小时内给您答复。",
    )
    levels = base.service_levels | {"a-day": ServiceLevel(label="一天", seconds=86400)}
    return base.model_copy(
        update={
            "service_levels": levels,
            "targets": base.targets | {"logistics": logistics},
            "fields": base.fields | {"phone": CaseField(label="电话", label_en="Phone", required=False)},
            "triggers": (
                Trigger(
                    code="injury",
                    label="人身伤害",
                    label_en="Injury",
                    level="required",
                    target="agent",
                    priority="urgent",
                    variants=("孩子手被划伤流血了", "烫伤起泡去医院了", "摔倒骨折住院"),
                ),
            ),
            "precision": Precision(answer_precision=0.97, clarify_precision=0.6),
        }
    )


def pack(entries: Sequence[Entry] = ENTRIES) -> Pack:
    """The shop as a pack."""
    return Pack(entries=tuple(entries), policy=policy(), facts=FACTS)


def publish(
    home: Path,
    entries: Sequence[Entry] = ENTRIES,
    version: int = 1,
    rules: Policy | None = None,
    live: bool = True,
    facts: Facts = FACTS,
) -> Build:
    """Build the shop into `home`, every entry in that version, and make it live unless told otherwise."""
    approved = [
        ApprovedEntry(entry=found, version=version, approved_by="王敏", approved_at=APPROVED) for found in entries
    ]
    done, shelf = build(approved, rules or policy(), facts, ToyEmbedder(), home), Shelf(home / "artefacts")
    if live and shelf.live() != done.version:
        shelf.publish(done.version, APPROVED, "test")
    return done


def fill(settings: Settings, entries: Sequence[Entry] = ENTRIES) -> None:
    """Make these entries the approved knowledge."""
    with Store.open(settings.database_url) as store:
        store.import_pack(pack(entries), "王敏", "王敏", "test", APPROVED)


def only_shop_golden(settings: Settings) -> None:
    """Switch the shipped golden queries off in this home and put the shop's there; for builds in other processes."""
    folder = settings.home / "golden"
    folder.mkdir(parents=True)
    for path in golden_files(settings.home):
        (folder / path.name).write_text("[]\n", "utf-8")
    (folder / "shop.yaml").write_text(GOLDEN, "utf-8")


def report_of(settings: Settings, by: str = "李雷", real: Sequence[str] = ()) -> Report:
    """Build what is approved as `huashu build --no-publish` does, in this process."""
    job = Builds(settings.home).begin(by)
    try:
        return building.run(settings, job, ToyEmbedder(), real)[1]
    finally:
        job.close()


def release(settings: Settings, by: str = "李雷") -> str:
    """Build what is approved and publish it; the version."""
    report = report_of(settings, by)
    publishing.publish(settings, report.build, report.version, report.live, by)
    return report.version


@contextmanager
def serving(
    settings: Settings,
    moment: datetime = FRIDAY,
    identify: Identify | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[TestClient]:
    """A client of the service, which believes that it is `moment`; `headers` go with every request."""
    app = create_app(settings, ToyEmbedder(), lambda: moment, identify)
    with TestClient(app, headers=dict(headers or {})) as client:
        yield client


def state_of(client: TestClient) -> Any:
    """What the app behind a client keeps."""
    app = client.app
    assert isinstance(app, FastAPI)
    return app.state
