"""Findings for people, programs and GitHub."""

from __future__ import annotations

import json

from knowledge.lint import Finding
from knowledge.lint.report import as_github, as_json, as_text, summary

FINDINGS = (
    Finding("mojibake", "warning", None, "lines.opening", "旳: write 的"),
    Finding("missing-parts", "error", "refund.time", "source", "no source"),
    Finding("reply-length", "warning", "refund.time", "replies[0].text", "100 % too long,\nreally: yes", 12),
)


def test_text_is_grouped_by_entry_with_a_summary_line() -> None:
    """One block an entry, severity and rule on every line, the counts last."""
    assert as_text(FINDINGS[:2]) == (
        "policy and facts\n"
        "  warning  lines.opening: 旳: write 的  (mojibake)\n"
        "\n"
        "refund.time\n"
        "  error    source: no source  (missing-parts)\n"
        "\n"
        "1 error, 1 warning in 1 entry and in policy and facts"
    )


def test_nothing_found_says_so() -> None:
    """A clean pack gets a line too, and an empty annotation list."""
    assert as_text(()) == summary(()) == "no findings"
    assert as_json(()) == "[]"
    assert as_github(()) == ""


def test_json_carries_every_field() -> None:
    """What a program reads is the finding as it is, Chinese unescaped."""
    assert json.loads(as_json(FINDINGS))[2] == {
        "rule": "reply-length",
        "severity": "warning",
        "entry_id": "refund.time",
        "field": "replies[0].text",
        "message": "100 % too long,\nreally: yes",
        "line": 12,
    }
    assert "旳" in as_json(FINDINGS)


def test_github_annotations_are_escaped_and_placed() -> None:
    """File and line where known, percent and line ends escaped, the rule as title."""
    lines = as_github(FINDINGS, lambda finding: "a,b.yaml" if finding.line else None).split("\n")
    assert lines[1] == "::error title=missing-parts::refund.time, source: no source"
    assert lines[2] == (
        "::warning file=a%2Cb.yaml,line=12,title=reply-length::"
        "refund.time, replies[0].text: 100 %25 too long,%0Areally: yes"
    )
