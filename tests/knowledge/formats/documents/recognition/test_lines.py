"""Lines under headings."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.recognition.lines import lines_of
from tests.knowledge.formats.documents.manuals import block, blocks


@pytest.mark.parametrize(
    ("text", "marker", "rest"),
    [
        ("1、请稍等。", "1、", "请稍等。"),
        ("（二）投诉", "（二）", "投诉"),
        ("A.回答：好", "A.", "回答：好"),
        ("·请说", "·", "请说"),
        ("u“再见”", "u", "“再见”"),
        ("① 您好", "①", "您好"),
        ("1. **及时**：好", "1.", "及时：好"),
        ("8:30 开门", "", "8:30 开门"),
        ("3.5 小时", "", "3.5 小时"),
        ("***客服**号", "", "***客服**号"),
    ],
)
def test_a_marker_is_set_apart(text: str, marker: str, rest: str) -> None:
    """Numbers, letters and bullets; times and decimals are none."""
    (line,) = lines_of(blocks(text))
    assert (line.marker, line.text) == (marker, rest)


def test_every_line_knows_its_heading() -> None:
    """A short line that opens a section: by its style, its numbering, or what it is called."""
    found = lines_of(
        [
            block("开场", kind="heading"),
            *blocks("您好。", "一、结束", "再见。", "礼貌用语：", "谢谢。", "请看以下各条。"),
        ]
    )
    assert [(line.text, line.heading, line.section) for line in found] == [
        ("开场", True, ""),
        ("您好。", False, "开场"),
        ("结束", True, "开场"),
        ("再见。", False, "结束"),
        ("礼貌用语：", True, "结束"),
        ("谢谢。", False, "礼貌用语"),
        ("请看以下各条。", False, "礼貌用语"),
    ]
