"""formal-address: Chinese replies address the customer as 您.

你, 你们, 妳 and 您们 are errors wherever a customer is shown them. Words that only contain the character (迷你) and
quoted words (“你好，小木” that a device says) are let through.

PASS:
    text: 您的退款已提交，请您留意到账短信。

FAIL:
    text: 你的退款已提交，你们留意一下。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.lint.context import Context, Text
from knowledge.lint.finding import Finding, Mark

RULE = "formal-address"
QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》")
INFORMAL = re.compile(r"(?<!迷)[你妳][们們]?|您[们們]")


def check(context: Context) -> Iterator[Finding]:
    """One error for each text that is not formal, naming the first place."""
    for text in context.shown:
        if (first := next(marks(text, context), None)) is not None:
            yield Finding(RULE, first.severity, text.entry_id, text.field, first.message)


def marks(text: Text, context: Context) -> Iterator[Mark]:
    """One error for each place that is not formal."""
    value = QUOTED.sub(lambda quoted: " " * len(quoted[0]), context.resolved(text))
    for found in INFORMAL.finditer(value):
        around = value[max(0, found.start() - 5) : found.end() + 5].strip()
        instead = "各位" if found[0].startswith("您") else "您"
        message = f'says {found[0]} in "…{around}…": say {instead}'
        yield Mark(RULE, "error", message, *found.span(), (instead,))
