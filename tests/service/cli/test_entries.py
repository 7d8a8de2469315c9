"""`huashu entry …` and `huashu expiring`: the acts of the editors' page, in a terminal."""

from __future__ import annotations

import json
from pathlib import Path

from knowledge.formats.yaml import dump_entries, load_entries
from knowledge.store import Store
from service.settings import Settings
from tests.service.cli.conftest import Huashu
from tests.service.shop import ENTRIES, REFUND


def written(folder: Path, **fields: object) -> Path:
    """The refund entry in a file, with some of its fields changed."""
    path = folder / "entry.yaml"
    path.write_text(dump_entries([REFUND.model_copy(update=fields)]), "utf-8")
    return path


def test_entries_are_listed_and_narrowed(huashu: Huashu, stocked: str) -> None:
    """A line an entry, the count last; filters as on the page; as JSON too."""
    lines = huashu("entry", "list").out.splitlines()
    assert lines[-1] == f"{len(ENTRIES)} entries"
    assert any("refund.time" in line and "approved" in line and "v1 live" in line for line in lines)
    found = json.loads(huashu("entry", "list", "--kind", "script", "--json").out)
    assert [row["entry_id"] for row in found] == ["emotion.calm"]
    assert huashu("entry", "list", "--search", "水洗 滤网", "--owner", "李雷").out.splitlines()[-1] == "1 entries"


def test_what_is_shown_can_be_saved(huashu: Huashu, stocked: str, tmp_path: Path) -> None:
    """The YAML of `show` is what `save` reads: the same says nothing new, a change becomes a draft."""
    shown = huashu("entry", "show", "refund.time").out
    assert shown.startswith("# v1 approved, 李雷 on ")
    path = tmp_path / "shown.yaml"
    path.write_text(shown, "utf-8")
    assert load_entries(path) == (REFUND,)
    assert huashu("entry", "save", path).out == "refund.time: v1 says the same, nothing saved\n"
    assert huashu("entry", "save", written(tmp_path, title="退款要等多久"), "--comment", "改").out == (
        "refund.time: draft v2\n"
    )
    shown = huashu("entry", "show", "refund.time", "--version", 2).out
    assert "# v2 draft, 李雷 on " in shown and ": 改\n" in shown and "title: 退款要等多久" in shown


def test_a_newer_version_is_not_overwritten(huashu: Huashu, stocked: str, tmp_path: Path) -> None:
    """Who names the version they began from is told of a newer one."""
    path = written(tmp_path, title="退款要等多久")
    assert huashu("entry", "save", path, "--base", 1).status == 0
    done = huashu("entry", "save", written(tmp_path, title="另一个标题"), "--base", 1)
    assert done.status == 1
    assert "began from version 1, and 李雷 has saved version 2 since" in done.err


def test_a_file_that_is_no_entry_is_refused(huashu: Huashu, stocked: str, tmp_path: Path) -> None:
    """With file, line and field, and nothing is saved."""
    path = tmp_path / "bad.yaml"
    path.write_text("- id: refund.time\n  kind: poem\n", "utf-8")
    done = huashu("entry", "save", path)
    assert (done.status, "bad.yaml:2" in done.err) == (1, True)


def test_drafts_are_submitted_retired_and_restored(huashu: Huashu, stocked: str, home: Path, tmp_path: Path) -> None:
    """Each act is in the audit log, by whom it is said to be."""
    huashu("entry", "save", written(tmp_path, title="第二版"), "--by", "小王")
    assert huashu("entry", "submit", "refund.time", "--by", "小王").out == "refund.time v2 is in review\n"
    assert huashu("entry", "restore", "refund.time", 1).out == "refund.time: draft v3 has the text of v1\n"
    assert huashu("entry", "retire", "refund.time", "--comment", "停用").out == "refund.time is retired\n"
    again = huashu("entry", "retire", "refund.time", "--comment", "停用")
    assert (again.status, "there is nothing to retire" in again.err) == (1, True)
    with Store.open(Settings(home=home).database_url) as store:
        acts = [(act.act, act.who, act.version) for act in store.audit("refund.time")]
    assert acts[1:] == [
        ("save", "小王", 2),
        ("submit", "小王", 2),
        ("restore", "李雷", 3),
        ("retire", "李雷", 1),
    ]


def test_what_expires_is_told_ahead(huashu: Huashu, stocked: str) -> None:
    """Soonest first, with the days left or since; nothing where nothing ends."""
    done = huashu("expiring", "--days", 14)
    assert done.status == 0
    assert "2026-08-31" in done.out and "promo.summer" in done.out
    (row,) = json.loads(huashu("expiring", "--days", 0, "--json").out)
    assert (row["entry_id"], row["expires"]) == ("promo.summer", "2026-08-31")
