"""Dialogue and questions."""

from __future__ import annotations

from knowledge.formats.documents.recognition import dialogue
from knowledge.formats.documents.recognition.lines import lines_of
from tests.knowledge.formats.documents.manuals import blocks


def test_what_a_customer_says_and_an_agent_answers_is_a_faq() -> None:
    """Several turns of one side belong together."""
    found = list(
        dialogue.find(
            lines_of(
                blocks(
                    "客户：有货吗？",
                    "客户：几天能到",
                    "客服：有的。",
                    "客服人员：两天。",
                    "问：能开票吗",
                    "答：“可以的。”",
                )
            )
        )
    )
    assert [(one.variants, one.wordings, one.kind) for one in found] == [
        (("有货吗？", "几天能到"), ("有的。", "两天。"), "faq"),
        (("能开票吗",), ("可以的。",), "faq"),
    ]


def test_a_heading_that_asks_is_answered_below() -> None:
    """Up to the next heading; what an agent asks is no question of a customer's."""
    (found,) = dialogue.find(
        lines_of(blocks("1、书店几点关门？", "您好，每天晚上十点。", "节假日也一样。", "2、请问您找什么书？", "好。"))
    )
    assert (found.rule, found.title, found.wordings) == (
        "question",
        "书店几点关门？",
        ("您好，每天晚上十点。节假日也一样。",),
    )


def test_a_question_may_be_answered_in_its_own_line() -> None:
    """In a numbered list; a rhetorical one in the middle of a text is none."""
    (found,) = dialogue.find(
        lines_of(blocks("1. 如何退书？书友可以在七天内带小票到店办理。", "怎么办呢？大家都应该想一想办法。"))
    )
    assert (found.title, found.wordings) == ("如何退书？", ("书友可以在七天内带小票到店办理。",))


def test_half_a_dialogue_is_none() -> None:
    """A customer without an answer, an agent without a question."""
    assert list(dialogue.find(lines_of(blocks("客户：有货吗？", "书店在三楼。", "客服：您好。")))) == []
