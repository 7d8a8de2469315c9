"""Promises in time."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.recognition import levels
from knowledge.formats.documents.recognition.lines import lines_of
from tests.knowledge.formats.documents.manuals import blocks


@pytest.mark.parametrize(
    ("text", "act", "seconds", "days"),
    [
        ("电话铃响三声内接听", "phone-pickup", 15, None),
        ("首次响应时间不得超过 30 秒", "first-reply", 30, None),
        ("书友留言须在10分钟内回复", "reply", 600, None),
        ("需要核实的问题最长不超过两小时答复", "lookup", 7200, None),
        ("半小时内处理完毕", "reply", 1800, None),
        ("二十四小时内答复", "reply", 86_400, None),
        ("未解决的问题2个工作日内电话答复", "callback", None, 2),
        ("投诉在十个工作日内办结", "complaint", None, 10),
        ("尽快答复书友。最多不超过三小时。", "reply", 10_800, None),
    ],
)
def test_a_promise_is_measured(text: str, act: str, seconds: int | None, days: int | None) -> None:
    """Seconds by the clock, or working days; what it promises is told by the words around it."""
    (found,) = levels.find(lines_of(blocks(text)))
    assert (found.act, found.seconds, found.days) == (act, seconds, days)
    assert found.clock == ("working_days" if days else "elapsed")


@pytest.mark.parametrize("text", ["书店开了三年", "请稍等1分钟", "满30天内的新书", "每次通话不超过三分钟", "0天内回复"])
def test_other_spans_of_time_are_none(text: str) -> None:
    """Nothing is promised within them."""
    assert list(levels.find(lines_of(blocks(text)))) == []


def test_each_span_of_a_sentence_has_its_own_act() -> None:
    """By its own clause."""
    found = levels.find(lines_of(blocks("留言10分钟内回复，投诉应在3个工作日内办结")))
    assert [(one.act, one.seconds, one.days) for one in found] == [("reply", 600, None), ("complaint", None, 3)]
