"""Runs every rule over a pack, or over one entry as part of it. It knows the rules by name alone."""

from __future__ import annotations

import inspect
from collections.abc import Collection
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
# Rules that warn and never find an error: the long ones among them need not be asked where errors are counted.
ADVISORY = frozenset({near_duplicate_variants.RULE, uniform_variants.RULE})


def lint(pack: Pack, *, on: date | None = None, options: Options | None = None) -> tuple[Finding, ...]:
    """Every finding about the pack, sorted by entry, field and rule; policy and facts first."""
    return _run(Context(pack, options or Options(), on))


def lint_entry(
    entry: Entry, pack: Pack, *, on: date | None = None, options: Options | None = None
) -> tuple[Finding, ...]:
    """Every finding about one entry, as if it stood in the pack, in place of the one with its id if there is one."""
    return _run(_among(entry, pack, on, options))


def count_errors(entry: Entry, pack: Pack, *, on: date | None = None, options: Options | None = None) -> int:
    """How many errors there are among an entry's findings; quick, as rules that only warn are not asked."""
    return sum(finding.severity == "error" for finding in _run(_among(entry, pack, on, options), ADVISORY))


def manual(rule: str) -> str:
    """The rule's manual page; KeyError for a rule that does not exist."""
    return inspect.getdoc(RULES[rule]) or ""


def _among(entry: Entry, pack: Pack, on: date | None, options: Options | None) -> Context:
    others = tuple(other for other in pack.entries if other.id != entry.id)
    return Context(pack.model_copy(update={"entries": (*others, entry)}), options or Options(), on, entry.id)


def _run(context: Context, without: Collection[str] = ()) -> tuple[Finding, ...]:
    asked = (module for name, module in RULES.items() if name not in without)
    return tuple(sorted((finding for module in asked for finding in module.check(context)), key=lambda one: one.order))
