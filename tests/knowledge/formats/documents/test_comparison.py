"""A reading held against a policy."""

from __future__ import annotations

from knowledge.formats.documents.comparison import compared
from knowledge.formats.documents.reading import read
from knowledge.model import ForbiddenPhrase, ServiceLevel
from tests.service.shop import policy

TEXT = "一、禁忌用语\n1、不知道！\n2、自己找！\n投诉应在3个工作日内办结，电话铃响三声内接听，留言10分钟内回复。"
PHRASE = ForbiddenPhrase(phrase="不知道", instead="我帮您查。", reason="evasive")


def test_phrases_and_promises_are_held_against_the_policy() -> None:
    """Known or new; the same, another, or none."""
    levels = {
        "complaint": ServiceLevel(label="投诉", days=3, clock="working_days"),
        "simple": ServiceLevel(label="简单", seconds=300),
    }
    rules = policy()
    rules = rules.model_copy(update={"forbidden_phrases": (PHRASE,), "service_levels": rules.service_levels | levels})
    found = compared(read(TEXT.encode(), "a.txt"), rules, lambda proposal: None)
    assert [(one.phrase, one.known) for one in found.phrases] == [("不知道", True), ("自己找", False)]
    assert [(one.act, one.state, one.policy) for one in found.levels] == [
        ("complaint", "same", "complaint"),
        ("phone-pickup", "new", None),
        ("reply", "differs", "simple"),
    ]


def test_without_a_policy_nothing_is_said() -> None:
    """Neither known nor new."""
    found = compared(read(TEXT.encode(), "a.txt"), None, lambda proposal: None)
    assert {one.known for one in found.phrases} | {one.state for one in found.levels} == {None}
