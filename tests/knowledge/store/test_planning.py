"""What importing a file would do, and doing it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knowledge.errors import KnowledgeError, NotFound, StateError
from knowledge.formats.reading import read
from knowledge.formats.writing import as_xlsx
from knowledge.model import Entry, Escalation, Reply
from knowledge.store import Store
from knowledge.store.planning import Arrival, Plan
from tests.knowledge.formats.imported import csv_text, saved, workbook
from tests.knowledge.sample import entry, facts, pack, policy

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
LIVE = (entry("a", variants=("甲",)), entry("b"), entry("c"))


@pytest.fixture
def stocked(store: Store) -> Store:
    """A store with three live entries."""
    store.import_pack(pack(*LIVE), "li", "li", "first", NOW)
    return store


def planned(store: Store, *rows: tuple[str, ...], arrival: Arrival = "draft", retire: bool = False) -> Plan:
    """The plan of a sheet."""
    return store.plan_import(read(csv_text(*rows), "file.csv"), "file.csv", arrival, retire)


SHEET = (
    ("编号", "标准问", "相似问", "答案"),
    ("a", "", "甲\n乙", ""),
    ("b", "标准问 b", "", ""),
    ("d", "新的", "", "您好"),
)


def test_a_dry_run_says_what_would_change_and_changes_nothing(stocked: Store) -> None:
    """Added, changed and in what, unchanged, with the rows they came from."""
    before = stocked.audit()
    plan = planned(stocked, *SHEET, arrival="approved", retire=True)
    assert [(change.kind, change.entry.id, change.rows) for change in plan.changes] == [
        ("changed", "a", (2,)),
        ("added", "d", (4,)),
    ]
    (field,) = plan.changes[0].fields
    assert (field.field, field.before, field.after) == ("variants", "甲", "甲\n乙")
    assert (plan.unchanged, [one.entry_id for one in plan.retired]) == (("b",), ["c"])
    assert (plan.rows, plan.errors, plan.problems) == (3, 0, ())
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
    assert stocked.audit() == before


def test_rows_are_those_of_their_sheet(stocked: Store) -> None:
    """An entry that goes on in another sheet names those where it begins; every skipped row is counted where it is."""
    book = workbook(("编号", "相似问"), ("a", "乙"), ("b", "乙"), title="一")
    second = book.create_sheet("二")
    for row in (("编号", "产品", "相似问"), ("a", "", "丙"), ("b", "NOPE", "丙")):
        second.append(row)
    plan = stocked.plan_import(read(saved(book), "file.xlsx"), "file.xlsx", "draft", False)
    assert [(one.entry.id, one.sheet, one.rows) for one in plan.changes] == [("a", "一", (2,))]
    assert [(one.sheet, one.rows) for one in plan.skipped] == [("一", (3,)), ("二", (3,))]
    assert [(one.sheet, one.row) for one in plan.problems] == [("二", 3)]


@pytest.mark.parametrize("arrival", ["draft", "in_review", "approved"])
def test_applying_does_what_the_plan_says(stocked: Store, arrival: Arrival) -> None:
    """Entries arrive as asked, by whom and why is kept, and the same file again would change nothing."""
    plan = planned(stocked, *SHEET, arrival=arrival)
    report = stocked.apply_plan(plan, "wang", "秋季", NOW)
    assert (report.added, report.changed, report.unchanged) == (("d",), ("a",), ("b",))
    newest = stocked.history("a")[-1]
    assert (newest.version, newest.state, newest.author, newest.comment) == (2, arrival, "wang", "秋季")
    assert newest.entry.variants == ("甲", "乙")
    assert {one.entry.id for one in stocked.versions(arrival)} >= {"a", "d"}
    assert ("a" in {one.entry.id for one in stocked.approved() if one.version == 2}) == (arrival == "approved")
    acts = [line.act for line in stocked.audit("a")[1:]]
    assert acts == {"draft": ["save"], "in_review": ["save", "submit"], "approved": ["import"]}[arrival]
    again = planned(stocked, *SHEET, arrival=arrival)
    assert (again.changes, set(again.unchanged)) == ((), {"a", "b", "d"})


def test_what_arrives_in_review_comes_in_the_place_of_what_waits(stocked: Store) -> None:
    """A reviewer has one version of an entry before them, the one that the file has."""
    entry = stocked.history("a")[-1].entry.model_copy(update={"title": "早先的改动"})
    stocked.submit("a", stocked.save(entry, "li", "", NOW), "li", NOW)
    stocked.apply_plan(planned(stocked, *SHEET, arrival="in_review"), "wang", "秋季", NOW)
    waiting = [(one.record.entry.id, one.record.version) for one in stocked.waiting()]
    assert [version for entry_id, version in waiting if entry_id == "a"] == [3]


def test_missing_entries_are_retired_on_request_only(stocked: Store) -> None:
    """In the same transaction, with a line of audit."""
    assert planned(stocked, *SHEET).retired == ()
    stocked.apply_plan(planned(stocked, *SHEET, arrival="approved", retire=True), "wang", "x", NOW)
    assert [one.entry.id for one in stocked.approved()] == ["a", "b", "d"]
    assert stocked.audit("c")[-1].act == "retire"


BROKEN = (
    ("编号", "标准问", "答案", "生效日期"),
    ("a", "改过", "", ""),
    ("b", "标准问 b", "您好", "明天"),
    ("e", "新", "", ""),
)


def test_nothing_is_imported_where_a_row_has_an_error(stocked: Store) -> None:
    """Unless those rows are passed over explicitly; what is in them is named."""
    plan = planned(stocked, *BROKEN)
    assert [(one.row, one.code) for one in plan.problems] == [(3, "not_a_date"), (4, "no_reply")]
    assert [one.rows for one in plan.skipped] == [(3,), (4,)]
    with pytest.raises(KnowledgeError, match="2 errors in file.csv"):
        stocked.apply_plan(plan, "wang", "x", NOW)
    assert len(stocked.history("a")) == 1
    stocked.apply_plan(plan, "wang", "x", NOW, skip_bad=True)
    assert stocked.history("a")[-1].entry.title == "改过"
    assert len(stocked.history("b")) == 1


def test_a_row_with_an_error_does_not_retire_its_entry(stocked: Store) -> None:
    """And nothing is retired at all while a row is passed over, as it may have meant any entry."""
    plan = planned(stocked, *BROKEN, arrival="approved", retire=True)
    assert [one.entry_id for one in plan.retired] == ["c"]
    with pytest.raises(KnowledgeError, match="retire nothing"):
        stocked.apply_plan(plan, "wang", "x", NOW, skip_bad=True)
    assert len(stocked.approved()) == 3


def test_a_plan_whose_entries_have_moved_is_refused(stocked: Store) -> None:
    """Changed by somebody, or already imported; nothing of it is written."""
    plan = planned(stocked, *SHEET)
    stocked.save(entry("a", title="别人改的"), "zhao", "x", NOW)
    with pytest.raises(StateError, match="entry a changed since the dry run"):
        stocked.apply_plan(plan, "wang", "x", NOW)
    with pytest.raises(KnowledgeError):
        stocked.history("d")
    approved = planned(stocked, *SHEET, arrival="approved", retire=True)
    stocked.retire("c", "zhao", "x", NOW)
    with pytest.raises(StateError, match="c changed since"):
        stocked.apply_plan(approved, "wang", "x", NOW)


def test_what_changed_elsewhere_does_not_matter(stocked: Store) -> None:
    """Another entry's draft, or a policy that still has every name the plan uses."""
    plan = planned(stocked, *SHEET)
    stocked.save(entry("c", title="别的"), "zhao", "x", NOW)
    stocked.save_policy(policy(default_target="agent"), "zhao", "li", "x", NOW)
    stocked.apply_plan(plan, "wang", "x", NOW)
    assert stocked.history("d")[-1].state == "draft"


