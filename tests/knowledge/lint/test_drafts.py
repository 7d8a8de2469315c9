"""An agent's draft under the rules that can judge it."""

from __future__ import annotations

import pytest

from knowledge.lint.drafts import Drafts
from knowledge.model import Channel, ForbiddenPhrase
from tests.knowledge.lint.packs import POLICY

DRAFTS = Drafts(POLICY, ["客服热线 13800000000，邮箱 service@qimu.example。"])


def told(text: str, channel: Channel = "chat", drafts: Drafts = DRAFTS) -> list[tuple[str, str]]:
    """Rule and part of each mark."""
    return [(mark.rule, text[mark.start : mark.end]) for mark in drafts.check(text, channel)]


def test_a_draft_is_marked_by_every_rule_in_the_order_of_its_text() -> None:
    """Tone, address, promise and personal data in one pass, with places as they were written."""
    assert told("你好，这个我不知道，我们会尽快联系你，您的手机 13912345678 对吗？") == [
        ("formal-address", "你"),
        ("forbidden-phrases", "不知道"),
        ("promise-without-deadline", "我们会尽快联系你"),
        ("formal-address", "你"),
        ("personal-data", "13912345678"),
    ]


def test_a_good_draft_has_no_marks() -> None:
    """In either language."""
    assert told("您好，已为您登记，24 小时内回复您。") == []
    assert told("We will call you back within 24 hours.") == []


def test_what_customers_are_shown_anyway_is_no_personal_datum() -> None:
    """The shop's own numbers and addresses, as they stand in approved texts."""
    assert told("请拨 138 0000 0000 或写信到 Service@qimu.example。") == []
    assert told("请拨 13800000000。", drafts=Drafts(POLICY, [])) == [("personal-data", "13800000000")]


def test_of_two_phrases_the_longer_is_marked() -> None:
    """One fault is said once, with the words that fit it best; elsewhere the shorter one counts for itself."""
    forbidden = tuple(
        ForbiddenPhrase(phrase=phrase, instead=phrase, reason="evasive") for phrase in ("不知道", "我不知道")
    )
    drafts = Drafts(POLICY.model_copy(update={"forbidden_phrases": forbidden}), [])
    found = drafts.check("我不知道。他也不知道。", "chat")
    assert [mark.alternatives for mark in found] == [("我不知道",), ("不知道",)]


@pytest.mark.parametrize(("channel", "count"), [("chat", 1), ("phone", 0), ("email", 0)])
def test_the_channel_sets_the_length(channel: Channel, count: int) -> None:
    """What is too long to chat may be said on the phone."""
    assert len(told("字" * 130, channel)) == count


def test_white_space_is_nothing_to_mark() -> None:
    """A draft that says nothing has no fault."""
    assert told(" \n　") == []


def test_a_slot_with_a_time_keeps_a_promise() -> None:
    """What will be filled in before it is sent counts."""
    assert told("{due_time}前我们会联系您。") == []
    assert told("{order_no}我们会联系您。") != []
