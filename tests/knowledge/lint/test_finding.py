"""Findings and their order."""

from __future__ import annotations

from knowledge.lint import Finding


def finding(entry_id: str | None, field: str) -> Finding:
    """A finding at a place."""
    return Finding("mojibake", "error", entry_id, field, "broken")


def test_findings_sort_by_entry_and_by_number_within_a_field() -> None:
    """Policy and facts come first, and variants[2] before variants[10]."""
    places = [("b", "title"), ("a", "variants[10]"), ("a", "variants[2]"), (None, "lines.opening"), ("a", "title")]
    ordered = sorted((finding(*place) for place in places), key=lambda one: one.order)
    assert [(one.entry_id, one.field) for one in ordered] == [
        (None, "lines.opening"),
        ("a", "title"),
        ("a", "variants[2]"),
        ("a", "variants[10]"),
        ("b", "title"),
    ]
