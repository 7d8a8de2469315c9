"""The audit log by pages and filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from knowledge.store import AuditFilter, Store
from tests.knowledge.sample import entry

AT = datetime(2026, 11, 22, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def filled(store: Store) -> Store:
    """Two entries: saved and submitted by li on the 22nd and 23rd, approved by wang on the 24th."""
    for number, name in enumerate(("a.x", "b.x")):
        store.save(entry(name), "li", "", AT + number * DAY)
        store.submit(name, 1, "li", AT + number * DAY)
    store.approve("a.x", 1, "wang", AT + 2 * DAY)
    return store


def test_pages_go_back_from_the_newest_line(filled: Store) -> None:
    """Each begins below the line before it, so that what is written meanwhile moves nothing."""
    first, total = filled.audit_page(AuditFilter(), 2)
    assert ([line.act for line in first], total) == (["approve", "submit"], 5)
    filled.save(entry("c.x"), "han", "", AT)
    second, total = filled.audit_page(AuditFilter(), 2, first[-1].number)
    assert ([(line.act, line.entry_id) for line in second], total) == ([("save", "b.x"), ("submit", "a.x")], 6)
    assert filled.audit_page(AuditFilter(), 2, 1)[0] == ()


@pytest.mark.parametrize(
    ("wanted", "acts"),
    [
        ({"entry_id": "b.x"}, ["submit", "save"]),
        ({"who": "wang"}, ["approve"]),
        ({"act": "save"}, ["save", "save"]),
        ({"act": "save", "entry_id": "a.x", "who": "li"}, ["save"]),
        ({"since": AT + DAY}, ["approve", "submit", "save"]),
        ({"until": AT + DAY}, ["submit", "save"]),
        ({"since": AT + DAY, "until": AT + 2 * DAY}, ["submit", "save"]),
        ({"who": "nobody"}, []),
    ],
)
def test_filters_narrow_together(filled: Store, wanted: dict[str, Any], acts: list[str]) -> None:
    """By entry, person, act and moment: the first moment counts, the last does not; the count is of what fits."""
    found, total = filled.audit_page(AuditFilter(**wanted), 10)
    assert ([line.act for line in found], total) == (acts, len(acts))


def test_acts_on_people_and_conversations_are_asked_for(filled: Store) -> None:
    """Neither among the lines, nor in the count, nor in the choices, unless somebody asks for them too."""
    filled.people.add("zhou", "", ["agent"], "zhao", AT)
    filled.keys.add("console", "0" * 64, "hs_", ["console"], "zhao", AT)
    filled.queries.erase_conversation("c-1", "zhao", AT)
    hidden = ["privacy.erase", "key.add", "person.add"]
    assert filled.audit_page(AuditFilter(), 10)[1] == 5
    assert filled.audit_page(AuditFilter(who="zhao"), 10) == ((), 0)
    assert filled.audit_page(AuditFilter(act="person.add"), 10) == ((), 0)
    lines, total = filled.audit_page(AuditFilter(administrative=True), 10)
    assert ([line.act for line in lines][:3], total) == (hidden, 8)
    assert filled.audit_choices() == (("li", "wang"), ("approve", "save", "submit"))
    people, acts = filled.audit_choices(administrative=True)
    assert people == ("li", "wang", "zhao") and set(hidden) < set(acts)


def test_the_log_knows_its_people_and_acts(filled: Store) -> None:
    """For a page's choices, sorted."""
    assert filled.audit_choices() == (("li", "wang"), ("approve", "save", "submit"))
