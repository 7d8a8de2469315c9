"""unknown-references: every `{reference}` in a reply can be put in.

A dotted name is a fact of shop.yaml or products.yaml, an undotted one a slot of the policy; others are errors. So is
a reference in a title or variant, which customers never type. A brace that is neither, and a fact without English
words in an English reply, are warnings.

PASS:
    text: 运费{ship.fee}，请报一下订单号{order_no}。

FAIL (no such fact, no such slot, a stray brace):
    text: 运费{ship.price}，请报一下{order_number}、{订单 号}。
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.lint.context import Context, Text
from knowledge.lint.finding import Finding
from knowledge.references import fact_names, slot_names
from knowledge.text import is_cjk

RULE = "unknown-references"


def check(context: Context) -> Iterator[Finding]:
    """One finding for each name in each text."""
    for text in context.texts:
        if text.shown:
            yield from _facts(text, context)
            yield from _slots(text, context)
            if "{" in text.words or "}" in text.words:
                message = "a brace that belongs to no {slot} or {shop.fact}: correct the name or remove the brace"
                yield Finding(RULE, "warning", text.entry_id, text.field, message)
        elif names := (*fact_names(text.value), *slot_names(text.value)):
            message = f"{{{names[0]}}} is not filled here: a {text.part} holds only what customers type"
            yield Finding(RULE, "error", text.entry_id, text.field, message)


def _facts(text: Text, context: Context) -> Iterator[Finding]:
    for name in fact_names(text.value):
        fact = context.facts.resolve(name)
        if fact is None:
            message = f"fact {name} does not exist: add it to shop.yaml or products.yaml, or correct the name"
            yield Finding(RULE, "error", text.entry_id, text.field, message)
        elif text.language == "en" and fact.en is None and is_cjk(fact.zh):
            message = f'fact {name} has no English words and would show "{fact.zh}": add its en'
            yield Finding(RULE, "warning", text.entry_id, text.field, message)


def _slots(text: Text, context: Context) -> Iterator[Finding]:
    for name in slot_names(text.value):
        if name not in context.policy.slots:
            message = f"slot {name} is not in the policy: use one of its slots or add it there"
            yield Finding(RULE, "error", text.entry_id, text.field, message)
