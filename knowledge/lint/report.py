"""Findings in the forms people and machines read: grouped text, JSON, GitHub annotations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from itertools import groupby

from knowledge.lint.finding import Finding

SHARED = "policy and facts"


def as_text(findings: Sequence[Finding]) -> str:
    """Grouped by entry, one line a finding, the summary last."""
    lines: list[str] = []
    for entry_id, group in groupby(findings, key=lambda finding: finding.entry_id):
        lines.append(entry_id or SHARED)
        lines += [f"  {finding.severity:<7}  {finding.field}: {finding.message}  ({finding.rule})" for finding in group]
        lines.append("")
    return "\n".join([*lines, summary(findings)])


def as_json(findings: Iterable[Finding]) -> str:
    """A JSON array of objects with the fields of `Finding`."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2)


def as_github(findings: Iterable[Finding], file_of: Callable[[Finding], str | None] | None = None) -> str:
    """Workflow commands, one line a finding; `file_of` names the file a finding is about where one is known."""
    return "\n".join(_annotation(finding, file_of(finding) if file_of else None) for finding in findings)


def summary(findings: Sequence[Finding]) -> str:
    """Such as `2 errors, 1 warning in 2 entries`."""
    if not findings:
        return "no findings"
    errors = sum(finding.severity == "error" for finding in findings)
    entries = len({finding.entry_id for finding in findings} - {None})
    counted = f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}"
    places = [_count(entries, "entry")] * bool(entries)
    places += [SHARED] * any(finding.entry_id is None for finding in findings)
    return f"{counted} in {' and in '.join(places)}"


def _count(number: int, noun: str) -> str:
    plural = "entries" if noun == "entry" else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _annotation(finding: Finding, file: str | None) -> str:
    place = {"file": file, "line": finding.line, "title": finding.rule}
    given = ",".join(f"{key}={_escaped_property(str(value))}" for key, value in place.items() if value is not None)
    where = f"{finding.entry_id or SHARED}, {finding.field}"
    return f"::{finding.severity} {given}::{_escaped(f'{where}: {finding.message}')}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
