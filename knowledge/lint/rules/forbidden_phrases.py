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

from knowledge.lint.context import Context, Text, form
from knowledge.lint.finding import Finding, Mark
from knowledge.model import ForbiddenPhrase
from knowledge.text import aligned, is_cjk

RULE = "forbidden-phrases"
QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』")
SPACES = re.compile(r"\s+")
WORDS = re.compile(r"[^\W_]+")
# Before the phrase: the customer or a condition; what is not known then is theirs to ask about.
NOT_OURS_BEFORE = re.compile(r"(?:您|如果|要是|如|若|是否|万一|客户|担心)(?:也|都|还|暂时|一时|对此)?$")
NOT_OURS_AFTER = re.compile(r"^\w{0,6}的话")


def check(context: Context) -> Iterator[Finding]:
    """One error for each phrase in each text."""
    for text in context.shown:
        value = context.resolved(text)
        for phrase in context.policy.forbidden_phrases:
            if says(value, phrase.phrase):
                yield Finding(RULE, "error", text.entry_id, text.field, _message(phrase))


def marks(text: Text, context: Context) -> Iterator[Mark]:
    """One error for each place that says a phrase, with the approved words."""
    folded = aligned(QUOTED.sub(lambda quoted: "，" * len(quoted[0]), context.resolved(text)))
    for phrase in context.policy.forbidden_phrases:
        for start, end in _places(folded.text, form(phrase.phrase)):
            yield Mark(RULE, "error", _message(phrase), *folded.span(start, end), (phrase.instead,))


def says(text: str, phrase: str) -> bool:
    """Whether the text says the phrase as its own words."""
    return next(_places(form(QUOTED.sub("，", text)), form(phrase)), None) is not None


def _message(phrase: ForbiddenPhrase) -> str:
    return f'says "{phrase.phrase}" ({phrase.reason}): say "{phrase.instead}"'


def _places(text: str, phrase: str) -> Iterator[tuple[int, int]]:
    """Start and end of each place in a folded text that says the folded phrase as its own words."""
    if not is_cjk(phrase):
        if phrase:
            yield from (found.span() for found in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", text))
        return
    phrase, tight = SPACES.sub("", phrase), SPACES.sub("", text)
    if phrase not in tight:
        return
    kept = [place for place, character in enumerate(text) if not SPACES.match(character)]
    if len(phrase) == 1:
        alone = (found.span() for found in WORDS.finditer(tight) if found[0] == phrase)
    else:
        alone = (found.span() for found in re.finditer(re.escape(phrase), tight) if _is_ours(tight, found))
    yield from ((kept[start], kept[end - 1] + 1) for start, end in alone)


def _is_ours(text: str, found: re.Match[str]) -> bool:
    """Whether it is the agent who says it, not the customer's or a condition's words."""
    return NOT_OURS_BEFORE.search(text[: found.start()]) is None and NOT_OURS_AFTER.search(text[found.end() :]) is None
