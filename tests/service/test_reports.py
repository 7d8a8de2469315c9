"""The report of a build."""

from __future__ import annotations

import json
import shutil

from index.contents import load
from index.shelf import Shelf
from service import reports
from service.builds import Builds
from service.reports import REPORT
from service.settings import Settings
from tests.service.shop import BETTER, ENTRIES, WORSE, fill, report_of


def test_it_says_what_changes_and_what_that_does(settings: Settings) -> None:
    """Entries, golden queries by kind, the gate, and both curves; it is kept as it was made."""
    live = Shelf(settings.artefacts).current()
    fill(settings, BETTER)
    report = report_of(settings, real=("钱到底还退不退", "快递呢"))
    assert (report.live, report.unchanged, report.not_compared, report.program_changed) == (live, False, None, False)
    (change,) = report.changes
    assert (change.entry_id, change.before, change.after) == ("refund.time", 1, 2)
    assert [field.field for field in change.fields] == ["title", "variants"]
    assert report.comparison is not None
    assert report.comparison.missing == (("从前有人问过的", "gone.entry"),)
    assert report.comparison.judged.queries == 3
    assert report.comparison.real == 2
    assert report.gate.verdict == "pass"
    assert report.curve_before is not None
    folder = Builds(settings.home).folder / report.build
    assert reports.read(folder) == report
    assert json.loads(REPORT.dump_json(report))["gate"]["verdict"] == "pass"


def test_a_golden_query_that_is_lost_makes_it_worse(settings: Settings) -> None:
    """The words went to another entry: named, with what they find now and then."""
    fill(settings, WORSE)
    report = report_of(settings)
    assert report.gate.verdict == "worse"
    assert report.comparison is not None
    worst = report.comparison.moved[0]
    assert (worst.text, worst.verdict, worst.before.entry_id, worst.after.entry_id) == (
        "退款几天能到",
        "worse",
        "refund.time",
        "promo.summer",
    )


def test_without_a_change_there_is_nothing_to_compare(settings: Settings) -> None:
    """The same version is built already; no query is asked."""
    report = report_of(settings)
    assert report.unchanged
    assert (report.comparison, report.changes, report.curve_before) == (None, (), None)
    assert report.gate.verdict == "pass"


def test_the_first_build_has_nothing_to_compare_with(settings: Settings) -> None:
    """Every entry is new."""
    shutil.rmtree(settings.artefacts)
    report = report_of(settings)
    assert (report.live, report.comparison, report.not_compared) == (None, None, None)
    assert {change.kind for change in report.changes} == {"added"}
    assert len(report.changes) == len(ENTRIES)


def test_a_live_version_that_cannot_be_read_is_said(settings: Settings) -> None:
    """Nothing is compared, and the report says why."""
    shelf = Shelf(settings.artefacts)
    (shelf.path(shelf.current()) / "ranker.npz").write_bytes(b"broken")
    fill(settings, BETTER)
    report = report_of(settings)
    assert report.live == shelf.current()
    assert report.comparison is None
    assert report.not_compared is not None and "ranker.npz" in report.not_compared


def test_the_gate_looks_at_what_lies_on_the_disk(settings: Settings) -> None:
    """An artefact that lacks an approved phrasing is refused, though it verifies: it is not of this knowledge."""
    fill(settings, BETTER)
    report = report_of(settings)
    _, contents = load(Shelf(settings.artefacts).path(report.version), "toy")
    assert report.gate.variants == len(contents.variants)


def test_what_another_release_wrote_is_no_report(settings: Settings) -> None:
    """It is as if there were none."""
    report = report_of(settings)
    folder = Builds(settings.home).folder / report.build
    (folder / "report.json").write_text('{"build": "x"}', "utf-8")
    assert reports.read(folder) is None
