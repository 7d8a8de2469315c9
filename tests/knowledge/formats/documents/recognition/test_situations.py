"""Situations with their wording."""

from __future__ import annotations

import time

import pytest

from knowledge.formats.documents.recognition import situations
from knowledge.formats.documents.recognition.lines import lines_of
from tests.knowledge.formats.documents.manuals import blocks


@pytest.mark.parametrize(
    ("lines", "rule", "title", "wordings"),
    [
        (["书友退书时：", "回答：好的，请您寄回。"], "label", "书友退书时", ("好的，请您寄回。",)),
        (["遇到投诉的书友：", "客服：非常抱歉。", "2、别的"], "label", "遇到投诉的书友", ("非常抱歉。",)),
        (["忙线时：可设置自动回复：", "A.您好，请稍等。"], "label", "忙线时", ("您好，请稍等。",)),
        (["（结束语）客服：感谢您的光临。"], "label", "结束语", ("感谢您的光临。",)),
        (["听不清书友说话时（客服）抱歉，请您再说一遍。"], "role", "听不清书友说话时", ("抱歉，请您再说一遍。",)),
        (["书友打错电话时：“抱歉，您打错了。”"], "quoted", "书友打错电话时", ("抱歉，您打错了。",)),
        (
            ["找人不在时：“请您稍后再打。”或者“请您留个电话。”"],
            "quoted",
            "找人不在时",
            ("请您稍后再打。", "请您留个电话。"),
        ),
        (["转接电话，应说：请稍等，我帮您转过去。"], "says", "转接电话", ("请稍等，我帮您转过去。",)),
        (
            ["受到批评时，说：谢谢您的指正。或者说：感谢您的意见。"],
            "says",
            "受到批评时",
            ("谢谢您的指正。", "感谢您的意见。"),
        ),
        (["通话要有礼。没听清时，忌说：“啥？”。应当说：“请您再说一遍。”"], "quoted", "没听清时", ("请您再说一遍。",)),
    ],
)
def test_a_situation_is_told_with_its_wording(
    lines: list[str], rule: str, title: str, wordings: tuple[str, ...]
) -> None:
    """By a label below it, a speaker behind it, quotation marks, or “say”."""
    (found,) = situations.find(lines_of(blocks(*lines)))
    assert (found.rule, found.title, found.wordings) == (rule, title, wordings)


def test_one_line_may_hold_two_situations() -> None:
    """Parted by the second “when”."""
    text = "让书友等待时说：“请您稍等一分钟。”再次回来服务时，要说：“让您久等了。”"
    found = list(situations.find(lines_of(blocks(text))))
    assert [one.wordings for one in found] == [("请您稍等一分钟。",), ("让您久等了。",)]
    assert "再次回来服务时" in found[1].title


def test_what_leads_on_to_a_list_is_no_wording() -> None:
    """It speaks of the items below."""
    text = "接通时，应先说：您好，这里是书店。然后用礼貌用语，包括以下内容："
    assert [one.wordings for one in situations.find(lines_of(blocks(text)))] == [("您好，这里是书店。",)]


def test_no_line_takes_long() -> None:
    """Whatever is repeated in it, in what one should say."""
    started = time.perf_counter()
    for repeated in ("应致歉", "可设置", "应道歉", "使用礼貌用语", "如例如比如", "，应当先说"):
        text = f"{repeated * 26}甲：“您好，请稍等。”"
        assert len(list(situations.find(lines_of(blocks(text))))) == 1
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "lines",
    [
        ["不得对书友说“请您自己找”。"],
        ["上班时间：九点到六点"],
        ["营业时间说明：本店九点开门，客户应提前预约。"],
        ["我们秉承“顾客至上”的理念。"],
        ["书友退书时：", "应认真核对小票。"],
    ],
)
def test_rules_and_slogans_are_no_situations(lines: list[str]) -> None:
    """What is forbidden, what is for staff, what is no speech."""
    assert list(situations.find(lines_of(blocks(*lines)))) == []
