"""Drafts beside the entries that are there."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.formats.reading import read
from knowledge.model import Entry, Escalation, Reply
from tests.knowledge.formats.imported import codes, composed, csv_text, entries
from tests.knowledge.sample import entry

THERE = entry(
    "refund.time",
    title="退款多久",
    kind="script",
    variants=("钱呢", "退款几天"),
    replies=(Reply(channel="phone", text="您好，请讲"), Reply(channel="chat", text="您好")),
    products=("A3",),
    tags=("退款",),
    stage="after-sale",
    escalation=Escalation(level="offer", target="agent", collect=("order_no",)),
    valid_until=date(2027, 1, 1),
    source="手册",
)


def one(*rows: tuple[str, ...], there: Entry | None = THERE) -> Entry:
    """The only entry of a sheet without problems."""
    found, problems = entries(csv_text(*rows), existing=[there] if there else [])
    assert [problem for problem in problems if problem.severity == "error"] == []
    (entry_,) = found
    return entry_


def test_a_sheet_changes_only_the_columns_it_has() -> None:
    """The rest of the entry stays as it is."""
    found = one(("编号", "标签"), ("refund.time", "到账"))
    assert found == THERE.model_copy(update={"tags": ("到账",)})


def test_an_empty_cell_empties_its_field() -> None:
    """A list, a date, one channel's reply; what an entry cannot do without stays."""
    found = one(
        (
            "编号",
            "类型",
            "标准问",
            "相似问",
            "回复（电话）",
            "产品",
            "阶段",
            "升级",
            "升级对象",
            "需收集",
            "失效日期",
            "来源",
        ),
        ("refund.time", "", "", "", "", "", "", "", "", "", "", ""),
    )
    assert found == entry(
        "refund.time",
        kind="script",
        title="退款多久",
        replies=(Reply(channel="chat", text="您好"),),
        tags=("退款",),
    )


def test_another_form_of_the_same_is_no_change() -> None:
    """Replies in another order, a phrasing twice, a product by its name, a target by its label."""
    found = one(
        ("标准问", "相似问", "在线回复", "电话回复", "产品", "升级", "升级对象", "需收集"),
        ("退款多久", "钱呢\n退款几天\n钱呢", "您好", "您好，请讲", "净化器", "建议", "人工客服", "订单号"),
    )
    assert found == THERE


def test_a_plain_reply_leaves_those_of_channels_alone() -> None:
    """It is for any channel, and stands behind them."""
    found = one(("编号", "答案"), ("refund.time", "您好呀"))
    assert found.replies == (*THERE.replies, Reply(channel="any", text="您好呀"))


def test_an_entry_is_found_by_its_question() -> None:
    """So that a sheet without ids changes entries and adds none twice; width and case make no other question."""
    assert one(("标准问", "标签"), ("退款多久", "x")).id == "refund.time"
    assert one(("标准问", "答案"), ("退款要多久", "您好")).id == "faq.tui-kuan-yao-duo-jiu"


def test_a_category_gives_the_id_and_stays_a_tag() -> None:
    """The words of the category are kept where the id spells them otherwise."""
    found = one(("标准问", "答案", "分类", "标签"), ("怎么退", "您好", "售后/退款", "退货"), there=None)
    assert (found.id, found.tags) == ("shou-hou.tui-kuan.zen-me-tui", ("退货", "售后", "退款"))
    again = one(("标准问", "答案", "分类", "标签"), ("怎么退", "您好", "售后/退款", "退货"), there=found)
    assert again == found
    assert one(("标准问", "答案", "分类"), ("怎么退", "您好", "refund"), there=None).tags == ()


@pytest.mark.parametrize(
    ("row", "column", "code", "said"),
    [
        ({"编号": "退款-1"}, "编号", "bad_id", "tui-kuan-1"),
        ({"编号": "a" * 121}, "编号", "too_long", "is 121 characters long, at most 120 fit"),
        ({"标准问": "长" * 101}, "标准问", "too_long", "101"),
        ({"相似问": "好\n" + "长" * 501}, "相似问", "too_long", "500"),
        ({"答案": "您好\x07"}, "答案", "unshowable", "U+0007"),
        ({"答案": ""}, "回复 (Reply)", "no_reply", "there is no reply"),
        ({"答案": "您好，{order_nr}"}, "答案", "unknown_slot", "order_no?"),
        ({"答案": "{shop.phon}"}, "答案", "unknown_fact", "shop.phone?"),
        ({"产品": "A3\nZ9"}, "产品", "unknown_product", "Z9"),
        ({"升级": "必须"}, "升级对象 (Escalation target)", "no_target", "人工客服 (agent)"),
        ({"升级": "必须", "升级对象": "人工客"}, "升级对象", "unknown_target", "人工客服?"),
        ({"需收集": "订单编"}, "需收集", "unknown_field", "订单编"),
        ({"相关条目": "a.c"}, "相关条目", "unknown_entry", "a.c"),
        ({"相关条目": "中 文"}, "相关条目", "unknown_entry", "中 文"),
        ({"生效日期": "2027-01-01", "失效日期": "2026-01-01"}, "生效日期", "window", "2027-01-01"),
        ({"优先级": "极高"}, "优先级", "not_a_choice", "紧急 (urgent)"),
    ],
)
def test_what_no_entry_may_hold_is_a_problem_of_its_cell(
    row: dict[str, str], column: str, code: str, said: str
) -> None:
    """With the value, what is wrong and what to do; in Chinese too."""
    cells = {"标准问": "怎么退", "答案": "您好"} | row
    found, problems = entries(csv_text(tuple(cells), tuple(cells.values())))
    assert found == []
    assert codes(problems) == [(2, column, code)]
    assert said in problems[0].message
    assert problems[0].say("zh") != problems[0].message


def test_a_window_is_held_against_the_end_that_the_entry_has() -> None:
    """A file with one end alone is told at that cell; the other is the entry's own."""
    there = THERE.model_copy(update={"valid_from": date(2026, 6, 1)})
    found, problems = entries(csv_text(("编号", "失效日期"), ("refund.time", "2026-05-01")), existing=[there])
    assert found == []
    assert codes(problems) == [(2, "失效日期", "window")]
    assert problems[0].message == "begins on 2026-06-01, after it ends on 2026-05-01: swap them"
    found, problems = entries(csv_text(("编号", "生效日期"), ("refund.time", "2027-05-01")), existing=[THERE])
    assert codes(problems) == [(2, "生效日期", "window")]


def test_two_rows_with_one_id_by_question_and_by_name_are_told() -> None:
    """One is found by its question, one names that id: nobody knows which counts."""
    found, problems = entries(
        csv_text(("编号", "标准问", "答案"), ("refund.time", "另一个问题", "您好"), ("", "退款多久", "您好")),
        existing=[THERE],
    )
    assert [one.title for one in found] == ["另一个问题"]
    assert codes(problems) == [(3, "编号 (ID)", "same_id")]


def test_related_entries_may_be_in_the_same_file() -> None:
    """Below or above."""
    found, problems = entries(
        csv_text(("编号", "标准问", "答案", "相关条目"), ("a", "甲", "您好", "b"), ("b", "乙", "您好", "a"))
    )
    assert problems == []
    assert [one.related for one in found] == [("b",), ("a",)]


def test_a_broken_draft_still_says_whose_it_is() -> None:
    """So that nothing of the same id is taken for missing."""
    reading = read(csv_text(("编号", "标准问", "答案", "生效日期"), ("a.b", "甲", "您好", "明天")), "x.csv")
    assert [(one.entry_id, one.entry) for one in composed(reading)] == [("a.b", None)]
