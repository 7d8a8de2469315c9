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

from knowledge.lint.context import Context
from knowledge.lint.finding import Finding

RULE = "formal-address"
QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》")
INFORMAL = re.compile(r"(?<!迷)[你妳][们們]?|您[们們]")


def check(context: Context) -> Iterator[Finding]:
    """One error for each text that is not formal, naming the first place."""
    for text in context.shown:
        value = QUOTED.sub("", context.resolved(text))
        if (found := INFORMAL.search(value)) is not None:
            around = value[max(0, found.start() - 5) : found.end() + 5].strip()
            instead = "各位" if found[0].startswith("您") else "您"
            message = f'says {found[0]} in "…{around}…": say {instead}'
            yield Finding(RULE, "error", text.entry_id, text.field, message)
