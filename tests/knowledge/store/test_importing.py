"""Bringing a trusted pack into the database."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.errors import StateError
from knowledge.model import Facts, Pack
from knowledge.store import ImportReport, Store, rows
from tests.knowledge.sample import entry, facts, pack, policy

AT = datetime(2026, 11, 22, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def load(store: Store, given: Pack, **options: bool) -> ImportReport:
    """Import as the shop's owner does."""
    return store.import_pack(given, "pack", "owner", "导入", AT, **options)


def state(store: Store) -> tuple[object, ...]:
    """Everything an import could change."""
    return store.approved(), store.versions("draft"), store.versions("retired"), store.audit(), store.facts()


def test_a_first_import_makes_everything_live(store: Store) -> None:
    """Entries arrive approved by whoever imports, policy and facts with them, each with a line of audit."""
    given = pack(entry("a.x"), entry("b.x"))
    assert load(store, given) == ImportReport(added=("a.x", "b.x"), policy_changed=True, facts_changed=True)
    assert store.pack() == given
    assert [(item.version, item.approved_by, item.approved_at) for item in store.approved()] == [(1, "owner", AT)] * 2
    acts = [(act.act, act.entry_id, act.detail.get("document")) for act in store.audit()]
    assert acts == [
        ("import", "a.x", None),
        ("import", "b.x", None),
        ("import", None, "policy_version"),
        ("import", None, "facts_version"),
    ]


def test_importing_twice_changes_nothing(store: Store) -> None:
    """No version, no audit, nothing."""
    given = pack(entry("a.x"), entry("b.x"))
    load(store, given)
    before = state(store)
    report = load(store, given)
    assert report == ImportReport(unchanged=("a.x", "b.x")) and not report.changes
    assert state(store) == before


def test_only_what_differs_is_written(store: Store) -> None:
    """A changed entry gets a new version that replaces the live one; others keep theirs."""
    load(store, pack(entry("a.x"), entry("b.x")))
    report = load(store, pack(entry("a.x", "新文"), entry("b.x"), entry("c.x")))
    assert report == ImportReport(added=("c.x",), changed=("a.x",), unchanged=("b.x",))
    assert {item.entry.id: item.version for item in store.approved()} == {"a.x": 2, "b.x": 1, "c.x": 1}
    assert [record.state for record in store.history("a.x")] == ["retired", "approved"]
    assert store.audit("a.x")[-1].detail == {"author": "pack", "by": "import", "replaces": 1}


def test_missing_entries_are_left_alone_unless_told(store: Store) -> None:
    """Only `retire_missing` ends what the pack does not name."""
    load(store, pack(entry("a.x"), entry("b.x")))
    assert load(store, pack(entry("a.x"))).retired == ()
    assert [item.entry.id for item in store.approved()] == ["a.x", "b.x"]
    assert load(store, pack(entry("a.x")), retire_missing=True).retired == ("b.x",)
    assert [item.entry.id for item in store.approved()] == ["a.x"]
    assert (store.audit("b.x")[-1].act, store.audit("b.x")[-1].version) == ("retire", 1)


def test_a_retired_entry_of_the_pack_is_live_again(store: Store) -> None:
    """After an import what the pack holds is live, so a retired entry counts as added, with a new version."""
    load(store, pack(entry("a.x")))
    store.retire("a.x", "owner", "", AT)
    assert load(store, pack(entry("a.x"))).added == ("a.x",)
    assert [item.version for item in store.approved()] == [2]


def test_drafts_survive_an_import(store: Store) -> None:
    """Somebody's unfinished draft is neither lost nor mistaken for the live text."""
    load(store, pack(entry("a.x")))
    store.save(entry("a.x", "草稿"), "li", "", AT)
    load(store, pack(entry("a.x", "新文")))
    assert [(record.version, record.state) for record in store.history("a.x")] == [
        (1, "retired"), (2, "draft"), (3, "approved"),
    ]  # fmt: skip


def test_a_dry_run_reports_and_changes_nothing(store: Store) -> None:
    """The report is the one the import then gives."""
    load(store, pack(entry("a.x"), entry("b.x")))
    before = state(store)
    changed = Pack(entries=(entry("a.x", "新文"), entry("c.x")), policy=policy(triggers=()), facts=Facts())
    foreseen = load(store, changed, retire_missing=True, dry_run=True)
    assert foreseen == ImportReport(
        added=("c.x",), changed=("a.x",), retired=("b.x",), policy_changed=True, facts_changed=True
    )
    assert state(store) == before
    assert load(store, changed, retire_missing=True) == foreseen


def test_an_id_twice_in_a_pack_is_refused(store: Store) -> None:
    """A pack made in code is checked as one read from files."""
    with pytest.raises(StateError, match=r"entry a\.x is 2 times in the pack: keep one"):
        load(store, pack(entry("a.x"), entry("a.x")))
    assert store.approved() == ()


def test_a_pack_without_facts_needs_none(store: Store) -> None:
    """No facts and no facts kept yet is no change."""
    assert load(store, Pack(entries=(), policy=policy())).facts_changed is False
    assert load(store, Pack(entries=(), policy=policy(), facts=facts())).facts_changed is True


def test_a_failing_import_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error after the entries were written takes them back."""

    def fail(*_: object) -> int:
        raise RuntimeError("power")

    monkeypatch.setattr(rows, "add_document", fail)
    with pytest.raises(RuntimeError, match="power"):
        load(store, pack(entry("a.x"), entry("b.x")))
    monkeypatch.undo()
    assert state(store) == ((), (), (), (), Facts())
    assert load(store, pack(entry("a.x"))).added == ("a.x",)


IMPORT = """
import os, signal, sys
from datetime import UTC, datetime
from knowledge.store import Store, rows
from tests.knowledge.sample import entry, pack
url, text, count, killed = sys.argv[1:]
if killed == "killed":
    rows.add_audit = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
entries = [entry(f"a.n{n}", text) for n in range(int(count))]
Store.open(url).import_pack(pack(*entries), "pack", "owner", "", datetime.now(UTC))
"""


def test_a_killed_import_leaves_nothing_half(url: str) -> None:
    """A process killed after writing its entries leaves the import before it whole, and no lock."""
    for arguments, code in ((("first", "100", "whole"), 0), (("second", "300", "killed"), -signal.SIGKILL)):
        command = [sys.executable, "-c", IMPORT, url, *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == code, done.stderr.decode()
    with Store.open(url) as store:
        assert len(store.approved()) == 100
        assert {item.entry.replies[0].text for item in store.approved()} == {"first"}
        assert len(store.audit()) == 102
        store.save(entry("b.x"), "li", "", AT)
