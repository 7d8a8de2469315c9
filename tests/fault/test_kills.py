"""Killed without a word at random points of every act: whatever was acknowledged is there, and nothing is by half.

The suite kills a few dozen times; HUASHU_TEST_KILLS=200 (or any number) kills as often as it says.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from index.artefact import verify
from index.shelf import Shelf
from knowledge.store import AuditRecord, Store, migration
from service.settings import Settings
from tests.fault.acts import AUTHOR, ENTRIES, TYPIST, Told, begin, desk, entry, killed_after, migrate
from tests.service.shop import APPROVED, BETTER, fill, publish, serving

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("HUASHU_TEST_KILLS", "40"))
MIGRATIONS = max(12, KILLS // 4)
SEED = 20261127
MOST = 9  # acts before the kill: each kind of them, on a busy machine too
LONGEST = 0.05  # seconds after them until the kill


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, str]]:
    """A home with two artefacts, the first live, and a few entries that are live in the database."""
    folder = tmp_path_factory.mktemp("kills")
    first, second = publish(folder).version, publish(folder, BETTER, 2, live=False).version
    fill(Settings(home=folder))
    with Store.open(Settings(home=folder).database_url) as store:
        for name in ENTRIES:
            store.save(entry(name, "first"), AUTHOR, "save", APPROVED)
    return folder, (first, second)


def whole(path: Path) -> bool:
    """Whether SQLite finds every page and every key in order."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        return found == [("ok",)] and not connection.execute("PRAGMA foreign_key_check").fetchall()


def acknowledged(store: Store, shelf: Shelf, told: list[Told]) -> None:
    """Every act that was told is there, and so is its line of audit; of the last import both entries or none."""
    by_act: dict[tuple[str, str | None, int | None], AuditRecord] = {
        (line.act, line.entry_id, line.version): line for line in store.audit()
    }
    noted = {(line.detail.get("at"), line.detail.get("index_version")) for line in store.audit()}
    history = {(line["at"], line["version"]) for line in shelf.history()}
    for act, *rest in told:
        if act == "saved":
            name, version, title = rest
            assert store.version(name, version).entry == entry(name, title)
            assert ("save", name, version) in by_act
        elif act in ("submitted", "approved"):
            name, version = rest
            assert ({"submitted": "submit", "approved": "approve"}[act], name, version) in by_act
            wanted = ("approved", "retired") if act == "approved" else ("in_review", "approved", "retired")
            assert store.version(name, version).state in wanted
        elif act == "imported":
            assert [store.version(name, 1).entry.id for name in rest] == rest
        elif act in ("live", "noted"):
            version, at = rest
            assert (at, version) in (history if act == "live" else noted)
    typed = [name for act, *(name, *_) in (one for one in told if one[0] == "typed") if act]
    if typed:
        (copy,) = [copy for copy in store.working_copies(ENTRIES[0]) if copy.person == TYPIST]
        seed, turn = map(int, typed[-1].split("-"))
        assert copy.content.title in (f"{seed}-{turn}", f"{seed}-{turn + 1}")


def consistent(store: Store, shelf: Shelf) -> None:
    """No version without its act, no act without its version, one live version an entry, each import whole."""
    lines = store.audit()
    assert [line.number for line in lines] == sorted({line.number for line in lines})
    made: Counter[tuple[str, int]] = Counter()
    kept = {}
    for overview in store.overviews():
        versions = store.history(overview.entry_id)
        assert [one.version for one in versions] == list(range(1, len(versions) + 1))
        assert sum(one.state == "approved" for one in versions) <= 1
        kept |= {(overview.entry_id, one.version): one for one in versions}
    for line in lines:
        if line.act in ("save", "import") and line.entry_id is not None and line.version is not None:
            made[line.entry_id, line.version] += 1
    assert set(made.values()) <= {1}
    assert set(made) == set(kept)
    approved = {(line.entry_id, line.version) for line in lines if line.act == "approve"}
    decided = {name for name, one in kept.items() if one.decided_by is not None and name[0] in ENTRIES}
    assert approved == decided
    imports = Counter(name.rpartition("-")[0] for name, _ in kept if name.startswith("import."))
    assert set(imports.values()) <= {2}
    verify(shelf.path(shelf.current()), "toy")
    acts = shelf.history()
    # The one act that may be noted and not done is the last: it was killed between its line and its rename.
    assert shelf.current() in {line["version"] for line in acts[-2:]}


