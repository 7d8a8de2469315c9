"""Documents kept for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from anyio.from_thread import start_blocking_portal

from knowledge.errors import DatabaseError, DocumentError, NotFound, StateError
from knowledge.formats.documents.reading import read
from service import documents as documents_module
from service.documents import Decision, Documents, Kept
from tests.knowledge.formats.documents.manuals import MESSY
from tests.service.together import failing_at

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """At noon."""
    return Clock()


@pytest.fixture
def documents(tmp_path: Path, clock: Clock) -> Documents:
    """None yet; they are read in this process."""
    return Documents(tmp_path / "documents", clock, read)


def add(documents: Documents, name: str = "手册.txt", data: bytes = MESSY.encode()) -> Kept:
    """One more document."""
    return documents.add(data, name, "li", lambda reading: reading)


def decision(act: str = "accepted") -> Decision:
    """Of somebody's."""
    return Decision.model_validate({"act": act, "by": "li", "at": NOON})


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path, documents: Documents, clock: Clock) -> None:
    """For every process that looks at the same home; the file itself is not kept."""
    kept = add(documents)
    assert Documents(tmp_path / "documents", clock).get(kept.summary.id) == kept
    assert sorted(path.name for path in (tmp_path / "documents" / kept.summary.id).iterdir()) == [
        "reading.json",
        "summary.json",
    ]


def test_the_list_is_the_newest_first_with_what_is_decided(documents: Documents, clock: Clock) -> None:
    """Without texts."""
    first = add(documents, "一.txt")
    clock.now += timedelta(hours=1)
    add(documents, "二.txt")
    documents.decide(first.summary.id, {1: decision()})
    assert [(one.name, one.decided) for one in documents.all()] == [("二.txt", 0), ("一.txt", 1)]


def test_a_proposal_is_decided_once(documents: Documents) -> None:
    """Whoever comes second hears who was first; a decision that came to nothing is free again."""
    kept = add(documents)
    documents.decide(kept.summary.id, {2: decision("skipped")})
    with pytest.raises(StateError, match="proposal 2 was skipped by li already"):
        documents.decide(kept.summary.id, {2: decision()})
    documents.release(kept.summary.id, [2])
    documents.decide(kept.summary.id, {2: decision()})
    assert documents.get(kept.summary.id).decisions == {2: decision()}


def test_of_several_proposals_all_are_decided_or_none(documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
    """None where one was decided before, or in that moment, or where the disk is full at one."""
    kept = add(documents)
    documents.decide(kept.summary.id, {3: decision("skipped")})
    several = {number: decision() for number in (1, 2, 3)}
    with pytest.raises(StateError, match="proposal 3 was skipped by li already"):
        documents.decide(kept.summary.id, several)
    with monkeypatch.context() as patch:
        patch.setattr(documents, "undecided", lambda *_: None)
        with pytest.raises(StateError, match="proposal 3 was skipped by li already"):
            documents.decide(kept.summary.id, several)
    assert set(documents.get(kept.summary.id).decisions) == {3}
    del several[3]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", failing_at(Path.write_text, 2))
        with pytest.raises(DatabaseError):
            documents.decide(kept.summary.id, several)
    documents.decide(kept.summary.id, several)
    assert set(documents.get(kept.summary.id).decisions) == {1, 2, 3}


def test_documents_expire_and_are_cleared_away(tmp_path: Path, documents: Documents, clock: Clock) -> None:
    """After seven days; the next upload removes the files."""
    kept = add(documents)
    clock.now += timedelta(days=7)
    with pytest.raises(NotFound, match="upload it again"):
        documents.get(kept.summary.id)
    assert documents.all() == ()
    add(documents)
    assert not (tmp_path / "documents" / kept.summary.id).exists()


def test_too_many_drive_out_the_oldest(documents: Documents, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a disk never fills."""
    monkeypatch.setattr(documents_module, "MOST_KEPT", 2)
    for name in ("一", "二", "三"):
        clock.now += timedelta(minutes=1)
        add(documents, name)
    assert [one.name for one in documents.all()] == ["三", "二"]


def test_a_document_can_be_forgotten(documents: Documents) -> None:
    """At once; a second time there is nothing to forget."""
    kept = add(documents)
    documents.delete(kept.summary.id)
    with pytest.raises(NotFound):
        documents.delete(kept.summary.id)


@pytest.mark.parametrize("name", ["", "..", "../../etc", "0" * 15, "G" * 16, ".a", "a/b"])
def test_an_id_is_never_a_path(documents: Documents, name: str) -> None:
    """Whatever is asked for."""
    with pytest.raises(NotFound):
        documents.get(name)


def test_what_cannot_be_read_is_not_kept(documents: Documents) -> None:
    """Nor is a file that somebody broke."""
    with pytest.raises(DocumentError):
        add(documents, data=b" ")
    assert documents.all() == ()


def test_an_unknown_proposal_is_named(documents: Documents) -> None:
    """With how many there are."""
    with pytest.raises(NotFound, match="has no proposal 7: it has 1 to 6"):
        add(documents).proposal(7)


def test_calls_run_on_threads_of_their_own(documents: Documents) -> None:
    """Never more than two at a time."""
    running: list[int] = []
    seen: list[int] = []

    def call() -> None:
        running.append(1)
        seen.append(len(running))
        anyio.from_thread.run(anyio.sleep, 0.01)
        running.pop()

    async def many() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(documents.run, call)

    with start_blocking_portal() as portal:  # a loop of its own, whatever runs in this thread
        portal.call(many)
    assert max(seen) <= 2
