"""An editors' desk that never rests, in a process made to be killed: act after act, each told once it is done.

It imports neither the service nor the encoders, and its process is forked from one that has imported this, so that two
hundred of them cost a minute.
"""

from __future__ import annotations

import itertools
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from index.shelf import Shelf
from knowledge.formats.reading import read
from knowledge.manuscript import Manuscript, manuscript_of
from knowledge.model import Entry, Reply
from knowledge.store import Store

AUTHOR, APPROVER, TYPIST = "李雷", "王敏", "韩梅"
ENTRIES = ("kill.a", "kill.b", "kill.c")
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.fault.acts", "alembic.command", "sqlite3"])

Told = tuple[Any, ...]


def begin(target: Callable[..., None], *arguments: Any) -> tuple[ForkServerProcess, Connection]:
    """A process that does this and tells what is done; its first word is that it begins."""
    listening, telling = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=target, args=(telling, *arguments), daemon=True)
    process.start()
    telling.close()
    assert listening.recv() == "begin"
    return process, listening


def killed_after(seconds: float, process: ForkServerProcess, listening: Connection, acts: int = 0) -> list[Told]:
    """What it had told when it was killed without a word, so long after so many acts; a word cut short was not told."""
    first = [listening.recv() for _ in range(acts)]
    time.sleep(seconds)
    process.kill()
    process.join(10)
    return first + list(_heard(listening))


def _heard(listening: Connection) -> Iterator[Told]:
    with listening:
        while True:
            try:
                yield listening.recv()
            except EOFError:
                return


def entry(entry_id: str, title: str) -> Entry:
    """An entry by that title, which stands in each of its parts."""
    return Entry(
        id=entry_id,
        kind="faq",
        title=title,
        variants=(f"{entry_id} {title}", f"{title} 怎么办"),
        replies=(Reply(text=f"您好，{title}。"), Reply(language="en", text=f"It is {title}.")),
        source="test",
    )


def desk(told: Connection, home: str, versions: tuple[str, str], seed: int) -> None:
    """Act until killed."""
    store = Store.open(f"sqlite:///{home}/knowledge.db")
    shelf = Shelf(Path(home) / "artefacts")
    rng = random.Random(seed)
    told.send("begin")
    for turn in itertools.count():
        name = f"{seed}-{turn}"
        for act in rng.sample((_review, _typing, _import, _publish), 4):
            for done in act(store, shelf, versions, rng, name):
                told.send(done)


def _now() -> datetime:
    return datetime.now(UTC)


def _review(store: Store, _: Shelf, __: tuple[str, str], rng: random.Random, name: str) -> Iterator[Told]:
    wanted = entry(rng.choice(ENTRIES), name)
    version = store.save(wanted, AUTHOR, "save", _now())
    yield "saved", wanted.id, version, name
    store.submit(wanted.id, version, AUTHOR, _now())
    yield "submitted", wanted.id, version
    store.approve(wanted.id, version, APPROVER, _now())
    yield "approved", wanted.id, version


def _typing(store: Store, _: Shelf, __: tuple[str, str], ___: random.Random, name: str) -> Iterator[Told]:
    mine = [copy for copy in store.working_copies(ENTRIES[0]) if copy.person == TYPIST]
    typed: Manuscript = manuscript_of(entry(ENTRIES[0], name))
    store.save_working_copy(ENTRIES[0], TYPIST, 1, typed, mine[0].revision if mine else "", _now())
    yield "typed", name


def _import(store: Store, _: Shelf, __: tuple[str, str], ___: random.Random, name: str) -> Iterator[Told]:
    lines = ["编号,标准问,相似问,答案"]
    lines += [f"import.p{name}-{part},导入 {name} {part},{name} {part} 吗,您好" for part in "ab"]
    sheet = "\n".join(lines).encode()
    plan = store.plan_import(read(sheet, "kill.csv"), "kill.csv", "draft")
    assert [change.kind for change in plan.changes] == ["added", "added"], plan.problems
    yield ("planned",)
    store.apply_plan(plan, AUTHOR, name, _now())
    yield ("imported", *(change.entry.id for change in plan.changes))


def _publish(store: Store, shelf: Shelf, versions: tuple[str, str], _: random.Random, name: str) -> Iterator[Told]:
    live = shelf.current()
    other = next(version for version in versions if version != live)
    at = _now()
    if shelf.previous() == other:
        shelf.roll_back(at, APPROVER, reason=name, instead_of=live)
    else:
        shelf.publish(other, at, APPROVER, reason=name, instead_of=live)
    yield "live", other, at.isoformat()
    store.note_publications(shelf.history())
    yield "noted", other, at.isoformat()


def migrate(told: Connection, url: str) -> None:
    """Bring a database to the newest tables."""
    told.send("begin")
    Store.open(url).close()
    told.send(("done",))
