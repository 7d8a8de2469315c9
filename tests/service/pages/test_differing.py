"""Differences in the reader's words."""

from __future__ import annotations

from typing import get_args

import pytest

from knowledge.differences import Change, differences
from knowledge.lint import Finding
from knowledge.lint.runner import RULES
from knowledge.model import Audience, Channel, Entry, Escalation, Kind, Language, Level, Priority, Reply, Stage, State
from knowledge.textdiff import Piece
from service.pages.differing import groups, label, language_of, place, remarks, unchanged
from service.pages.words.review import WORDS
from tests.knowledge.sample import entry

ZH = WORDS["zh"]


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_there_is_a_word_for_everything_the_model_can_say(words: dict[str, str]) -> None:
    """Every field, value, channel, state, change and rule of lint."""
    for kind in (Level, Priority, Kind, Audience, Stage):
        assert all(f"value_{value}" in words for value in get_args(kind))
    for prefix, kind in (("channel", Channel), ("language", Language), ("state", State), ("change", Change)):
        assert all(f"{prefix}_{value}" in words for value in get_args(kind))
    for field in Entry.model_fields.keys() - {"id", "escalation"}:
        assert label(field, words)
    for field in Escalation.model_fields:
        assert label(f"escalation.{field}", words)
    assert all(f"rule_{rule}" in words for rule in RULES)


def test_differences_stand_together_by_field() -> None:
    """A reply says its channel and language; coded values are in words, texts as they are."""
    old = entry(text="您好", variants=("甲", "乙"))
    new = old.model_copy(
        update={
            "variants": ("丙", "丁"),
            "replies": (Reply(text="您好呀"), Reply(channel="phone", language="en", text="Hello")),
            "escalation": Escalation(level="required", target="agent"),
        }
    )
    found = groups(differences(old, new), ZH)
    assert [(group.label, len(group.rows)) for group in found] == [
        ("话术 · 通用 · 中文", 1),
        ("话术 · 电话 · 英文", 1),
        ("相似问", 4),
        ("是否升级", 1),
        ("升级给谁", 1),
    ]
    assert (found[1].language, found[2].language) == ("en", None)
    assert found[3].rows[0].pieces == (Piece("removed", "无需升级"), Piece("added", "需升级"))
    assert found[4].rows[0].pieces == (Piece("added", "agent"),)


def test_what_did_not_change_can_be_read_too() -> None:
    """Title, replies and variants that are as they were, and none that changed or came."""
    old = entry(text="您好", title="退款", variants=("甲", "乙"))
    new = old.model_copy(update={"title": "退款时限", "variants": ("甲", "丙")})
    assert [(part.label, part.lines) for part in unchanged(new, differences(old, new), ZH)] == [
        ("话术 · 通用 · 中文", ("您好",)),
        ("相似问 (1)", ("甲",)),
    ]


def test_errors_come_before_warnings() -> None:
    """In Chinese, with a word for severity and rule; what has no Chinese is said as it is."""
    too_long = "90 characters, chat takes 80: shorten it by 10"
    found = remarks(
        [Finding("reply-length", "warning", "a.x", "title", too_long), Finding("new-rule", "error", "a.x", "x", "bad")],
        entry(),
        ZH,
        "zh",
    )
    assert [(one.word, one.rule, one.message) for one in found] == [
        ("错误", "new-rule", "bad"),
        ("提醒", "长度", "90 个字，在线最多 80 个：请删掉 10 个字"),
    ]


def test_only_a_reply_has_a_language() -> None:
    """By which a browser chooses its letters."""
    assert (language_of("replies.chat.en"), language_of("title")) == ("en", None)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("title", "标准问"),
        ("variants[2]", "相似问 3"),
        ("replies[1].text", "话术 · 电话 · 英文"),
        ("replies", "话术"),
        ("escalation.holding_reply", "稳住客户的话"),
        ("something.new", "something.new"),
        ("replies[9].text", "话术 10"),
    ],
)
def test_a_finding_says_where_it_is(field: str, expected: str) -> None:
    """In the reader's words where there are any, as lint says it otherwise."""
    replies = (Reply(text="您好"), Reply(channel="phone", language="en", text="Hello"))
    assert place(field, entry(replies=replies), ZH) == expected
