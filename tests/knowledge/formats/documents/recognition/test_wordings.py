"""Lists of wording."""

from __future__ import annotations

from knowledge.formats.documents.recognition import wordings
from knowledge.formats.documents.recognition.lines import lines_of
from tests.knowledge.formats.documents.manuals import blocks


def test_the_items_under_polite_phrases_are_wording() -> None:
    """Called by heading and gist; an item that is a rule is left out."""
    found = list(
        wordings.find(
            lines_of(blocks("一、礼貌用语", "1、您好，请问您贵姓？", "2、客服人员应先问候", "3、“感谢您的来电。”"))
        )
    )
    assert [(one.title, one.wordings) for one in found] == [
        ("礼貌用语：请问您贵姓", ("您好，请问您贵姓？",)),
        ("礼貌用语：感谢您的来电", ("感谢您的来电。",)),
    ]


def test_a_line_that_leads_to_them_is_as_good_as_a_heading() -> None:
    """Until the list ends."""
    lines = blocks("3、通话要有礼。礼貌用语包括以下内容：", "1）谢谢您的建议。", "营业时间九点。", "2）请您放心。")
    assert [one.title for one in wordings.find(lines_of(lines))] == ["礼貌用语：谢谢您的建议"]


def test_words_never_to_use_are_no_wording() -> None:
    """However polite they begin."""
    assert list(wordings.find(lines_of(blocks("一、禁忌用语", "1、您自己看")))) == []