def test_whatever_was_acknowledged_survives_a_kill_at_any_point(home: tuple[Path, tuple[str, str]]) -> None:
    """Save, submit, approve, type, import, publish, roll back and note, killed at random, again and again."""
    folder, versions = home
    shelf, rng = Shelf(folder / "artefacts"), random.Random(SEED)
    acts: Counter[str] = Counter()
    begun = time.monotonic()
    for number in range(KILLS):
        told = killed_after(
            rng.uniform(0, LONGEST), *begin(desk, str(folder), versions, number), acts=rng.randrange(MOST)
        )
        acts.update(str(one[0]) for one in told)
        assert whole(folder / "knowledge.db")
        with Store.open(Settings(home=folder).database_url) as store:
            acknowledged(store, shelf, told)
            if number % 10 == 9 or number == KILLS - 1:
                consistent(store, shelf)
                with serving(Settings(home=folder)) as client:
                    ready = client.get("/readyz").json()
                    assert (ready["index_version"], ready["problem"]) == (shelf.current(), None)
                    assert client.post("/v1/suggestions", json={"query": "退款几天能到"}).status_code == 200
    print(f"{KILLS} kills in {time.monotonic() - begun:.0f} s, acknowledged: {dict(acts)}")
    assert {"saved", "submitted", "approved", "typed", "imported", "live", "noted"} <= set(acts)
    shelf.sweep()
    assert not [path for path in shelf.folder.iterdir() if path.name.startswith(".")]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the first release with a thousand lines of audit."""
    path = tmp_path_factory.mktemp("old") / "knowledge.db"
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", "knowledge.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        line = (
            "INSERT INTO audit (act, who, at, comment, detail) VALUES ('save', 'li', '2026-11-01 00:00:00', '', '{}')"
        )
        for _ in range(1000):
            connection.exec_driver_sql(line)
    engine.dispose()
    return path


def test_a_migration_killed_at_any_point_is_done_or_not_done(old: Path, tmp_path: Path) -> None:
    """From the first release to this, killed at random: the tables are the old or the new, and it then comes through;
    killed again and again on one file, too.
    """
    path, rng = tmp_path / "knowledge.db", random.Random(SEED)
    url = f"sqlite:///{path}"
    shutil.copy(old, path)
    process, listening = begin(migrate, url)
    begun = time.monotonic()
    assert listening.recv() == ("done",)
    takes = time.monotonic() - begun
    process.join(10)
    found: Counter[str] = Counter()
    for number in range(MIGRATIONS):
        if number % 3 == 0 or (migration.HEAD in found and revision(path) == migration.HEAD):
            for leftover in tmp_path.glob("knowledge.db*"):
                leftover.unlink()
            shutil.copy(old, path)
        killed_after(rng.uniform(0, 1.2 * takes), *begin(migrate, url))
        assert whole(path)
        found[revision(path)] += 1
    print(f"{MIGRATIONS} kills of a migration of {1000 * takes:.0f} ms: {dict(found)}")
    assert set(found) <= {"0001", migration.HEAD}
    with Store.open(url) as store:
        assert len(store.audit()) == 1000
        assert store.queries.recent(1) == ()
    assert revision(path) == migration.HEAD
    shutil.rmtree(tmp_path)


def revision(path: Path) -> str:
    """What the file says it is at; its tables must be that revision's."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        (found,) = connection.exec_driver_sql("SELECT version_num FROM alembic_version").one()
        assert inspect(connection).has_table("feedback") is (found != "0001")
    engine.dispose()
    return str(found)
