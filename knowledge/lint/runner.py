"""Runs every rule over a pack, or over one entry as part of it. It knows the rules by name alone."""

from __future__ import annotations

import inspect
from datetime import date
from types import ModuleType

from knowledge.lint.context import Context, Options
from knowledge.lint.finding import Finding
from knowledge.lint.rules import (
    contradictory_facts,
    dead_references,
    duplicate_variants,
    forbidden_phrases,
    formal_address,
    half_width_punctuation,
    missing_parts,
    mojibake,
    near_duplicate_variants,
    personal_data,
    promise_without_deadline,
    reply_length,
    too_few_variants,
    uniform_variants,
    unknown_references,
    validity_windows,
)
from knowledge.model import Entry, Pack

RULES: dict[str, ModuleType] = {
    module.RULE: module
    for module in (
        missing_parts,
        too_few_variants,
        unknown_references,
        dead_references,
        forbidden_phrases,
        formal_address,
        promise_without_deadline,
        contradictory_facts,
        duplicate_variants,
        near_duplicate_variants,
        uniform_variants,
        reply_length,
        personal_data,
        mojibake,
        half_width_punctuation,
        validity_windows,
    )
}


def lint(pack: Pack, *, on: date | None = None, options: Options | None = None) -> tuple[Finding, ...]:
    """Every finding about the pack, sorted by entry, field and rule; policy and facts first."""
    return _run(Context(pack, options or Options(), on))


def lint_entry(
    entry: Entry, pack: Pack, *, on: date | None = None, options: Options | None = None
) -> tuple[Finding, ...]:
    """Every finding about one entry, as if it stood in the pack, in place of the one with its id if there is one."""
    others = tuple(other for other in pack.entries if other.id != entry.id)
    return _run(Context(pack.model_copy(update={"entries": (*others, entry)}), options or Options(), on, entry.id))


def manual(rule: str) -> str:
    """The rule's manual page; KeyError for a rule that does not exist."""
    return inspect.getdoc(RULES[rule]) or ""


def _run(context: Context) -> tuple[Finding, ...]:
    return tuple(
        sorted((finding for module in RULES.values() for finding in module.check(context)), key=lambda one: one.order)
    )
