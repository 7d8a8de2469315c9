"""What the rules say of an entry while it is being written, at the places where it was typed.

What cannot be an entry yet is the rule `form`'s; the other rules judge the rest of it as part of the whole pack.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge.lint.finding import Finding
from knowledge.lint.runner import lint_entry
from knowledge.manuscript import Manuscript, Reading, read
from knowledge.model import Pack


def lint_manuscript(
    manuscript: Manuscript, entry_id: str, pack: Pack, *, on: date | None = None
) -> tuple[Finding, ...]:
    """Every finding in the order of the fields; variants and replies by their number in the manuscript."""
    reading = read(manuscript, entry_id)
    refused = {finding.field.partition("[")[0] for finding in reading.findings}
    found = [
        replace(finding, field=reading.placed(finding.field), message=_message(finding, reading))
        for finding in lint_entry(reading.sound, pack, on=on)
        # A part that cannot be used is missing for that reason alone.
        if finding.rule != "missing-parts" or finding.field.partition("[")[0] not in refused
    ]
    return tuple(sorted([*reading.findings, *found], key=lambda finding: finding.order))


def _message(finding: Finding, reading: Reading) -> str:
    """Only a phrasing that stands here twice names a place of this entry; the other rules name other entries'."""
    here = finding.rule == "duplicate-variants" and finding.severity == "warning"
    return reading.placed(finding.message) if here else finding.message
