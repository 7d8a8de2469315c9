"""formal-address."""

from __future__ import annotations

import pytest

from tests.knowledge.lint.packs import found, make_entry, marked

RULE = "formal-address"


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ("你的退款已提交。", 'says 你 in "…你的退款已提…": say 您'),
        ("请你们留意。", 'says 你们 in "…请你们留意。…": say 您'),
        ("妳好。", 'says 妳 in "…妳好。…": say 您'),
        ("您们好。", 'says 您们 in "…您们好。…": say 各位'),
    ],
)
def test_informal_address_is_an_error(reply: str, message: str) -> None:
    """你 and its like are named with the words around them."""
    assert found(RULE, make_entry(reply=reply)) == [("error", "replies[0].text", message)]


@pytest.mark.parametrize("reply", ["这款迷你水壶适合您。", "听到“你好，小木”后说指令。", "请看《给你的说明书》。"])
def test_words_and_quotations_are_let_through(reply: str) -> None:
    """迷你 is no address, nor is what a device says or a title."""
    assert found(RULE, make_entry(reply=reply)) == []


def test_variants_are_free() -> None:
    """Customers may say 你."""
    assert found(RULE, make_entry(variants=("你们几点上班",))) == []


def test_every_place_is_marked() -> None:
    """Not the first alone, and none inside a quotation."""
    text = "你好，“你好，小木”是口令，请您们稍等，妳们的迷你风扇到了。"
    assert marked(RULE, text) == [("error", "你"), ("error", "您们"), ("error", "妳们")]
