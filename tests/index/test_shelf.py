"""The shelf of artefacts: written whole or not at all, published, rolled back, pruned."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from index import shelf as module
from index.artefact import MANIFEST, canonical, verify
from index.errors import ArtefactError, NoArtefact
from index.shelf import CURRENT, HISTORY, Shelf
from tests.index.shelves import AT, MANIFEST_OF, A, B, C, fill, flip, published, written


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file's bytes and time of writing, by path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_the_same_content_gives_the_same_bytes(shelf: Shelf, tmp_path: Path) -> None:
    """No time and no place in an artefact."""
    other = Shelf(tmp_path / "elsewhere")
    one, two = ({path.name: path.read_bytes() for path in written(place, A).iterdir()} for place in (shelf, other))
    assert one == two


def test_an_artefact_can_be_read_by_others(shelf: Shelf) -> None:
    """The temporary folder is the builder's alone; the finished one is not."""
    assert written(shelf, A).stat().st_mode & 0o777 == 0o755


def test_a_whole_version_is_not_written_again(shelf: Shelf) -> None:
    """`fill` is not even called, and no file is touched."""
    before = tree(written(shelf, A))
    shelf.write(A, lambda folder: pytest.fail("filled again"), {})
    assert tree(shelf.path(A)) == before


def test_a_damaged_version_is_written_anew(shelf: Shelf) -> None:
    """The content is known, so the damage is mended."""
    folder = written(shelf, A)
    (folder / "entries.json").write_text("[1]", "utf-8")
    written(shelf, A)
    verify(folder)


