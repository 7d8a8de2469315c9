"""Admission: turns, refusals in time, and no work for who has gone."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from service.admission import Abandoned, Admission, Busy
from tests.browser.conftest import serve
from tests.service.asking import REFUND
from tests.service.people import EDITOR
from tests.service.shop import state_of
from tests.service.test_live import within
from tests.service.usage import used

SECONDS = 10


class _Work:
    """Calls that wait to be let go, and how many ran at once."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.go.wait(SECONDS)
        with self._lock:
            self.now -= 1
        return "done"


async def _until_waiting(admission: Admission, count: int) -> None:
    with anyio.fail_after(SECONDS):
        while admission.waiting < count:
            await anyio.sleep(0.001)


def test_so_many_run_at_once_and_the_rest_wait() -> None:
    """Two turns for five calls: never more than two under way, all of them done."""
    work, admission, results = _Work(), Admission(longest_wait=5, at_once=2), []

    async def main() -> None:
        async def one() -> None:
            results.append(await admission.run(work))

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(one)
            await _until_waiting(admission, 3)
            with anyio.fail_after(SECONDS):
                while work.now < 2:
                    await anyio.sleep(0.001)
            work.go.set()

    anyio.run(main)
    assert results == ["done"] * 5
    assert work.most == 2
    assert admission.waiting == 0


def test_too_many_are_refused_and_told_when_to_come_again() -> None:
    """Beyond the number that may wait a newcomer is refused at once, and counted; those who wait are not."""
    work, counted = _Work(), [0]
    admission = Admission(5, at_once=1, waiting=2, refused=lambda: counted.__setitem__(0, counted[0] + 1))

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(admission.run, work)
            await _until_waiting(admission, 2)
            with pytest.raises(Busy, match="2 queries are waiting") as refused:
                await admission.run(work)
            assert refused.value.retry_after >= 1
            assert counted == [1]
            work.go.set()

    anyio.run(main)


def test_the_wait_is_read_off_the_pace_of_the_last_answers() -> None:
    """Half a second an answer: the fifth in a row would wait over two seconds, and is refused; later it is let in."""
    clock = iter(step / 2 for step in range(100))
    admission = Admission(longest_wait=1.9, at_once=1, clock=lambda: next(clock))

    async def main() -> None:
        work = _Work()
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(admission.run, work)
            await _until_waiting(admission, 2)
            work.go.set()
        work.go.clear()
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(admission.run, work)
            await _until_waiting(admission, 4)
            assert admission.expected_wait == pytest.approx(2.0)
            with pytest.raises(Busy, match="about 2.0 s of work: try again in 2 s"):
                await admission.run(work)
            work.go.set()
        assert await admission.run(lambda: "in") == "in"

    anyio.run(main)


def test_a_pause_is_not_taken_for_slowness() -> None:
    """The time in which nobody waited says nothing of the pace."""
    now = [0.0]
    admission = Admission(longest_wait=1, at_once=1, clock=lambda: now[0])

    async def main() -> None:
        for _ in range(3):
            now[0] += 3600
            await admission.run(lambda: None)
        work = _Work()
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(admission.run, work)
            await _until_waiting(admission, 2)
            assert admission.expected_wait == 0
            work.go.set()

    anyio.run(main)


def test_a_pause_between_large_batches_is_not_taken_for_slowness() -> None:
    """A batch of more queries than there are turns seems to wait for itself; an hour later it is the first again."""
    now = [0.0]
    admission = Admission(longest_wait=1, at_once=2, clock=lambda: now[0])

    async def main() -> None:
        for _ in range(3):
            now[0] += 3600
            await admission.run(lambda: None, size=4)
        work = _Work()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(admission.run, work, 4)
            await _until_waiting(admission, 2)
            assert await admission.run(lambda: "in") == "in"
            work.go.set()

    anyio.run(main)


def test_who_has_gone_is_not_worked_for() -> None:
    """At its turn a call whose client has hung up is left out, and an error frees the turn."""
    admission, called = Admission(longest_wait=5, at_once=1), []

    async def gone() -> bool:
        return True

    def fails() -> None:
        raise ValueError("broken")

    async def main() -> None:
        with pytest.raises(Abandoned):
            await admission.run(lambda: called.append(1), gone=gone)
        with pytest.raises(ValueError, match="broken"):
            await admission.run(fails)
        assert await admission.run(lambda: "next") == "next"

    anyio.run(main)
    assert called == []


