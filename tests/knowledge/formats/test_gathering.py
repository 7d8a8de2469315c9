"""Rows that belong together, and what happens to those that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.formats.drafts import Draft, Reading, break_faulty
from knowledge.formats.gathering import read_grids
from knowledge.formats.headers import ALSO_READ, FIELDS
from knowledge.formats.sheets import Grid, by_column
from tests.knowledge.formats.imported import codes, composed

NAMES = [field.zh for field in (*FIELDS, *ALSO_READ)]


def grid(*rows: tuple[str, ...]) -> Grid:
    """A sheet whose first row is row 1."""
    numbered = [(number, by_column(row)) for number, row in enumerate(rows, start=1)]
    return Grid("表", [(number, cells) for number, cells in numbered if cells])


def drafts(*rows: tuple[str, ...]) -> tuple[list[Draft], list[tuple[int, str, str]]]:
    """The drafts of one sheet, and its problems."""
    reading = read_grids([grid(*rows)], "csv")
    return reading.drafts, codes(reading.problems)


def rows(draft: Draft) -> list[int]:
    """The rows of a draft of one sheet."""
    return [place.row for place in draft.places]


def test_one_entry_may_stand_in_several_rows() -> None:
    """By its id, by its question, or by leaving both out; phrasings add up, each once."""
    found, problems = drafts(
        ("编号", "标准问", "相似问", "答案"),
        ("a.b", "怎么退", "退货", "您好"),
        ("", "", "退换", ""),
        ("", "怎么退", "退换|寄回", "您好"),
        ("c", "怎么修", "坏了", "您好呀"),
        ("a.b", "", "想退", ""),
    )
    assert problems == []
    assert [(rows(one), one.many("variants")) for one in found] == [
        ([2, 3, 4, 6], ("退货", "退换", "寄回", "想退")),
        ([5], ("坏了",)),
    ]


def test_replies_come_by_column_or_by_row() -> None:
    """在线回复 beside 电话回复, or a row for each channel, or one row for two."""
    found, problems = drafts(
        ("标准问", "渠道", "答案", "电话回复", "English reply"),
        ("a", "在线；邮件", "您好", "您好，请讲", "Hello"),
        ("b", "在线", "在线的话", "", ""),
        ("b", "电话", "电话的话", "", ""),
        ("c", "", "Good day", "", ""),
    )
    assert problems == []
    replies = [{key: text for key, text in one.values.items() if key.startswith("reply")} for one in found]
    assert replies == [
        {"reply.chat.zh": "您好", "reply.email.zh": "您好", "reply.phone.zh": "您好，请讲", "reply.any.en": "Hello"},
        {"reply.chat.zh": "在线的话", "reply.phone.zh": "电话的话"},
        {"reply.any.en": "Good day"},
    ]


def test_every_problem_has_its_row_and_column_and_all_are_told() -> None:
    """Not only the first; the draft they are in becomes no entry, the others do."""
    found, problems = drafts(
        ("标准问", "答案", "渠道", "类型", "生效日期", "升级", "负责人", "回复"),
        ("a", "您好", "传真", "小说", "明天", "也许", "王", ""),
        ("b", "您好", "", "", "", "", "", ""),
        ("b", "再见", "", "", "", "", "", ""),
        ("", "", "", "", "", "", "李", ""),
        ("c", "您好", "", "", "", "", "", ""),
    )
    assert problems == [
        (1, "负责人", "unknown_column"),
        (1, "回复", "same_column"),
        (2, "类型", "not_a_choice"),
        (2, "生效日期", "not_a_date"),
        (2, "升级", "not_a_choice"),
        (2, "渠道", "not_a_choice"),
        (4, "答案", "differs"),
        (5, "", "nothing_read"),
    ]
    assert [(rows(one), one.broken) for one in found] == [([2], True), ([3, 4], True), ([6], False)]


def test_a_row_without_a_question_above_it_is_a_problem() -> None:
    """Nobody knows whose phrasing it is."""
    found, problems = drafts(("标准问", "相似问", "答案"), ("", "退货", ""), ("a", "", "您好"))
    assert problems == [(2, "标准问", "no_question")]
    assert [rows(one) for one in found] == [[3]]


def test_without_a_header_every_row_is_told() -> None:
    """And what stands above a header, as a remark."""
    assert drafts(("甲", "乙"), ("丙", "丁"))[1] == [(1, "", "no_header"), (2, "", "no_header")]
    assert drafts(("话术表",), ("标准问", "答案"), ("a", "您好"))[1] == [(1, "", "above_header")]


def test_questions_with_the_same_answer_are_one_entry_where_the_format_has_no_other_way() -> None:
    """Each question is one phrasing, whatever separators it holds."""
    rows = [("question", "answer"), ("怎么退", "您好"), ("退货；退款", "您好"), ("怎么修", "好的")]
    reading = read_grids([grid(*rows)], "anyq", same_answer=True)
    assert [(one.text("title"), one.many("variants")) for one in reading.drafts] == [
        ("怎么退", ("退货；退款",)),
        ("怎么修", ()),
    ]


def sheets(first: Sequence[tuple[str, ...]], second: Sequence[tuple[str, ...]]) -> Reading:
    """A workbook of two sheets, 一 and 二."""
    return read_grids([replace(grid(*first), name="一"), replace(grid(*second), name="二")], "xlsx")


def test_an_entry_may_go_on_in_another_sheet() -> None:
    """What is wrong in the same row of the first breaks it not, and each problem names the sheet it stands in."""
    reading = sheets(
        (
            ("编号", "标准问", "答案", "失效日期"),
            ("a", "甲", "您好", ""),
            ("b", "乙", "您好", "坏日期"),
            ("c", "丙", "您好", ""),
        ),
        (("编号", "产品", "答案"), ("d", "", "您好"), ("a", "NOPE", ""), ("c", "", "再见")),
    )
    break_faulty(reading)
    assert [(one.text("id"), one.by_sheet, one.broken) for one in reading.drafts] == [
        ("a", {"一": (2,), "二": (3,)}, False),
        ("b", {"一": (3,)}, True),
        ("c", {"一": (4,), "二": (4,)}, True),
        ("d", {"二": (2,)}, False),
    ]
    told = [*reading.problems, *(one for each in composed(reading) for one in each.problems)]
    assert [(one.sheet, one.row, one.code) for one in told] == [
        ("一", 3, "not_a_date"),
        ("二", 4, "differs"),
        ("二", 3, "unknown_product"),
        ("二", 2, "no_title"),
    ]
    assert "differs from row 4 of sheet 一, column 答案" in told[1].message
    assert "第 4 行（工作表「一」）「答案」列" in told[1].say("zh")


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from([*NAMES, "相似问2", "备忘"]), min_size=1, max_size=7),
    st.lists(
        st.lists(
            st.sampled_from(["", "a", "b.c", "怎么退", "退货；换货", "在线", "2026-11-01", "必须", "x\ny"]), max_size=7
        ),
        max_size=12,
    ),
)
def test_no_row_is_lost(header: list[str], rows: list[list[str]]) -> None:
    """Every row that is not blank is part of a draft, or named by a problem; every broken draft is named by one."""
    numbered = [(number, by_column(row)) for number, row in enumerate([header, *rows], start=1)]
    kept = [(number, cells) for number, cells in numbered if cells]
    reading = read_grids([Grid("表", kept)], "csv")
    done = composed(reading)
    problems = [*reading.problems, *(one for each in done for one in each.problems)]
    told = {one.row for one in problems}
    in_drafts = {row for draft in reading.drafts for _, row in draft.places}
    assert {number for number, _ in kept[1:]} <= told | in_drafts
    for each in done:
        assert each.entry is not None or told & {row for _, row in each.draft.places}
