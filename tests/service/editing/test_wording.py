"""Findings in Chinese: every sentence of every rule has its counterpart."""

from __future__ import annotations

import re
from datetime import date

import pytest

from knowledge.lint.finding import Finding
from knowledge.lint.manuscripts import lint_manuscript
from knowledge.manuscript import Manuscript, TypedEscalation, TypedReply, manuscript_of
from knowledge.model import Fact
from service.editing.wording import said
from tests.knowledge.lint.packs import FACTS, make_entry, make_pack

ON = date(2026, 11, 22)
OTHER = make_entry("b.other", variants=("怎么退货才最快最省事", "退款大概多久能到我账上呢"))
ENGLISH = re.compile(r"\b(the|add|delete|write|correct|remove|choose|needs?|shorten|type|extend)\b")


def typed(**fields: object) -> Manuscript:
    """An entry as typed, with what the test is about."""
    return manuscript_of(make_entry("a.one")).model_copy(update=fields)


def reply(text: str, channel: str = "chat", language: str = "zh") -> dict[str, object]:
    """A single reply."""
    return {"replies": (TypedReply(channel=channel, language=language, text=text),)}


CASES: dict[str, Manuscript] = {
    "nothing": Manuscript(),
    "kinds": typed(kind="poem", stage="never", audience="x", valid_from="gestern", valid_until="2026-1-1"),
    "windows": typed(valid_from="2026-12-02", valid_until="2026-12-01"),
    "expired": typed(valid_until="2026-11-01"),
    "last day": typed(valid_until="2026-11-22"),
    "expiring": typed(valid_until="2026-11-25"),
    "twice": typed(variants=("怎么退", "怎么退", "😡", "钱" * 600, "{order_no}")),
    "others": typed(variants=("怎么退货才最快最省事", "退款大概多久能到我账上")),
    "alike": typed(variants=tuple(f"请问一下{word}" for word in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥")),
    "references": typed(related=("a.one", "b.other", "b.other", "c.gone"), products=("Z9",)),
    "escalation": typed(escalation=TypedEscalation(level="offer")),
    "target": typed(escalation=TypedEscalation(level="offer", target="gone", collect=("x",))),
    "collect": typed(escalation=TypedEscalation(level="offer", target="agent", priority="x")),
    "words": typed(**reply("我不知道，你等等,我们会尽快联系您。")),
    "figures": typed(**reply("请在 99 天内退货，{return.gone}{slot_gone}{ 坏")),
    "personal": typed(**reply("请打 13912345678 或 a@b.com，卡号 6222021234567890123")),
    "damaged": typed(**reply("您好ï¼Œ锟斤拷，这里有\u200b零宽")),
    "long": typed(**reply("请您稍候。" * 60)),
    "english": typed(**reply("{shop.slogan}", language="en")),
    "doubled": typed(replies=(TypedReply(text="您好"), TypedReply(text="再见"))),
    "control": typed(title="退\x07款"),
}


def test_where_a_sentence_stands_is_said_as_people_say_it() -> None:
    """The title of another entry is no field's name, whichever brackets are round it."""
    finding = Finding(
        "unique-variants", "warning", "a.one", "variants[0]", '"怎么退" also belongs to b.other (title): delete one'
    )
    assert said(finding, "zh") == "「怎么退」已经是 b.other 的相似问（标题）：只能留在一处"


@pytest.mark.parametrize("case", CASES)
def test_every_finding_is_said_in_chinese(case: str) -> None:
    """No English sentence is left, and what it quotes is still there."""
    pack = make_pack(OTHER).model_copy(
        update={"facts": FACTS.model_copy(update={"facts": FACTS.facts | {"a.days": Fact(zh="7 天", source="x")}})}
    )
    findings = lint_manuscript(CASES[case], "a.one", pack, on=ON)
    assert findings
    for finding in findings:
        told = said(finding, "zh")
        assert re.search("[一-鿿]", told), finding
        assert told != finding.message, finding
        assert not ENGLISH.search(told), told


def test_places_are_counted_as_people_do() -> None:
    """From one, in either language."""
    finding = Finding(
        "duplicate-variants", "warning", "a.b", "variants[4]", '"钱呢" stands here twice (variants[0]): delete one'
    )
    assert said(finding, "zh") == "「钱呢」重复了（第 1 行）：留一个就好"
    assert said(finding, "en") == '"钱呢" stands here twice (line 1): delete one'


def test_a_sentence_without_a_counterpart_stays_as_it_is() -> None:
    """Better English than nothing."""
    assert said(Finding("x", "error", None, "y", "brand new sentence"), "zh") == "brand new sentence"
