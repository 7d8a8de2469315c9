"""forbidden-phrases: nothing shown to a customer contains a phrase the policy forbids.

Replies, holding replies, the policy's own lines and the facts are read. Spaces, letter case and Traditional characters
do not hide a phrase. A phrase of one character (亲) counts only where it stands alone between punctuation, an English
one only as whole words. Words about the customer or a condition are not the agent's: a phrase right after 您, 如果, 若,
是否 (您不清楚的话, 如果不知道订单号), before 的话, or quoted, is let through.

PASS:
    text: 这个问题我需要核实一下，3 小时内回复您。如果不知道订单号，报手机号也可以。

FAIL:
    text: 这个我不知道，您问问别人吧。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.lint.context import Context, form
from knowledge.lint.finding import Finding
from knowledge.text import is_cjk

RULE = "forbidden-phrases"
QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』")
SPACES = re.compile(r"\s+")
NOT_WORDS = re.compile(r"[\W_]+")
# Before the phrase: the customer or a condition; what is not known then is theirs to ask about.
NOT_OURS_BEFORE = re.compile(r"(?:您|如果|要是|如|若|是否|万一|客户|担心)(?:也|都|还|暂时|一时|对此)?$")
NOT_OURS_AFTER = re.compile(r"^\w{0,6}的话")


def check(context: Context) -> Iterator[Finding]:
    """One error for each phrase in each text."""
    for text in context.shown:
        value = context.resolved(text)
        for phrase in context.policy.forbidden_phrases:
            if says(value, phrase.phrase):
                message = f'says "{phrase.phrase}" ({phrase.reason}): say "{phrase.instead}"'
                yield Finding(RULE, "error", text.entry_id, text.field, message)


def says(text: str, phrase: str) -> bool:
    """Whether the text says the phrase as its own words."""
    text, phrase = form(QUOTED.sub("，", text)), form(phrase)
    if not is_cjk(phrase):
        return bool(phrase) and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None
    text, phrase = SPACES.sub("", text), SPACES.sub("", phrase)
    if len(phrase) == 1:
        return phrase in NOT_WORDS.split(text)
    return any(
        NOT_OURS_BEFORE.search(text[: found.start()]) is None and NOT_OURS_AFTER.search(text[found.end() :]) is None
        for found in re.finditer(re.escape(phrase), text)
    )
