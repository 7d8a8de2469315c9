"""forbidden-phrases."""

from __future__ import annotations

import pytest

from knowledge.lint.context import Context, Text
from knowledge.lint.finding import Mark
from knowledge.lint.rules.forbidden_phrases import marks, says
from knowledge.model import Escalation, ForbiddenPhrase
from tests.knowledge.lint.packs import found, make_entry, make_pack

RULE = "forbidden-phrases"


def marked(text: str, phrase: str) -> list[str]:
    """What is marked in a text where one phrase is forbidden."""
    forbidden = (ForbiddenPhrase(phrase=phrase, instead="我核实一下", reason="curt"),)
    context = Context(make_pack(forbidden_phrases=forbidden))
    return [text[mark.start : mark.end] for mark in marks(Text(None, "text", "reply", text, "zh"), context)]


def test_a_phrase_is_named_with_its_alternative() -> None:
    """In replies and in holding replies alike."""
    entry = make_entry(
        reply="这个我不知道。", escalation=Escalation(level="offer", target="agent", holding_reply="我也不知道。")
    )
    message = 'says "不知道" (curt): say "我核实一下"'
    assert found(RULE, entry) == [
        ("error", "replies[0].text", message),
        ("error", "escalation.holding_reply", message),
    ]


def test_variants_may_hold_anything() -> None:
    """Customers say what they say."""
    assert found(RULE, make_entry(variants=("不知道怎么退",))) == []


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("这个我不 知道", "不知道"),
        ("這個我不知道", "不知道"),
        ("我还不清楚", "不清楚"),
        ("There is No  Way.", "no way"),
        ("亲，您好", "亲"),
        ("您的问题我不知道", "不知道"),
    ],
)
def test_spaces_case_and_script_do_not_hide_a_phrase(text: str, phrase: str) -> None:
    """What is read is the normalised text."""
    assert says(text, phrase)
    assert marked(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("如果不知道订单号，报手机号也可以。", "不知道"),
        ("您不清楚的话，我再说明一次。", "不清楚"),
        ("步骤看着不清楚的话，请告诉我。", "不清楚"),
        ("如您还不清楚，请留言。", "不清楚"),
        ("机器说“不知道”时请重启。", "不知道"),
        ("请您亲自签收，亲友代收也可以。", "亲"),
        ("Qimu no wayside", "no way"),
    ],
)
def test_the_customers_or_a_devices_words_are_let_through(text: str, phrase: str) -> None:
    """A condition, a quotation, or a longer word is not the agent saying it."""
    assert not says(text, phrase)
    assert not marked(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase", "places"),
    [
        ("我不知道，真不 知\u200b道。", "不知道", ["不知道", "不 知\u200b道"]),
        ("這個我還不清楚", "不清楚", ["不清楚"]),
        ("ＮＯ  ＷＡＹ! no way", "no way", ["ＮＯ  ＷＡＹ", "no way"]),
        ("亲，亲自来，亲", "亲", ["亲", "亲"]),
        ("“不知道”？不知道。如果不知道", "不知道", ["不知道"]),
    ],
)
def test_every_place_is_marked_as_it_was_written(text: str, phrase: str, places: list[str]) -> None:
    """Whatever width, script or spacing hides it, and only where the agent says it."""
    assert marked(text, phrase) == places


def test_a_mark_holds_the_approved_words() -> None:
    """So that they can be put in its place."""
    context = Context(make_pack())
    (mark,) = marks(Text(None, "text", "reply", "这个我不知道。", "zh"), context)
    message = 'says "不知道" (curt): say "我核实一下"'
    assert mark == Mark(RULE, "error", message, 3, 6, ("我核实一下",))
