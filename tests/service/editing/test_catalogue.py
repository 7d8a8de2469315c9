"""Rows of the editors' list, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.manuscript import Manuscript
from knowledge.store import EntryCounts, Overview, Store, WorkingCopy
from service.editing.catalogue import Use, Wanted, expires_within, fits, rows, today_of

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def overview(entry_id: str = "refund.time", until: str | None = None, minutes: int = 0) -> Overview:
    """An approved entry."""
    content = {"id": entry_id, "title": "ＡＢ退款", "kind": "faq", "variants": ["钱呢"], "valid_until": until}
    return Overview(entry_id, 1, "approved", "li", AT - timedelta(minutes=minutes), content, 1, content)


def copy(entry_id: str, person: str, minutes: int = 0) -> WorkingCopy:
    """Somebody's working copy."""
    at = AT - timedelta(minutes=minutes)
    return WorkingCopy(entry_id, person, 1, "r", Manuscript(title="新"), at, at)


def test_last_edited_comes_first_and_typing_counts() -> None:
    """What I am typing is at its moment; other people's typing changes no order but is named."""
    found = rows(
        [overview("a.a", minutes=5), overview("b.b", minutes=3)],
        [copy("a.a", "li", minutes=1), copy("b.b", "wang"), copy("c.c", "wang"), copy("d.d", "li", minutes=2)],
        [],
        "li",
    )
    assert [(row.entry_id, row.state, row.others) for row in found] == [
        ("a.a", "approved", ()),
        ("d.d", "new", ()),
        ("b.b", "approved", ("wang",)),
    ]


@pytest.mark.parametrize(
    ("used", "edited", "rejected", "low"),
    [(2, 0, 2, False), (2, 0, 3, True), (2, 2, 1, True), (3, 3, 0, False), (0, 0, 0, False)],
)
def test_low_is_under_half_used_of_enough_acts(used: int, edited: int, rejected: int, low: bool) -> None:
    """Four acts say nothing; of six, half is enough."""
    assert Use(9, used, edited, rejected).low is low
    (row,) = rows([overview()], [], [EntryCounts("refund.time", 9, used, edited, rejected)], "li")
    assert fits(row, Wanted(low=True), TODAY) is low


@pytest.mark.parametrize(
    ("until", "within"), [(None, False), ("2026-12-05", False), ("2026-12-04", True), ("2026-11-01", True)]
)
def test_expiring_looks_ahead_and_behind(until: str | None, within: bool) -> None:
    """Fourteen days from today on, and what has ended already."""
    (row,) = rows([overview(until=until)], [], [], "li")
    assert expires_within(row, 14, TODAY) is within


@pytest.mark.parametrize(("text", "found"), [("ab", True), ("钱 time", True), ("钱 没有", False), ("", True)])
def test_every_word_of_a_search_must_stand_somewhere(text: str, found: bool) -> None:
    """In id, title or variants, width and case aside."""
    (row,) = rows([overview()], [], [], "li")
    assert fits(row, Wanted(text=text), TODAY) is found


def test_before_any_policy_the_day_is_the_default_zone_s(tmp_path: Path) -> None:
    """An empty database has a list too."""
    with Store.open(f"sqlite:///{tmp_path / 'k.db'}") as store:
        assert today_of(store, datetime(2026, 11, 20, 16, tzinfo=UTC)) == date(2026, 11, 21)
