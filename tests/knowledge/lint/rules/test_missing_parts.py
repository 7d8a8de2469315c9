"""missing-parts."""

from __future__ import annotations

from knowledge.lint import Options, lint
from knowledge.model import Escalation, Reply
from tests.knowledge.lint.packs import found, make_entry, make_pack

RULE = "missing-parts"


def test_a_faq_needs_chinese_and_english_chat_replies() -> None:
    """Phone and e-mail replies do not serve chat; a reply for any channel does."""
    phone = Reply(channel="phone", text="您好。")
    [(severity, field, message), (_, _, english)] = found(RULE, make_entry(replies=(phone,)))
    assert (severity, field) == ("error", "replies")
    assert message == "a faq needs a Chinese chat reply: add one for channel chat or any"
    assert "English" in english
    both = (Reply(text="您好。"), Reply(text="Hello.", language="en"))
    assert found(RULE, make_entry(replies=both)) == []


def test_a_script_needs_a_chinese_chat_reply_only() -> None:
    """English is not asked of a script, nor of a faq in a shop that does without."""
    chinese = (Reply(channel="chat", text="您好。"),)
    assert found(RULE, make_entry(kind="script", replies=chinese)) == []
    assert found(RULE, make_entry(replies=chinese), faq_languages=("zh",)) == []


def test_variants_must_be_there_and_say_something() -> None:
    """No variant at all is an error, and so is one of emoji or punctuation only."""
    assert found(RULE, make_entry(variants=()))[0][1:] == ("variants", "no variants: add what customers type")
    [(_, field, message)] = found(RULE, make_entry(variants=("退款", "😡😡！")))
    assert (field, message) == ("variants[1]", '"😡😡！" has no word in it and can never be found: delete it')


def test_a_source_is_asked_for_unless_the_shop_does_without() -> None:
    """Blank counts as none."""
    assert found(RULE, make_entry(source=" "))[0][1] == "source"
    assert found(RULE, make_entry(source=None), source_required=False) == []


def test_an_escalation_falls_back_to_its_targets_parts() -> None:
    """What the target has need not be repeated."""
    assert found(RULE, make_entry(escalation=Escalation(level="required", target="agent"))) == []


def test_an_escalation_without_anything_to_collect_is_an_error() -> None:
    """Neither the entry nor the target says what the next person needs."""
    pack = make_pack(make_entry(escalation=Escalation(level="offer", target="agent")))
    agent = pack.policy.targets["agent"].model_copy(update={"collect": ()})
    policy = pack.policy.model_copy(update={"targets": {"agent": agent}})
    findings = lint(pack.model_copy(update={"policy": policy}), options=Options(faq_variants=1))
    assert [finding.field for finding in findings] == ["escalation.collect"]
