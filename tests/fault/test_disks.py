"""A disk that is full, takes no more, or is read-only: what is live answers, what writes is refused."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from index.artefact import verify
from index.errors import ArtefactError
from index.shelf import CURRENT, HISTORY, Shelf
from knowledge.store import Store
from service.app import create_app
from service.settings import Settings
from tests.fault.processes import serving as process_of
from tests.fault.processes import within
from tests.service.editors import DRAFT, typed
from tests.service.importing import SHEET
from tests.service.people import ADMIN, by_header
from tests.service.shop import APPROVED, BETTER, FRIDAY, fill, publish, report_of
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.slow

QUERY = {"query": "退款几天能到"}
SIZE = 24  # MiB of the disk


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shop in its database, two artefacts, and the second live."""
    home = tmp_path_factory.mktemp("disks") / "home"
    fill(Settings(home=home))
    publish(home)
    publish(home, BETTER, 2)
    return home


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """A disk of its own, of a few megabytes; skipped where this machine lets nobody have one."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a disk of its own cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def desk(home: Path) -> Iterator[TestClient]:
    """The service as an administrator has it."""
    app = create_app(Settings(home=home, poll_seconds=0.05), ToyEmbedder(), lambda: FRIDAY, by_header)
    with TestClient(app, headers=ADMIN, raise_server_exceptions=False) as client:
        yield client


def fill_up(folder: Path) -> Path:
    """Take what room there is; the file that holds it."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while file.write(b"x" * size):
                    pass
    assert shutil.disk_usage(folder).free == 0
    return path


def state(home: Path) -> object:
    """All that an act could have changed."""
    shelf = Shelf(home / "artefacts")
    with Store.open(Settings(home=home).database_url) as store:
        kept = (store.audit(), store.overviews(), store.working_copies())
    names = sorted(path.name for path in shelf.folder.iterdir())
    return kept, names, (shelf.folder / CURRENT).read_bytes(), (shelf.folder / HISTORY).read_bytes()


def acts(client: TestClient, home: Path) -> dict[str, Any]:
    """Every kind of writing, and what it is answered."""
    shelf = Shelf(home / "artefacts")
    live = shelf.current()
    (other,) = set(shelf.versions()) - {live}
    large = ["太长" * 100 + str(number) for number in range(400)]
    body = {"revision": "", "base_version": 1, "content": typed(variants=large)}
    return {
        "type": client.put(DRAFT, json=body),
        "feedback": client.post(
            "/v1/feedback", json={"request_id": "r-1", "act": "edited", "entry_id": "refund.time", "text": "好" * 2000}
        ),
        "import": client.post("/v1/imports", files={"file": ("话术.csv", SHEET)}),
        "document": client.post("/v1/documents?name=a.txt", content="水壶漏水怎么办？\n请先断电。".encode()),
        "build": client.post("/v1/builds"),
        "roll back": client.post("/v1/builds/rollback", json={"version": other, "live": live}),
    }


def test_on_a_full_disk_answers_go_on_and_nothing_is_kept_by_half(two: Path, tmp_path: Path) -> None:
    """Every act is refused with 503 and says so, leaving all as it was; with room again everything works."""
    with disk(tmp_path / "disk") as folder:
        home = folder / "home"
        shutil.copytree(two, home)
        with desk(home) as client:
            assert client.get("/v1/audit").status_code == 200
            with closing(sqlite3.connect(home / "knowledge.db")) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            before = state(home)
            filler = fill_up(folder)
            for name, answer in acts(client, home).items():
                assert answer.status_code == 503, f"{name}: {answer.status_code} {answer.text}"
                assert answer.json()["detail"].count("try again") == 1
                assert str(folder) not in answer.text
                assert answer.headers["retry-after"]
                assert client.post("/v1/suggestions", json=QUERY).json()["decision"] == "answer"
            with pytest.raises((OSError, ArtefactError)):
                report_of(Settings(home=home))
            assert client.get("/readyz").json()["problem"] is None
            filler.unlink()
            assert state(home) == before
            for name, answer in acts(client, home).items():
                assert answer.is_success, f"{name}: {answer.status_code} {answer.text}"
        with closing(sqlite3.connect(home / "knowledge.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_read_only_disk_answers_queries(two: Path, tmp_path: Path) -> None:
    """The service starts on it, answers, and tells editors that nothing can be kept."""
    with disk(tmp_path / "disk") as folder:
        home = folder / "home"
        shutil.copytree(two, home)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        with desk(home) as client:
            assert client.post("/v1/suggestions", json=QUERY).json()["decision"] == "answer"
            for name, answer in acts(client, home).items():
                assert answer.status_code == 503, f"{name}: {answer.status_code} {answer.text}"
            assert client.post("/v1/suggestions", json=QUERY).status_code == 200
        assert (home / "artefacts" / CURRENT).read_bytes() == (two / "artefacts" / CURRENT).read_bytes()


@pytest.mark.parametrize("fails", ["pointer", "history"])
def test_a_publish_that_the_disk_stops_never_happened(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """Neither the history nor CURRENT has it, wherever the room ended; no temporary file stays."""
    home = tmp_path / "home"
    shutil.copytree(two, home)
    shelf, real = Shelf(home / "artefacts"), os.fsync
    names = sorted(path.name for path in shelf.folder.iterdir())
    history, live = (shelf.folder / HISTORY).read_bytes(), shelf.current()
    wanted = ".current-" if fails == "pointer" else HISTORY

    def full(descriptor: int) -> None:
        if Path(os.readlink(f"/proc/self/fd/{descriptor}")).name.startswith(wanted):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        shelf.roll_back(APPROVED, "test")
    monkeypatch.undo()
    assert ((shelf.folder / HISTORY).read_bytes(), shelf.current()) == (history, live)
    assert sorted(path.name for path in shelf.folder.iterdir()) == names
    assert shelf.roll_back(APPROVED, "test") != live


def test_a_process_that_may_write_nothing_answers_and_ends_well(two: Path, tmp_path: Path) -> None:
    """Its limit of file sizes set to nothing while it runs: feedback is refused and queries are answered, and kept
    again afterwards. Then told to stop: a request half there is answered, a new one refused, and it ends with 0.
    """
    home = tmp_path / "home"
    shutil.copytree(two, home)
    with process_of(home) as service:
        feedback = {"request_id": "r-1", "act": "used"}
        assert service.request("POST", "/v1/feedback", feedback)[0] == 201
        hard = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (0, hard))
        refused, problem = service.request("POST", "/v1/feedback", feedback | {"request_id": "r-2"})
        assert (refused, "try again" in problem["detail"]) == (503, True)
        assert service.request("POST", "/v1/suggestions", QUERY)[1]["decision"] == "answer"
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert service.request("POST", "/v1/feedback", feedback | {"request_id": "r-2"})[0] == 201
        verify(Shelf(home / "artefacts").path(Shelf(home / "artefacts").current()), "toy")

        body = json.dumps(QUERY).encode()
        head = "POST /v1/suggestions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as under_way:
            under_way.sendall(head.encode() + body[:5])
            assert service.ready()
            service.process.send_signal(signal.SIGTERM)
            assert within(5, lambda: not service.ready()), "it still takes new requests"
            under_way.sendall(body[5:])
            answer = b"".join(iter(lambda: under_way.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert b'"decision":"answer"' in answer
        assert service.process.wait(15) == 0
