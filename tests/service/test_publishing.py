"""Publishing what was looked at, and going back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.contents import load
from index.errors import Superseded
from index.gate import Lost
from index.retriever import Retriever
from index.shelf import Shelf
from knowledge.errors import NotFound, StateError
from knowledge.store import Store
from service import publishing, reports
from service.builds import Builds
from service.publishing import publish, roll_back
from service.settings import Settings
from tests.service.shop import BETTER, ENTRIES, WORSE, fill, release, report_of
from tests.toy import ToyEmbedder


def shelf_of(settings: Settings) -> Shelf:
    """The artefacts of a home."""
    return Shelf(settings.artefacts)


def test_what_was_looked_at_becomes_live(settings: Settings) -> None:
    """And the build is then known as published."""
    fill(settings, BETTER)
    report = report_of(settings)
    publish(settings, report.build, report.version, report.live, "王敏")
    assert shelf_of(settings).current() == report.version
    assert Builds(settings.home).get(report.build).state == "published"
    with pytest.raises(Superseded):
        publish(settings, report.build, report.version, report.live, "王敏")


def test_another_version_than_the_reports_is_refused(settings: Settings) -> None:
    """Or another live version; both pairs are named."""
    fill(settings, BETTER)
    report = report_of(settings)
    for version, live in (("0123456789ab", report.live), (report.version, None), (report.version, "0123456789ab")):
        with pytest.raises(StateError, match=rf"made {report.version} against {report.live}, not .*look at its report"):
            publish(settings, report.build, version, live, "王敏")
    assert shelf_of(settings).current() == report.live


def test_a_report_against_what_is_no_longer_live_is_refused(settings: Settings) -> None:
    """Somebody else published meanwhile."""
    fill(settings, WORSE)
    old = report_of(settings)
    fill(settings, BETTER)
    newer = release(settings)
    with pytest.raises(Superseded, match=rf"{newer} is live, not {old.live} any more"):
        publish(settings, old.build, old.version, old.live, "王敏", "有理由")
    assert shelf_of(settings).current() == newer


def test_worse_golden_queries_take_a_written_reason(settings: Settings) -> None:
    """Blanks are none; the reason stands in the history."""
    fill(settings, WORSE)
    report = report_of(settings)
    for nothing in ("", "  \n"):
        with pytest.raises(StateError, match="golden queries find their entry less often than before"):
            publish(settings, report.build, report.version, report.live, "王敏", nothing)
    publish(settings, report.build, report.version, report.live, "王敏", "活动期间先这样 ")
    assert shelf_of(settings).history()[-1]["reason"] == "活动期间先这样"


def test_a_reason_that_is_not_needed_is_not_kept(settings: Settings) -> None:
    """It would say that something had got worse."""
    fill(settings, BETTER)
    report = report_of(settings)
    publish(settings, report.build, report.version, report.live, "王敏", "以防万一")
    assert "reason" not in shelf_of(settings).history()[-1]


def test_lost_phrasings_are_never_overridden(settings: Settings) -> None:
    """Whatever the reason."""
    fill(settings, BETTER)
    report = report_of(settings)
    gate = replace(report.gate, verdict="refuse", lost=(Lost("refund.time", "退款", ()),))
    reports.write(replace(report, gate=gate), Builds(settings.home).folder / report.build)
    with pytest.raises(StateError, match="which nobody can override"):
        publish(settings, report.build, report.version, report.live, "王敏", "有理由")
    assert shelf_of(settings).current() == report.live


def test_what_is_live_or_gone_is_not_published(settings: Settings) -> None:
    """An unchanged build has nothing to publish; a version without files cannot be."""
    same = report_of(settings)
    with pytest.raises(StateError, match="is live already: there is nothing to publish"):
        publish(settings, same.build, same.version, same.live, "王敏")
    fill(settings, BETTER)
    report = report_of(settings)
    for path in sorted(shelf_of(settings).path(report.version).iterdir()):
        path.unlink()
    with pytest.raises(StateError, match="is not on disk any more: build again"):
        publish(settings, report.build, report.version, report.live, "王敏")


def test_the_newest_report_of_a_version_is_found(settings: Settings) -> None:
    """Or it is said how to make one."""
    fill(settings, BETTER)
    first, second = report_of(settings), report_of(settings)
    assert first.version == second.version
    assert publishing.latest_report_of(settings, first.version) in (first.build, second.build)
    with pytest.raises(NotFound, match="no report of 0123456789ab is remembered"):
        publishing.latest_report_of(settings, "0123456789ab")


def test_one_goes_back_to_any_earlier_version(settings: Settings) -> None:
    """By name or to the one before; with the reason in the history."""
    first = shelf_of(settings).current()
    fill(settings, BETTER)
    second = release(settings)
    assert roll_back(settings, None, second, "张伟", " 不对 ") == first == shelf_of(settings).current()
    assert shelf_of(settings).history()[-1]["reason"] == "不对"
    assert roll_back(settings, second, first, "张伟") == second
    acts = publishing.acts(settings)
    assert [(act.act, act.version, act.live, act.on_disk) for act in acts] == [
        ("rollback", second, True, True),
        ("rollback", first, False, True),
        ("publish", second, False, True),
        ("publish", first, False, True),
    ]


def test_going_back_needs_somewhere_to_go(settings: Settings) -> None:
    """Not to what is live, never was, is gone, or from what is not live any more."""
    first = shelf_of(settings).current()
    with pytest.raises(NotFound, match="there is no earlier version to go back to: publish another"):
        roll_back(settings, None, first, "张伟")
    with pytest.raises(NotFound, match=rf"version 0123456789ab is not on disk.*there are: {first}"):
        roll_back(settings, "0123456789ab", first, "张伟")
    with pytest.raises(StateError, match="is live already"):
        roll_back(settings, first, first, "张伟")
    fill(settings, BETTER)
    report = report_of(settings)
    with pytest.raises(StateError, match="was never live: publish it by its report"):
        roll_back(settings, report.version, first, "张伟")
    publish(settings, report.build, report.version, report.live, "王敏")
    with pytest.raises(Superseded, match=rf"{report.version} is live, not {first} any more"):
        roll_back(settings, first, first, "张伟")


def test_a_version_that_was_only_built_is_told_apart(settings: Settings) -> None:
    """Until it is published."""
    assert publishing.never_published(settings) == ()
    fill(settings, BETTER)
    report = report_of(settings)
    assert publishing.never_published(settings) == (report.version,)
    publish(settings, report.build, report.version, report.live, "王敏")
    assert publishing.never_published(settings) == ()


def test_the_audit_follows_the_history(settings: Settings) -> None:
    """Each act once, however often it is noted."""
    fill(settings, BETTER)
    report = report_of(settings)
    publish(settings, report.build, report.version, report.live, "王敏")
    with Store.open(settings.database_url) as store:
        for _ in range(2):
            publishing.note(settings, store)
        acts = [(line.act, line.who) for line in store.audit() if line.act == "publish"]
    assert [who for _, who in acts].count("王敏") == 1


def test_what_waits_is_told_before_anything_is_built(settings: Settings) -> None:
    """The version that a build would make, and its changes; nothing where all is live."""
    toy = ToyEmbedder()
    version = shelf_of(settings).current()
    live = Retriever(load(shelf_of(settings).path(version), "toy")[1], toy, version)
    with Store.open(settings.database_url) as store:
        same = publishing.pending(store, live, toy)
        assert (same.unchanged, same.changes, same.version) == (True, (), version)
        fill(settings, BETTER)
        waiting = publishing.pending(store, live, toy)
        assert (waiting.unchanged, waiting.live) == (False, version)
        assert [(change.entry_id, change.kind) for change in waiting.changes] == [("refund.time", "changed")]
        first = publishing.pending(store, None, toy)
        assert (first.live, len(first.changes)) == (None, len(ENTRIES))
    assert report_of(settings).version == waiting.version