def test_a_name_that_is_gone_since_the_dry_run_is_refused(stocked: Store) -> None:
    """It would be found by the next build only."""
    plan = planned(stocked, ("标准问", "答案", "产品"), ("新的", "您好", "净化器"))
    assert plan.changes[0].entry.products == ("A3",)
    stocked.save_facts(facts().model_copy(update={"products": {}}), "zhao", "li", "x", NOW)
    with pytest.raises(StateError, match="is gone"):
        stocked.apply_plan(plan, "wang", "x", NOW)


def test_a_version_that_waits_is_told(stocked: Store) -> None:
    """Somebody else's draft of the same entry is not overlooked; a draft that says the same is no change."""
    stocked.save(entry("a", title="别人改的", variants=("甲",)), "zhao", "x", NOW)
    plan = planned(stocked, ("编号", "标准问"), ("a", "我改的"))
    assert [(one.code, one.severity, one.filling["author"]) for one in plan.problems] == [
        ("open_draft", "warning", "zhao")
    ]
    assert planned(stocked, ("编号", "标准问"), ("a", "别人改的")).changes == ()


def test_a_draft_that_was_never_live_is_gone_on_with(stocked: Store) -> None:
    """A sheet without all columns adds to what waits; approving it is still an addition."""
    stocked.save(entry("n", variants=("旧",)), "wang", "x", NOW)
    plan = planned(stocked, ("编号", "标签"), ("n", "新标签"))
    assert [(one.kind, one.entry.variants, one.entry.tags) for one in plan.changes] == [
        ("changed", ("旧",), ("新标签",))
    ]
    assert planned(stocked, ("编号", "标签"), ("n", "")).unchanged == ("n",)
    approving = planned(stocked, ("编号", "标签"), ("n", ""), arrival="approved")
    assert [one.kind for one in approving.changes] == ["added"]


def test_without_a_policy_nothing_can_be_compared(store: Store) -> None:
    """With the next step."""
    with pytest.raises(NotFound, match="import a pack first"):
        planned(store, *SHEET)


def test_an_export_of_what_is_live_changes_nothing(stocked: Store) -> None:
    """Replies in any order, escalation, everything."""
    rich: Entry = entry(
        "r",
        replies=(Reply(channel="phone", text="喂"), Reply(text="您好")),
        escalation=Escalation(level="required", target="agent", collect=("order_no",), holding_reply="请稍候"),
        products=("A3",),
        related=("a",),
    )
    stocked.import_pack(pack(*LIVE, rich), "li", "li", "x", NOW)
    data = as_xlsx([one.entry for one in stocked.approved()])
    plan = stocked.plan_import(read(data, "a.xlsx"), "a.xlsx", "approved", True)
    assert (plan.changes, plan.retired, plan.problems, len(plan.unchanged)) == ((), (), (), 4)
