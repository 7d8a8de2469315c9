"""Doubled text."""

from __future__ import annotations

from knowledge.formats.documents.cleaning.doubling import clean
from tests.knowledge.formats.documents.manuals import blocks, texts


def test_a_title_repeated_under_itself_is_there_once() -> None:
    """Case and width make no difference."""
    assert texts(clean(blocks("客服手册", "客服手册", "客服手册 ", "您好")).blocks) == ["客服手册", "您好"]


def test_a_document_that_stands_there_twice_is_there_once() -> None:
    """Whole, and each removed line is listed."""
    lines = ["甲一", "乙二", "丙三", "丁四"]
    found = clean(blocks(*lines, *lines, *lines))
    assert texts(found.blocks) == lines
    assert len(found.changes) == 8


def test_the_same_reply_under_two_situations_stays() -> None:
    """One line, or two, that come again are no doubling."""
    lines = ["忙时：", "请稍等。", "谢谢。", "离线时：", "请稍等。", "谢谢。"]
    assert texts(clean(blocks(*lines)).blocks) == lines


def test_ten_thousand_equal_lines_are_done_in_no_time() -> None:
    """The cost does not grow with the square."""
    assert texts(clean(blocks(*["甲", "乙"] * 5_000)).blocks)[:2] == ["甲", "乙"]
