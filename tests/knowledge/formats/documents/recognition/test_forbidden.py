"""Words never to use."""

from __future__ import annotations

from knowledge.formats.documents.recognition import forbidden
from knowledge.formats.documents.recognition.lines import lines_of
from tests.knowledge.formats.documents.manuals import WRONG_AND_RIGHT, block, blocks


def phrases(*lines: str) -> list[tuple[str, str | None]]:
    """Those of a text."""
    return [(one.phrase, one.instead) for one in forbidden.find(lines_of(blocks(*lines)))]


def test_a_list_under_its_heading_ends_where_another_begins() -> None:
    """The numbering says so."""
    assert phrases("服务忌语：", "1、自己找！", "2、不知道。", "1、见面先问好") == [("自己找", None), ("不知道", None)]
    assert phrases("不得使用下列说法，例如：", "①烦死了", "谢谢") == [("烦死了", None)]


def test_what_is_quoted_after_never_is_forbidden() -> None:
    """With what is said instead."""
    text = "书友询问时忌说：“不清楚”、“你问我我问谁”。应当说：“我帮您查一下。”"
    assert phrases(text) == [("不清楚", "我帮您查一下。"), ("你问我我问谁", "我帮您查一下。")]


def test_a_plain_enumeration_counts_too() -> None:
    """Parted by enumeration commas."""
    assert phrases("任何情况下都不得回答：喂、不晓得、别问我。") == [("喂", None), ("不晓得", None), ("别问我", None)]


def test_columns_of_wrong_and_right_words_are_read() -> None:
    """Row by row."""
    rows = [block("\t".join(cells), number, kind="row") for number, cells in enumerate(WRONG_AND_RIGHT, 1)]
    assert [(one.phrase, one.instead) for one in forbidden.find(lines_of(rows))] == [
        ("不知道", "我帮您查一下，请稍等。"),
        ("没货了", "这本暂时缺货，到货我通知您。"),
    ]


def test_what_must_be_said_is_not_forbidden() -> None:
    """A rule about something else in the same sentence forbids nothing."""
    assert phrases("不能爱答不理，要赶紧回复“您好，我在呢”。", "拿起话筒应说“您好”。") == []
