"""validity-windows."""

from __future__ import annotations

from datetime import date

from tests.knowledge.lint.packs import found, make_entry

RULE = "validity-windows"
TODAY = date(2026, 11, 22)


def test_expired_and_expiring_entries_are_warnings() -> None:
    """The last day still counts as valid."""

    def message(until: date) -> str:
        results = found(RULE, make_entry(valid_until=until), on=TODAY)
        assert [severity for severity, _, _ in results] in (["warning"], [])
        return results[0][2] if results else ""

    assert message(date(2026, 11, 21)) == "expired on 2026-11-21: extend it or retire the entry"
    assert message(TODAY) == "expires on 2026-11-22, in 0 days: extend it or let it go"
    assert message(date(2026, 12, 6)).startswith("expires on 2026-12-06, in 14 days")
    assert message(date(2026, 12, 7)) == ""


def test_without_a_day_nothing_is_said() -> None:
    """The same pack gives the same findings every day, unless a day is asked about."""
    assert found(RULE, make_entry(valid_until=date(2000, 1, 1))) == []
    assert found(RULE, make_entry(), on=TODAY) == []
