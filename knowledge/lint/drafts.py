"""What the rules say of a draft: a text an agent is about to send, which belongs to no pack.

Only the rules that can judge a text by itself are asked, with the places they mean. What a customer may be shown
anyway, such as the shop's own telephone number, is no personal datum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import ModuleType

from knowledge.lint.context import Context, Text, language_of
from knowledge.lint.finding import Mark
from knowledge.lint.rules import (
    forbidden_phrases,
    formal_address,
    personal_data,
    promise_without_deadline,
    reply_length,
)
from knowledge.model import Channel, Fact, Facts, Pack, Policy

RULES: tuple[ModuleType, ...] = (
    forbidden_phrases,
    formal_address,
    promise_without_deadline,
    personal_data,
    reply_length,
)
OWN = "the shop's own"  # no name that a text could refer to


class Drafts:
    """Judges drafts under one policy; `approved` are the texts that customers are shown."""

    def __init__(self, policy: Policy, approved: Iterable[str]) -> None:
        own = "\n".join(value for text in approved for _, value in personal_data.personal_data(text))
        facts = {OWN: Fact(zh=own, source="approved texts")} if own else {}
        self._context = Context(Pack(entries=(), policy=policy, facts=Facts(facts=facts)))

    def check(self, text: str, channel: Channel) -> tuple[Mark, ...]:
        """Every mark in the order of the text; of two of one rule the one that covers the other."""
        draft = Text(None, "text", "reply", text, language_of(text), channel)
        found = [mark for rule in RULES for mark in rule.marks(draft, self._context)]
        kept = [mark for mark in found if not _covered(mark, found)]
        return tuple(sorted(kept, key=lambda mark: (mark.start, mark.end, mark.rule)))


def _covered(mark: Mark, found: Sequence[Mark]) -> bool:
    """Whether another mark of the same rule holds all of this one and more: 我不知道 holds 不知道."""
    return any(
        other.rule == mark.rule
        and other.start <= mark.start
        and mark.end <= other.end
        and other.end - other.start > mark.end - mark.start
        for other in found
    )
