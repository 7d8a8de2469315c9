"""too-few-variants: an entry has enough variants to be learnt from.

Counted once each in the form in which queries are matched. A faq needs 24, a script 16 (options `faq_variants`,
`script_variants`); fewer is an error. None at all is the matter of missing-parts.

PASS:
    kind: script
    variants: [16 different ones …]

FAIL:
    kind: script
    variants: [客户骂人怎么回, 客人发火了]
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.lint.context import Context, form
from knowledge.lint.finding import Finding

RULE = "too-few-variants"


def check(context: Context) -> Iterator[Finding]:
    """One error for each entry below its number."""
    for entry in context.entries:
        least = context.options.faq_variants if entry.kind == "faq" else context.options.script_variants
        count = len({form(variant) for variant in entry.variants})
        if entry.variants and count < least:
            message = f"{count} different variants, a {entry.kind} needs {least}: add {least - count}"
            yield Finding(RULE, "error", entry.id, "variants", message)
