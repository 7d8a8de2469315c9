"""A small knowledge base the index's tests build from: seven matters in sixteen phrasings and a title each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from index.assembly import assemble
from index.builder import Build, build
from index.contents import Contents
from index.retriever import Finding, Retriever
from knowledge.formats.jsonl import Turn
from knowledge.model import ApprovedEntry, Entry, Facts, Policy, Trigger
from tests.knowledge.sample import entry, facts, policy
from tests.toy import ToyEmbedder

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

TOPICS = {
    "account.login": "账号登录",
    "care.shell": "外壳清洗",
    "exchange.steps": "换货流程",
    "filter.change": "滤网更换",
    "invoice.title": "发票抬头",
    "refund.time": "退款到账",
    "ship.track": "快递物流",
}
FORMS = (
    "{}多久",
    "{}怎么办",
    "请问{}的事",
    "我要问{}",
    "{}在哪看",
    "{}要钱吗",
    "{}太慢了",
    "帮我看{}",
    "{}是啥情况",
    "想了解{}",
    "{}没反应",
    "{}能不能快点",
    "查一下{}",
    "{}行不行",
    "{}麻烦吗",
    "{}有人管吗",
)
PHRASINGS = [(entry_id, form.format(topic)) for entry_id, topic in TOPICS.items() for form in (*FORMS, "{}说明")]
TRIGGERS = (
    Trigger(
        code="injury",
        label="受伤",
        label_en="Injury",
        level="required",
        target="agent",
        variants=("我被烫伤了", "孩子手指割破流血", "老人触电受伤", "皮肤过敏起疹子送医院"),
        look_alikes=("包装盒割破了", "机身烫手正常吗"),
    ),
    Trigger(
        code="legal",
        label="法律",
        label_en="Legal",
        level="required",
        target="agent",
        variants=("我要起诉你们", "找律师告你们", "咱们法院见", "已经去消协投诉"),
        look_alikes=("有律师认证的合同吗",),
    ),
)

OWN_PHRASES = tuple(text for trigger in TRIGGERS for text in trigger.variants)


def matter(entry_id: str, *more: str, **fields: Any) -> Entry:
    """The entry of one of the topics, clean under lint; `more` are further variants."""
    topic = TOPICS[entry_id]
    given: dict[str, Any] = {
        "kind": "script",
        "title": f"{topic}说明",
        "variants": (*(form.format(topic) for form in FORMS), *more),
        "source": "shop",
    }
    return entry(entry_id, f"您好，{topic}由专人处理，运费{{ship.fee}}。", **(given | fields))


def approved(*entries: Entry) -> tuple[ApprovedEntry, ...]:
    """These entries as approved."""
    return tuple(ApprovedEntry(entry=one, version=1, approved_by="wang", approved_at=AT) for one in entries)


def matters() -> tuple[ApprovedEntry, ...]:
    """All topics as approved entries, in order of id."""
    return approved(*(matter(entry_id) for entry_id in TOPICS))


def rules(**fields: Any) -> Policy:
    """The sample policy with this desk's triggers."""
    return policy(**({"triggers": TRIGGERS} | fields))


def contents_of(entries: Sequence[ApprovedEntry], with_policy: Policy | None = None) -> Contents:
    """What a build would make of these, past the gate and without files."""
    return assemble(entries, with_policy or rules(), ToyEmbedder().encode)


def build_in(
    home: Path,
    entries: Sequence[ApprovedEntry],
    embedder: ToyEmbedder | None = None,
    *,
    with_policy: Policy | None = None,
    with_facts: Facts | None = None,
) -> Build:
    """A build into a home folder."""
    return build(entries, with_policy or rules(), with_facts or facts(), embedder or ToyEmbedder(), home)


def changed(entry: Entry) -> tuple[ApprovedEntry, ...]:
    """One entry of the desk replaced."""
    return approved(entry, *(one.entry for one in matters() if one.entry.id != entry.id))


def said(*texts: str, role: Literal["customer", "agent"] = "customer") -> list[Turn]:
    """Earlier turns of one side."""
    return [Turn(role=role, text=text) for text in texts]


def ids(found: Finding) -> list[str]:
    """The candidates' entries, best first."""
    return [candidate.entry.entry.id for candidate in found.candidates]


def fresh(contents: Contents) -> Retriever:
    """A retriever that remembers nothing yet."""
    return Retriever(contents, ToyEmbedder(), "0123456789ab")


class Reader:
    """Reads every text as the one it is given, and counts how often it was asked."""

    def __init__(self, meant: str) -> None:
        self.meant, self.asked = meant, 0

    def corrected(self, text: str) -> str:
        self.asked += 1
        return self.meant


def reading(contents: Contents, meant: str) -> tuple[Retriever, Reader]:
    """A retriever whose speller is such a reader."""
    made, reader = fresh(contents), Reader(meant)
    made._ranking.__dict__["speller"] = reader
    return made, reader
