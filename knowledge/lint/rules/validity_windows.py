"""validity-windows: entries are valid, and not about to expire.

Judged only when lint is given a day. An entry that has expired is a warning, for it is in no artefact any more; so is
one that expires within 14 days (option `expiring_days`).

PASS (on 2026-11-22):
    valid_until: 2027-03-31

FAIL (on 2026-11-22):
    valid_until: 2026-11-25
"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.lint.context import Context
from knowledge.lint.finding import Finding

RULE = "validity-windows"


def check(context: Context) -> Iterator[Finding]:
    """One warning for each entry that has expired or soon will."""
    if context.on is None:
        return
    for entry in context.entries:
        if entry.valid_until is None:
            continue
        days = (entry.valid_until - context.on).days
        if days < 0:
            message = f"expired on {entry.valid_until}: extend it or retire the entry"
            yield Finding(RULE, "warning", entry.id, "valid_until", message)
        elif days <= context.options.expiring_days:
            message = f"expires on {entry.valid_until}, in {days} days: extend it or let it go"
            yield Finding(RULE, "warning", entry.id, "valid_until", message)
