"""Lines to proposals."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.proposals import Proposal
from knowledge.formats.documents.proposing import found_phrases, is_damaged, proposals
from knowledge.formats.documents.recognition import forbidden
from knowledge.formats.documents.recognition.lines import lines_of
from tests.knowledge.formats.documents.manuals import blocks


def proposed(*lines: str) -> tuple[Proposal, ...]:
    """The proposals of a text."""
    found = lines_of(blocks(*lines))
    return proposals(found, tuple(forbidden.find(found)))


def test_a_proposal_has_all_that_a_draft_needs() -> None:
    """Title without “when”, id by category and sound, channel, place, alternatives."""
    (one,) = proposed("一、来电用语", "遇到打错电话时：", "回答：抱歉，您打错了。", "回答：对不起，请您查证后再拨。")
    assert (one.title, one.entry_id, one.category) == ("打错电话", "scope.da-cuo-dian-hua", "scope")
    assert (one.kind, one.channel, one.section) == ("script", "phone", "来电用语")
    assert (one.reply, one.alternatives) == ("抱歉，您打错了。", ("对不起，请您查证后再拨。",))
    assert (one.place.line, one.lines, one.certainty, one.problems) == (2, (1, 2, 3), "high", ())


def test_a_name_that_only_begins_like_a_when_is_kept() -> None:
    """对方 is no “for”."""
    (one,) = proposed("对方打错电话时：“抱歉，您打错了。”")
    assert one.title == "对方打错电话"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("开场时说：“您好，我是××号客服。”", "placeholder"),
        ("忙时说：“抱歉让你久等了。”", "informal"),
        ("查询时说：“请稍等，我？guī您查。”", "damaged"),
        ("天冷时说：“今天有点冷，您多穿点。”", "no_category"),
        (f"{'书友在书店里找了很久都没有找到想要的书籍' * 2}而着急时：“您别着急，我帮您找。”", "long_title"),
    ],
)
def test_what_must_be_looked_at_is_said(line: str, problem: str) -> None:
    """Blanks, 你, lost characters, no category, a title that is too long."""
    (one,) = proposed(line)
    assert problem in one.problems


def test_the_same_situation_with_the_same_wording_is_proposed_once() -> None:
    """Two wordings of one situation have two ids."""
    found = proposed("忙碌时：“请稍等。”", "忙碌时：“请稍等。”", "忙碌时：“请您稍等。”")
    assert [one.entry_id for one in found] == ["wait.mang-lu-shi", "wait.mang-lu-shi-2"]


def test_a_forbidden_phrase_is_no_wording() -> None:
    """Though it stands in a list of phrases."""
    found = lines_of(blocks("不文明用语", "1、请您自己看！"))
    phrases = tuple(forbidden.find(found))
    assert [one.phrase for one in found_phrases(phrases)] == ["请您自己看"]
    assert proposals(found, phrases) == ()


def test_a_line_that_is_used_still_leads_to_its_list() -> None:
    """Its own situation, and then the items below it."""
    found = proposed(
        "接通时，应先说：您好，这里是书店。然后用礼貌用语，包括以下内容：", "1）谢谢您的建议。", "2）请您放心。"
    )
    assert [(one.rule, one.reply) for one in found] == [
        ("says", "您好，这里是书店。"),
        ("list", "谢谢您的建议。"),
        ("list", "请您放心。"),
    ]


@pytest.mark.parametrize(
    ("text", "damaged"),
    [("您好", False), ("头藛T您好", True), ("薄す膭客户", True), ("请选A款", False), ("尴尬", False)],
)
def test_lost_bytes_are_told_from_rare_words(text: str, damaged: bool) -> None:
    """By kana, and rare characters in a row or beside a capital letter."""
    assert is_damaged(text) is damaged
