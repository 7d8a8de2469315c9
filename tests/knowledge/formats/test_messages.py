"""What is said of a cell, in both languages."""

from __future__ import annotations

import re

import pytest

from knowledge.formats.messages import MESSAGES
from knowledge.formats.sheets import problem

FILLED = re.compile(r"(?<!\{)\{(\w+)\}(?!\})|\{\{\{(\w+)\}\}\}")


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_say_the_same(code: str) -> None:
    """The same values are filled in, but for a reader's own reason, which is English; and the Chinese is Chinese."""
    severity, english, chinese = MESSAGES[code]
    assert severity in ("error", "warning")
    assert set(FILLED.findall(english)) - {("reason", "")} == set(FILLED.findall(chinese)) - {("reason", "")}
    assert code == "pack" or re.search(r"[\u4e00-\u9fff]", chinese)


def test_a_message_is_filled_and_guesses_what_was_meant() -> None:
    """Names in braces stay so; the guess is there only where there is one."""
    near = problem("s", 2, "回复", "{order_nr}", "unknown_slot", name="order_nr", near="order_no")
    assert near.message.startswith("slot {order_nr} does not exist")
    assert near.message.endswith("(did you mean order_no?)")
    assert problem("s", 2, "回复", "", "unknown_slot", name="x", near=None).say("zh").endswith("添加")
    assert near.severity == "error"
