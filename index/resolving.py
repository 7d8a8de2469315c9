"""Knowledge with its facts put in: `{fact:shop.hours}` becomes what the shop's facts say before anything is indexed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.model import ApprovedEntry, Facts, Policy
from knowledge.references import resolve_facts


def resolved(entries: Sequence[ApprovedEntry], facts: Facts) -> tuple[ApprovedEntry, ...]:
    """The entries with every fact put into their replies, in order of id."""
    return tuple(_resolve(approved, facts) for approved in sorted(entries, key=lambda approved: approved.entry.id))


def _resolve(approved: ApprovedEntry, facts: Facts) -> ApprovedEntry:
    entry = approved.entry
    replies = tuple(
        reply.model_copy(update={"text": resolve_facts(reply.text, facts, reply.language)}) for reply in entry.replies
    )
    escalation = entry.escalation
    if escalation.holding_reply:
        escalation = escalation.model_copy(
            update={"holding_reply": resolve_facts(escalation.holding_reply, facts, "zh")}
        )
    return approved.model_copy(
        update={"entry": entry.model_copy(update={"replies": replies, "escalation": escalation})}
    )


def resolved_policy(policy: Policy, facts: Facts) -> Policy:
    """The policy with every fact put into the lines and holding replies it shows, in the language of each."""
    lines = policy.lines.model_copy(update=_spoken(policy.lines.model_dump(), facts))
    targets = {
        name: target.model_copy(update=_spoken(target.model_dump(include={"holding_reply", "holding_reply_en"}), facts))
        for name, target in policy.targets.items()
    }
    return policy.model_copy(update={"lines": lines, "targets": targets})


def _spoken(texts: Mapping[str, str | None], facts: Facts) -> dict[str, str]:
    """The texts with every fact put in; those whose name ends in `_en` are English."""
    return {
        name: resolve_facts(text, facts, "en" if name.endswith("_en") else "zh")
        for name, text in texts.items()
        if text is not None
    }


def product_names(facts: Facts) -> dict[str, tuple[str, ...]]:
    """What customers call each product."""
    return {product: tuple(known.names) for product, known in facts.products.items()}
