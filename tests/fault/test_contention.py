"""Two who do the same at once, and a database server that hangs: one wins, the other is told, nobody waits for long."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from index.shelf import Shelf
from knowledge.store import Store
from knowledge.store.queries import key_of
from service.app import create_app
from service.identity.gate import Identify
from service.settings import Settings
from service.storage import PATIENCE
from tests.knowledge.store.test_queries import query
from tests.service.people import ADMIN, APPROVER, by_header
from tests.service.shop import BETTER, FRIDAY, REFUND, fill, publish
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.slow

ROUNDS = 5
QUERY = {"query": "退款几天能到"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the shop in its database, and two artefacts, the second live."""
    home = tmp_path_factory.mktemp("contention") / "home"
    fill(Settings(home=home))
    publish(home)
    publish(home, BETTER, 2)
    return home


@pytest.fixture
def settings(built: Path, tmp_path: Path) -> Settings:
    """A copy of it."""
    return Settings(home=Path(shutil.copytree(built, tmp_path / "home")), poll_seconds=0.05)


@contextmanager
def desk(settings: Settings, identify: Identify | None = by_header) -> Iterator[TestClient]:
    """The service as an administrator has it."""
    app = create_app(settings, ToyEmbedder(), lambda: FRIDAY, identify)
    with TestClient(app, headers=ADMIN, raise_server_exceptions=False) as client:
        yield client


def at_once(*acts: Callable[[], Response]) -> list[Response]:
    """The answers to acts that begin together."""
    ready = threading.Barrier(len(acts))

    def begun(act: Callable[[], Response]) -> Response:
        ready.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begun, acts))


def one_wins(answers: list[Response]) -> None:
    """One did it; the others are told that they did not, and why."""
    assert sorted(answer.is_success for answer in answers) == [*[False] * (len(answers) - 1), True]
    for answer in answers:
        if not answer.is_success:
            assert answer.status_code == 409, answer.text
            assert answer.json()["detail"]


def test_of_two_publishers_one_wins(settings: Settings) -> None:
    """Two services, each told to go back by somebody who sees the same version live: one act stands in the history."""
    shelf = Shelf(settings.artefacts)
    with desk(settings) as first, desk(settings) as second:
        for _ in range(ROUNDS):
            live, acts = shelf.current(), len(shelf.history())
            (other,) = set(shelf.versions()) - {live}
            body = {"version": other, "live": live}
            one_wins(
                at_once(
                    *[lambda c=c, body=body: c.post("/v1/builds/rollback", json=body) for c in (first, second, first)]
                )
            )
            assert (shelf.current(), len(shelf.history())) == (other, acts + 1)


def test_of_two_approvers_one_wins(settings: Settings) -> None:
    """The version is approved once, with one line of audit."""
    with desk(settings) as first, desk(settings) as second, Store.open(settings.database_url) as store:
        for number in range(ROUNDS):
            version = store.save(REFUND.model_copy(update={"title": f"退款 {number}"}), "li", "", FRIDAY)
            store.submit(REFUND.id, version, "li", FRIDAY)
            address = f"/v1/reviews/{REFUND.id}/{version}/approve"
            people = ((first, APPROVER), (second, ADMIN))
            one_wins(
                at_once(
                    *[lambda c=c, who=who, address=address: c.post(address, json={}, headers=who) for c, who in people]
                )
            )
            approvals = [line for line in store.audit(REFUND.id) if (line.act, line.version) == ("approve", version)]
            assert len(approvals) == 1


def test_of_two_importers_one_wins(settings: Settings) -> None:
    """Two plans that change the same entry, applied at once: one is, the other is told that its entry has changed."""
    with desk(settings) as first, desk(settings) as second, Store.open(settings.database_url) as store:
        for number in range(ROUNDS):
            versions = len(store.history(REFUND.id))
            plans = []
            for client, letter in ((first, "甲"), (second, "乙")):
                sheet = f"编号,标准问\nrefund.time,退款 {letter}{number}\n".encode()
                planned = client.post("/v1/imports", files={"file": ("话术.csv", sheet)})
                assert planned.status_code in (200, 201), planned.text
                plans.append((client, planned.json()["import_id"]))
            one_wins(at_once(*[lambda c=c, i=i: c.post(f"/v1/imports/{i}/apply", json={}) for c, i in plans]))
            assert len(store.history(REFUND.id)) == versions + 1


def test_of_many_who_accept_from_the_inbox_nobody_loses_a_word(settings: Settings) -> None:
    """Twelve editors give one entry a phrasing each, over two services: the newest version has all twelve."""
    texts = [f"能刻 {number} 个字吗" for number in range(12)]
    with desk(settings) as first, desk(settings) as second, Store.open(settings.database_url) as store:
        store.queries.add([query(n, text, decision="abstain", at=FRIDAY) for n, text in enumerate(texts)])
        bodies = [{"queries": [key_of(text)], "entry_id": REFUND.id} for text in texts]
        clients = [first, second] * 6
        answers = at_once(
            *[lambda c=c, b=b: c.post("/v1/inbox/accept", json=b) for c, b in zip(clients, bodies, strict=True)]
        )
        assert {answer.status_code for answer in answers} == {201}
        assert set(texts) <= set(store.history(REFUND.id)[-1].entry.variants)
        assert store.queries.inbox(FRIDAY, 100) == ()


@contextmanager
def silent() -> Iterator[int]:
    """A port where somebody takes every connection and never says a word."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    for connection in taken:
        connection.close()


def test_a_database_server_that_hangs_keeps_nobody_waiting(built: Path) -> None:
    """From the start: queries are answered at once; editors get 503 within seconds, twenty at a time as well, and the
    service starts and stops.
    """
    with silent() as port:
        url = f"postgresql+psycopg://huashu:x@127.0.0.1:{port}/huashu"
        begun = time.monotonic()
        with desk(Settings(home=built, database=url)) as client:
            assert time.monotonic() - begun < 2 * PATIENCE + 1
            client.post("/v1/suggestions", json=QUERY)  # the first pays for what is imported late
            begun = time.monotonic()
            with ThreadPoolExecutor(21) as threads:
                waiting = [threads.submit(client.get, "/v1/audit") for _ in range(20)]
                for _ in range(10):
                    asked = time.monotonic()
                    assert client.post("/v1/suggestions", json=QUERY).json()["decision"] == "answer"
                    assert time.monotonic() - asked < PATIENCE, "it waited for the server"
                for answer in (future.result() for future in waiting):
                    assert answer.status_code == 503
                    assert "try again later" in answer.json()["detail"]
                    assert str(port) not in answer.text
            assert time.monotonic() - begun < PATIENCE + 2
            begun = time.monotonic()
        assert time.monotonic() - begun < 12, "it takes too long to stop"
