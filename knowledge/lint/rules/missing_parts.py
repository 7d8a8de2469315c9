"""missing-parts: an entry has everything it needs to be used.

A faq needs a Chinese and an English chat reply (option `faq_languages`), a script a Chinese chat reply; a reply for
any channel serves chat too. Every entry needs variants that say something, and a source (option `source_required`).
An escalation that is offered or required needs something to collect, its own or its target's; a holding reply every
target has.

PASS:
    - id: refund.time
      kind: faq
      title: 退款多久到账
      variants: [钱啥时候退回来, …]
      replies: [{channel: chat, text: …}, {channel: chat, language: en, text: …}]
      source: Consumer Rights Law art. 25

FAIL (no English reply, no source):
    - id: refund.time
      kind: faq
      title: 退款多久到账
      variants: [钱啥时候退回来, …]
      replies: [{channel: chat, text: …}]
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.lint.context import Context, form
from knowledge.lint.finding import Finding
from knowledge.model import Entry, Language

RULE = "missing-parts"
NAMES: dict[Language, str] = {"zh": "Chinese", "en": "English"}


def check(context: Context) -> Iterator[Finding]:
    """Findings for what is missing."""
    for entry in context.entries:
        yield from _replies(entry, context)
        yield from _variants(entry)
        if context.options.source_required and not (entry.source or "").strip():
            yield Finding(RULE, "error", entry.id, "source", "no source: say what the reply is based on")
        yield from _escalation(entry, context)


def _replies(entry: Entry, context: Context) -> Iterator[Finding]:
    languages: tuple[Language, ...] = context.options.faq_languages if entry.kind == "faq" else ("zh",)
    present = {reply.language for reply in entry.replies if reply.channel in ("chat", "any")}
    for language in languages:
        if language not in present:
            message = f"a {entry.kind} needs a {NAMES[language]} chat reply: add one for channel chat or any"
            yield Finding(RULE, "error", entry.id, "replies", message)


def _variants(entry: Entry) -> Iterator[Finding]:
    if not entry.variants:
        yield Finding(RULE, "error", entry.id, "variants", "no variants: add what customers type")
    for number, variant in enumerate(entry.variants):
        if not any(character.isalnum() for character in form(variant)):
            message = f'"{variant}" has no word in it and can never be found: delete it'
            yield Finding(RULE, "error", entry.id, f"variants[{number}]", message)


def _escalation(entry: Entry, context: Context) -> Iterator[Finding]:
    escalation = entry.escalation
    target = context.policy.targets.get(escalation.target or "")
    if escalation.level == "none" or target is None:  # dead-references names the missing target
        return
    if not (escalation.collect or target.collect):
        message = f"level {escalation.level}: neither the entry nor target {escalation.target} says what to collect"
        yield Finding(RULE, "error", entry.id, "escalation.collect", message)