def test_an_exception_while_filling_leaves_nothing(shelf: Shelf) -> None:
    """Not the version, not a temporary folder, and what is live stays live."""
    published(shelf, A)
    before = tree(shelf.folder)

    def broken(folder: Path) -> None:
        fill(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shelf.write(B, broken, MANIFEST_OF)
    assert tree(shelf.folder) == before
    assert sorted(path.name for path in shelf.folder.iterdir()) == [CURRENT, HISTORY, A]


KILLED = """
import os, signal, sys
from pathlib import Path
from index.shelf import Shelf

def fill(folder):
    (folder / "entries.json").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)

Shelf(Path(sys.argv[1])).write("b" * 12, fill, {})
"""


def test_a_build_killed_midway_is_never_seen_and_swept_away(shelf: Shelf) -> None:
    """After SIGKILL versions and CURRENT are as before; what lies about is no version, and sweeping removes it."""
    published(shelf, A)
    before = tree(shelf.folder)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(shelf.folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    after = tree(shelf.folder)
    left = set(after) - set(before)
    assert len(left) == 1
    assert left.pop().startswith(".building-")
    assert (shelf.versions(), shelf.current()) == ([A], A)
    (shelf.folder / ".current-x1").write_text("half", "utf-8")
    shelf.sweep()
    assert tree(shelf.folder) == before
    assert not list(shelf.folder.glob(".*"))


def test_sweeping_an_empty_home_is_nothing_to_fail_from(shelf: Shelf) -> None:
    """The service sweeps at every start, the first too."""
    shelf.sweep()
    assert not shelf.folder.exists()


@pytest.mark.parametrize("name", ["", "A" * 12, "a" * 11, "../" + "a" * 9, "a" * 13, "a" * 12 + "\n"])
def test_only_twelve_hex_digits_are_a_version(name: str, shelf: Shelf) -> None:
    """Nothing else becomes a path."""
    with pytest.raises(ArtefactError, match="is not an artefact version"):
        shelf.path(name)


def test_only_whole_folders_are_versions(shelf: Shelf) -> None:
    """A folder without manifest, and one with another name, are none; an empty home has none."""
    assert shelf.versions() == []
    written(shelf, B, A)
    (shelf.folder / C).mkdir()
    (shelf.folder / "notes").mkdir()
    assert shelf.versions() == [A, B]


def test_nothing_published_is_said_as_such(shelf: Shelf) -> None:
    """An empty home, and one that holds only unpublished versions."""
    for _ in range(2):
        with pytest.raises(NoArtefact, match=r"no artefact has been published in .*huashu build"):
            shelf.current()
        assert (shelf.history(), shelf.previous()) == ([], None)
        written(shelf, A)


def test_publishing_names_the_live_version_and_writes_it_down(shelf: Shelf) -> None:
    """CURRENT is one line; HISTORY says what, when and by whom, oldest first."""
    published(shelf, A)
    written(shelf, B)
    shelf.publish(B, AT, "王")
    assert (shelf.folder / CURRENT).read_text("utf-8") == B + "\n"
    assert shelf.current() == B
    assert shelf.history() == [
        {"act": "publish", "version": A, "at": "2026-11-22T09:30:00+00:00", "by": "li"},
        {"act": "publish", "version": B, "at": "2026-11-22T09:30:00+00:00", "by": "王"},
    ]


def test_when_a_version_became_live_is_known(shelf: Shelf) -> None:
    """The last time it did, publish or rollback; nothing of one that never was, or whose line says no moment."""
    published(shelf, A, B)
    later = AT + timedelta(days=2)
    shelf.roll_back(later, "li")
    assert (shelf.published_at(A), shelf.published_at(B), shelf.published_at(C)) == (later, AT, None)
    with (shelf.folder / HISTORY).open("ab") as log:
        for at in ("yesterday", "2026-11-22T09:30:00"):
            log.write(canonical({"act": "publish", "version": C, "at": at, "by": "li"}))
            log.flush()
            assert shelf.published_at(C) is None


def test_a_damaged_version_is_not_published(shelf: Shelf) -> None:
    """What is live and what is written down stay as they are."""
    published(shelf, A)
    flip(written(shelf, B) / "ranker.npz")
    before = tree(shelf.folder)
    with pytest.raises(ArtefactError, match="ranker"):
        shelf.publish(B, AT, "li")
    assert tree(shelf.folder) == before


def test_a_version_is_live_only_once_it_is_in_place(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the rename fails, CURRENT still names the old version, whatever HISTORY says."""
    published(shelf, A)
    written(shelf, B)

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        shelf.publish(B, AT, "li")
    assert shelf.current() == A
    assert shelf.previous() is None


def test_previous_is_the_version_live_before_the_current(shelf: Shelf) -> None:
    """None after the first publish, then always the one before."""
    published(shelf, A)
    assert shelf.previous() is None
    published(shelf, B)
    assert shelf.previous() == A
    published(shelf, C)
    assert shelf.previous() == B


def test_rollbacks_undo_publishes(shelf: Shelf) -> None:
    """After a, b, c: back to b, back to a, and then there is nothing further back."""
    published(shelf, A, B, C)
    assert (shelf.roll_back(AT, "li"), shelf.current(), shelf.previous()) == (B, B, A)
    assert (shelf.roll_back(AT, "li"), shelf.current(), shelf.previous()) == (A, A, None)
    with pytest.raises(ArtefactError, match="no earlier version to roll back to"):
        shelf.roll_back(AT, "li")
    assert [act["act"] for act in shelf.history()] == ["publish"] * 3 + ["rollback"] * 2


def test_a_publish_after_a_rollback_leads_back_to_where_that_was(shelf: Shelf) -> None:
    """a, b, back to a, then c: before c came a, and b is forgotten."""
    published(shelf, A, B)
    shelf.roll_back(AT, "li")
    published(shelf, C)
    assert shelf.previous() == A


def test_publishing_an_old_version_again_makes_the_other_the_previous(shelf: Shelf) -> None:
    """a, b, a: one step back is b."""
    published(shelf, A, B, A)
    assert (shelf.current(), shelf.previous()) == (A, B)


def test_a_version_no_longer_on_disk_is_stepped_over(shelf: Shelf) -> None:
    """a, b, c with b deleted: one step back is a."""
    published(shelf, A, B, C)
    shutil.rmtree(shelf.path(B))
    assert shelf.previous() == A


def test_a_chosen_version_can_be_rolled_back_to(shelf: Shelf) -> None:
    """Two steps at once; one that is not on disk is refused with those that are."""
    published(shelf, A, B, C)
    assert shelf.roll_back(AT, "li", A) == A
    assert (shelf.current(), shelf.previous()) == (A, None)
    with pytest.raises(ArtefactError, match=f"version {'d' * 12} is not on disk; there are: {A}, {B}, {C}"):
        shelf.roll_back(AT, "li", "d" * 12)


def test_pruning_keeps_the_live_one_and_those_published_last(shelf: Shelf) -> None:
    """So many in all; the live one stays however long ago it was published; the deleted are named."""
    published(shelf, A, B, C)
    shelf.publish(A, AT, "li", act="rollback")
    assert shelf.prune(3) == []
    assert shelf.prune(2) == [B]
    assert (shelf.versions(), shelf.current()) == ([A, C], A)
    assert shelf.prune(1) == [C]
    assert shelf.prune(0) == []
    assert shelf.versions() == [A]


def test_pruning_takes_what_was_never_published(shelf: Shelf) -> None:
    """However few there are, and but for those that are named: the next build takes its place."""
    published(shelf, A)
    written(shelf, B, C)
    assert shelf.prune(10, besides=(C,)) == [B]
    assert shelf.versions() == [A, C]


def test_nothing_is_pruned_while_somebody_publishes(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on its way to be live would be gone by the time it is."""
    published(shelf, A)
    written(shelf, B)
    with ThreadPoolExecutor(1) as other:
        expect = shelf.expect
        begun = []

        def meanwhile(version: str | None) -> None:
            begun.append(other.submit(shelf.prune, 0))
            with pytest.raises(TimeoutError):
                begun[0].result(0.1)
            expect(version)

        monkeypatch.setattr(shelf, "expect", meanwhile)
        shelf.publish(B, AT, "li")
        assert begun[0].result(5) == [A]
    assert (shelf.versions(), shelf.current()) == ([B], B)


def test_pruning_keeps_the_live_one_even_where_history_ends_with_another(shelf: Shelf) -> None:
    """A crash between the two files of a publish leaves such a home: what CURRENT names is what is served."""
    published(shelf, A, B)
    (shelf.folder / CURRENT).write_text(A + "\n", "utf-8")
    assert shelf.prune(0) == [B]
    assert (shelf.versions(), shelf.current()) == ([A], A)


@pytest.mark.parametrize("cut", ['{"act":"publish","ver', '{"act":"publish","by":"王'])
def test_a_line_cut_short_by_a_crash_is_skipped_and_spoils_no_other(cut: str, shelf: Shelf) -> None:
    """Cut anywhere, in the middle of a character too; the publish after it is not glued to it and lost."""
    published(shelf, A)
    with (shelf.folder / HISTORY).open("ab") as log:
        log.write(cut.encode("utf-8")[:-1])
    assert [act["version"] for act in shelf.history()] == [A]
    published(shelf, B)
    assert [act["version"] for act in shelf.history()] == [A, B]
    assert shelf.previous() == A


def test_a_name_may_hold_a_line_separator(shelf: Shelf) -> None:
    """Only a newline ends a line of HISTORY."""
    written(shelf, A)
    shelf.publish(A, AT, "li\u2028wang\x85")
    assert [act["by"] for act in shelf.history()] == ["li\u2028wang\x85"]


def test_what_current_names_must_be_a_version(shelf: Shelf) -> None:
    """A CURRENT somebody edited is refused, not followed to wherever it points."""
    published(shelf, A)
    (shelf.folder / CURRENT).write_text("../../etc\n", "utf-8")
    with pytest.raises(ArtefactError, match=r"'\.\./\.\./etc' is not an artefact version"):
        shelf.current()


def test_everything_is_synced_before_it_is_renamed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, manifest and folder reach the disk before the new name does, and the shelf's folder after."""
    order: list[str] = []
    rename = os.replace

    def renaming(one: Path, other: Path) -> None:
        order.append("rename")
        rename(one, other)

    monkeypatch.setattr(module, "sync", lambda path: order.append(path.name))
    monkeypatch.setattr(os, "replace", renaming)
    written(shelf, A)
    *before, folder, renamed, after = order
    assert sorted(before) == ["entries.json", MANIFEST, "ranker.npz"]
    assert folder.startswith(".building-")
    assert (renamed, after) == ("rename", "artefacts")
