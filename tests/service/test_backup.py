"""Backup and restore of a home: all of one state comes back while others write, and nothing broken is put in place."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from index.errors import ArtefactError
from index.shelf import CURRENT, HISTORY, Shelf
from knowledge.errors import DatabaseError, KnowledgeError, StateError
from knowledge.store import FeedbackRecord, Store, migration
from service import backup
from service.archive import ArchiveError
from service.remembered import Remembered
from service.settings import Settings
from tests.service.shop import REFUND, pack, publish, serving

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
QUERIES = ("退款几天能到", "水壶漏电麻手", "包裹卡在半路", "🙂", "去哪里买呢")
WRITER = """
import sys
from datetime import UTC, datetime
from knowledge.model import Entry
from knowledge.store import Store
entry = Entry.model_validate_json(sys.argv[2])
with Store.open(sys.argv[1]) as store:
    while True:
        print(store.save(entry, "writer", "again", datetime.now(UTC)), flush=True)
"""


def url(home: Path) -> str:
    return Settings(home=home).database_url


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two published versions, people, a key, feedback and files. Nobody may write here."""
    home = tmp_path_factory.mktemp("full") / "home"
    publish(home, version=1)
    publish(home, version=2)
    with Store.open(url(home)) as store:
        store.import_pack(pack(), "li", "wang", "first", AT)
        store.save(REFUND, "li", "second thoughts", AT)
        store.people.add("王敏", "王敏", ("admin",), "li", AT)
        store.people.add("zhao", "赵", ("editor",), "li", AT)
        store.keys.add("console", "a" * 64, "hs_aaaa", ("console",), "li", AT)
        store.add_feedback(FeedbackRecord("r-1", REFUND.id, "used", "agent", AT), [REFUND.id])
    Remembered(Settings(home=home)).note_keys(True)
    for name, content in {
        "golden/常见.yaml": "queries: []\n",
        "builds/20261122-080000-aaaaaaaa/state.json": "{}",
        "builds/LOCK": "",
        "documents/0123456789abcdef/summary.json": "{}",
        "documents/.half/summary.json": "{}",
        "imports/1.json": "{}",
        "tuning.npz": "tuning",
        "vectors.npz": "cache",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(content, encoding="utf-8")
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """A copy of the filled home, to do anything with."""
    shutil.copytree(filled, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture(scope="module")
def taken(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the filled home."""
    path = tmp_path_factory.mktemp("backups") / "a.tar.zst"
    backup.back_up(filled, url(filled), path)
    return path


def kept(home: Path) -> dict[str, Any]:
    """Everything that the database says."""
    with Store.open(url(home)) as store:
        ids = sorted({line.entry_id for line in store.audit() if line.entry_id})
        return {
            "audit": store.audit(),
            "versions": {entry_id: store.history(entry_id) for entry_id in ids},
            "approved": store.approved(),
            "policy": store.policy(),
            "facts": store.facts(),
            "identity": store.identity(),
        }


def dumped(home: Path) -> list[str]:
    """Every table and row of the database, as SQL."""
    with closing(sqlite3.connect(home / "knowledge.db")) as database:
        return list(database.iterdump())


def answers(home: Path) -> list[Any]:
    """What the live version says to some queries."""
    with serving(Settings(home=home)) as client:
        found = [client.post("/v1/suggestions", json={"query": query}).json() for query in QUERIES]
    return [{name: value for name, value in one.items() if name not in ("request_id", "took_ms")} for one in found]


def test_everything_comes_back(filled: Path, taken: Path, tmp_path: Path) -> None:
    """Entries, versions, audit, people and keys; publications; files; and the same answers."""
    done = backup.restore(taken, tmp_path / "new" / "home")
    restored = done.home
    assert kept(restored) == kept(filled)
    assert dumped(restored) == dumped(filled)
    shelf, before = Shelf(restored / "artefacts"), Shelf(filled / "artefacts")
    assert shelf.current() == before.current() == done.manifest.live
    assert shelf.history() == before.history()
    assert shelf.versions() == before.versions()
    assert len(shelf.versions()) == 2
    assert answers(restored) == answers(filled)
    files = {path.relative_to(restored).as_posix() for path in restored.rglob("*") if path.is_file()}
    others = {name for name in files if not name.startswith(("artefacts/", "knowledge.db"))}
    assert others == {
        "golden/常见.yaml",
        "builds/20261122-080000-aaaaaaaa/state.json",
        "documents/0123456789abcdef/summary.json",
        "tuning.npz",
        next(filled.glob("keys-were-made-*")).name,
    }
    assert (restored / "golden" / "常见.yaml").read_text("utf-8") == "queries: []\n"
    assert done.manifest.revision == migration.HEAD
    assert stat.S_IMODE(restored.stat().st_mode) == 0o700
    assert sorted(path.name for path in restored.parent.iterdir()) == ["home"]


@pytest.fixture
def writing(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that saves version after version; what it prints is kept for good."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, url(home), REFUND.model_dump_json()],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait(10)


def test_a_backup_is_one_state_while_another_process_writes(
    home: Path, writing: subprocess.Popen[str], tmp_path: Path
) -> None:
    """What was acknowledged before is in it, and it is exactly what the database was after its last line of audit."""
    assert writing.stdout is not None
    acknowledged = int(writing.stdout.readline())
    backup.back_up(home, url(home), tmp_path / "a.tar.gz")
    later = int(writing.stdout.readline())
    while later < acknowledged + 20:
        later = int(writing.stdout.readline())
    writing.kill()
    writing.wait(10)
    restored = backup.restore(tmp_path / "a.tar.gz", tmp_path / "restored").home
    now, then = kept(home), kept(restored)
    last = len(then["audit"])
    assert then["audit"] == now["audit"][:last]
    saved = len(then["versions"][REFUND.id])
    assert acknowledged <= saved < len(now["versions"][REFUND.id])
    assert then["versions"].pop(REFUND.id) == now["versions"].pop(REFUND.id)[:saved]
    assert {name: then[name] for name in then if name != "audit"} == {
        name: now[name] for name in now if name != "audit"
    }
    assert answers(restored) == answers(home)


def test_a_version_is_never_half_there(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old one that a build deletes meanwhile is left out whole; the live one is needed."""
    shelf = Shelf(home / "artefacts")
    live = shelf.current()
    old = next(version for version in shelf.versions() if version != live)
    (shelf.path(old) / "entries.json").unlink()
    done = backup.back_up(home, url(home), tmp_path / "a.tar.gz")
    assert {name.split("/")[1] for name in done.files if name.startswith("artefacts/")} == {live, CURRENT, HISTORY}
    (shelf.path(live) / "entries.json").write_text("{}")
    with pytest.raises(ArtefactError, match="has hash"):
        backup.back_up(home, url(home), tmp_path / "b.tar.gz")
    assert not (tmp_path / "b.tar.gz").exists()


def test_a_publish_in_between_is_waited_for(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CURRENT and HISTORY are of one moment: read again where somebody published while they were read."""
    shelf = Shelf(home / "artefacts")
    published: list[str] = []
    live, read = shelf.current(), backup._read

    def publishing(path: Path) -> bytes | None:
        found = read(path)
        if path.name == HISTORY and not published:
            published.append(shelf.roll_back(AT, "wang"))
        return found

    monkeypatch.setattr(backup, "_read", publishing)
    done = backup.back_up(home, url(home), tmp_path / "a.tar.gz")
    assert done.live == published[0] != live
    restored = Shelf(backup.restore(tmp_path / "a.tar.gz", tmp_path / "new").home / "artefacts")
    assert restored.history()[-1]["version"] == restored.current() == published[0]


def test_a_home_without_an_index_and_one_whose_database_is_elsewhere(tmp_path: Path) -> None:
    """Each is backed up with what it has; an address of a server is refused with what to run."""
    home = tmp_path / "home"
    with Store.open(url(home)) as store:
        store.import_pack(pack(), "li", "wang", "first", AT)
    done = backup.back_up(home, url(home), tmp_path / "a.tar.gz")
    assert (done.live, list(done.files)) == (None, ["knowledge.db"])
    assert backup.restore(tmp_path / "a.tar.gz", tmp_path / "one").manifest == done
    with pytest.raises(StateError, match="pg_dump"):
        backup.back_up(home, "postgresql+psycopg://db/huashu", tmp_path / "b.tar.gz")
    done = backup.back_up(home, "postgresql+psycopg://db/huashu", tmp_path / "b.tar.gz", database=False)
    assert (done.revision, dict(done.files)) == (None, {})
    assert list(backup.restore(tmp_path / "b.tar.gz", tmp_path / "two").home.iterdir()) == []
    with pytest.raises(StateError, match="no home at"):
        backup.back_up(tmp_path / "nowhere", url(home), tmp_path / "c.tar.gz")


def test_a_home_that_is_not_empty_is_left_alone(taken: Path, tmp_path: Path) -> None:
    """A single file is enough; an empty folder is taken."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "note").write_text("precious")
    with pytest.raises(StateError, match="is not empty"):
        backup.restore(taken, home)
    assert [path.name for path in home.iterdir()] == ["note"]
    (home / "note").unlink()
    assert backup.restore(taken, home).home == home
    with pytest.raises(StateError, match="is a mount"):
        backup.restore(taken, Path("/proc"))


def test_restoring_is_all_or_nothing(taken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at the last moment it leaves no home, and no folder beside it but its own."""
    home = tmp_path / "home"

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", fail)
        with pytest.raises(OSError, match="disk full"):
            backup.restore(taken, home)
    assert list(tmp_path.iterdir()) == []
    backup.restore(taken, home)


def test_a_backup_can_be_looked_at_without_restoring(filled: Path, taken: Path) -> None:
    """All that restoring checks; nothing stays beside it."""
    before = sorted(taken.parent.iterdir())
    assert backup.examine(taken).live == Shelf(filled / "artefacts").current()
    assert sorted(taken.parent.iterdir()) == before


Change = Callable[[dict[str, bytes]], None]


def _entry_changed(files: dict[str, bytes]) -> None:
    files[next(name for name in files if name.endswith("/entries.json"))] += b" "


def _file_gone(files: dict[str, bytes]) -> None:
    del files["golden/常见.yaml"]


def _file_added(files: dict[str, bytes]) -> None:
    files["golden/more.yaml"] = b"queries: []"


def _listing_gone(files: dict[str, bytes]) -> None:
    del files["manifest.json"]


def _listing_broken(files: dict[str, bytes]) -> None:
    files["manifest.json"] = files["manifest.json"][:100]


def _listed(files: dict[str, bytes], **more: Any) -> None:
    listing = json.loads(files.pop("manifest.json")) | more
    contents = {name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    files["manifest.json"] = json.dumps(listing | {"files": contents}).encode()


def _newer(files: dict[str, bytes]) -> None:
    _listed(files, format=2)


def _foreign(files: dict[str, bytes]) -> None:
    files["etc/passwd"] = b"root"
    _listed(files)


def _database_broken(files: dict[str, bytes]) -> None:
    content = files["knowledge.db"]
    files["knowledge.db"] = content[:4096] + b"\xff" * 4096 + content[8192:]
    _listed(files)


def _database_hidden(files: dict[str, bytes]) -> None:
    _listed(files, revision=None)


def _live_gone(files: dict[str, bytes]) -> None:
    live = files["artefacts/CURRENT"].decode().strip()
    for name in [name for name in files if name.startswith(f"artefacts/{live}/")]:
        del files[name]
    _listed(files)


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (_entry_changed, ArchiveError, "entries.json of the backup is damaged"),
        (_file_gone, ArchiveError, "golden/常见.yaml of the backup is missing"),
        (_file_added, ArchiveError, "golden/more.yaml of the backup is not in its manifest"),
        (_listing_gone, ArchiveError, "has no manifest.json"),
        (_listing_broken, ArchiveError, "manifest.json of the backup cannot be read"),
        (_newer, ArchiveError, "format 2, this program reads 1"),
        (_foreign, ArchiveError, "etc/passwd of the backup is nothing that a home has"),
        (_database_broken, DatabaseError, "knowledge.db"),
        (_database_hidden, ArchiveError, "says otherwise"),
        (_live_gone, ArtefactError, "not what lies in it"),
    ],
)
def test_nothing_broken_is_put_in_place(
    filled: Path, tmp_path: Path, change: Change, error: type[Exception], told: str
) -> None:
    """Each file is what the manifest says, the database is whole, and the live version is there."""
    path = tmp_path / "a.tar.gz"
    backup.back_up(filled, url(filled), path)
    with tarfile.open(path) as tar:
        files = {one.name: held.read() for one in tar if (held := tar.extractfile(one)) is not None}
    change(files)
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    path.write_bytes(gzip.compress(held.getvalue(), 1))
    with pytest.raises(error, match=told):
        backup.restore(path, tmp_path / "home")
    assert [one.name for one in tmp_path.iterdir()] == ["a.tar.gz"]
    assert issubclass(error, KnowledgeError | ArtefactError)


def test_what_would_not_fit_is_refused_first(taken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the limit that was given, and by the room on the disk."""
    with pytest.raises(ArchiveError, match="unpacks to more than"):
        backup.restore(taken, tmp_path / "home", most_gib=0.00001)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**6, 10**6, 1000))
    with pytest.raises(ArchiveError, match="more than 1,000 bytes"):
        backup.restore(taken, tmp_path / "home")
    assert list(tmp_path.iterdir()) == []