def test_what_is_asked_together_lets_others_in_between() -> None:
    """Whoever asks for many waits for a turn with each; the results are in the order of the list."""
    work, admission, done, results = _Work(), Admission(longest_wait=5, at_once=1), [], []

    def one(name: str) -> str:
        work()
        done.append(name)
        return name.upper()

    async def many() -> None:
        results.extend(await admission.each(one, ["a", "b", "c"]))

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(many)
            with anyio.fail_after(SECONDS):
                while not work.now:
                    await anyio.sleep(0.001)
            tasks.start_soon(admission.run, lambda: done.append("somebody else's"))
            await _until_waiting(admission, 1)
            work.go.set()

    anyio.run(main)
    assert done == ["a", "somebody else's", "b", "c"]
    assert results == ["A", "B", "C"]


SEARCHES: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/v1/suggestions", {"query": REFUND}),
    ("GET", f"/v1/entries?query={REFUND}", None),
    ("POST", "/v1/checks", {"text": "这个我不知道"}),
    ("POST", "/v1/desk/claims", {"entry_id": "refund.time", "variants": [REFUND]}),
    ("GET", "/v1/inbox", None),
    ("GET", "/inbox", None),
    ("GET", f"/?q={REFUND}", None),
)


@pytest.fixture
def busy(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A service where nobody may wait any more, asked by an editor."""
    with used(home, tmp_path) as client:
        client.headers |= EDITOR
        state_of(client).admission = Admission(longest_wait=5, waiting=0)
        yield client


@pytest.mark.parametrize(("method", "address", "body"), SEARCHES)
def test_a_busy_service_says_so_over_http(busy: TestClient, method: str, address: str, body: Any) -> None:
    """Whatever asks the index gets 503; a program problem details with `Retry-After`."""
    answer = busy.request(method, address, json=body)
    assert answer.status_code == 503
    if address.startswith("/v1/"):
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_busy_service_says_so_on_its_pages(busy: TestClient) -> None:
    """In words, with the seconds to wait; what was typed is still there to be asked again."""
    page = busy.get("/", params={"q": REFUND}).text
    assert 'data-problem="later"' in page
    assert "暂时查不了" in page and "请等 1 秒再试" in page and f">{REFUND}</textarea>" in page
    told = busy.get("/inbox", headers={"accept": "text/html"})
    assert (told.status_code, "请等 1 秒再试" in told.text) == (503, True)


def test_what_asks_no_index_needs_no_turn(busy: TestClient) -> None:
    """Lists, pages and probes go on while searches are turned away."""
    for address in ("/v1/entries", "/", "/browse", "/readyz"):
        assert busy.get(address).status_code == 200


@pytest.fixture
def slow() -> Iterator[tuple[str, _Work, list[str]]]:
    """A server with one turn, whose calls wait, and what was worked on."""
    app, work, done = FastAPI(), _Work(), []
    app.state.admission = Admission(longest_wait=60, at_once=1)

    @app.get("/{name}")
    async def one(name: str, request: Request) -> str:
        def call() -> str:
            done.append(name)
            return work()

        result: str = await app.state.admission.run(call, gone=request.is_disconnected)
        return result

    for url in serve(app):
        yield url, work, done


def test_a_client_that_hangs_up_costs_nothing(slow: tuple[str, _Work, list[str]]) -> None:
    """Over a real connection: of two that wait the one that hung up is never worked on."""
    url, work, done = slow
    host, port = url.removeprefix("http://").split(":")

    def ask(name: str) -> socket.socket:
        connection = socket.create_connection((host, int(port)), SECONDS)
        connection.sendall(f"GET /{name} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        return connection

    first = ask("first")
    assert within(SECONDS, lambda: bool(done))
    hasty, patient = ask("hasty"), ask("patient")
    time.sleep(0.1)
    hasty.close()
    time.sleep(0.1)
    work.go.set()
    assert b"200 OK" in patient.recv(4096)
    assert done == ["first", "patient"]
    first.close()
    patient.close()
