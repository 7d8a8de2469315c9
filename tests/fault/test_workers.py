"""Two workers over one home: a publish under load, a worker killed, and figures of both in one place."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.shelf import Shelf
from tests.contract.chatwoot import SECRET, TOKEN, chatwoot, event, signed
from tests.fault.processes import Clients, Service, serving, within
from tests.fault.test_publishing import QUERY, TAKEN_OVER_WITHIN, edition
from tests.service.shop import APPROVED, publish

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="workers are forked"),
]


def workers(service: Service) -> list[int]:
    """The processes that answer."""
    found = subprocess.run(["pgrep", "-P", str(service.process.pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def counted(service: Service) -> float:
    """How many suggestions all workers say they have answered."""
    with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/metrics") as response:
        lines = response.read().decode().splitlines()
    rows = [line for line in lines if line.startswith("huashu_requests_total") and "/v1/suggestions" in line]
    return sum(float(line.rsplit(" ", 1)[1]) for line in rows)


def guesses(service: Service, count: int) -> Counter[int]:
    """What so many sign-ins are answered, each on a connection of its own."""
    found: Counter[int] = Counter()
    for _ in range(count):
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/sign-in", "name=nobody&password=guessed-wrong", kind)
        found[connection.getresponse().status] += 1
        connection.close()
    return found


def test_a_webhook_delivered_twice_is_answered_once(tmp_path: Path) -> None:
    """Whichever worker it comes to, and while the database is away: one message, one note."""
    publish(tmp_path)
    body = json.dumps(event("退款几天能到", 71, 12)).encode()
    headers = signed(body, str(int(time.time()))) | {"Content-Type": "application/json"}
    with chatwoot() as other:
        bot = {"HUASHU_CHATWOOT_URL": other.url, "HUASHU_CHATWOOT_TOKEN": TOKEN, "HUASHU_CHATWOOT_SECRET": SECRET}
        away = "postgresql+psycopg://x@127.0.0.1:9/x"
        with serving(tmp_path, HUASHU_WORKERS="2", HUASHU_DATABASE=away, **bot) as service:
            assert within(20, lambda: len(workers(service)) == 2)
            with ThreadPoolExecutor(8) as senders:
                told = Counter(senders.map(lambda _: delivered(service, body, headers), range(80)))
            assert told == {"accepted": 1, "ignored": 79}
            other.wait(1)


def test_feedback_finds_its_request_whichever_worker_it_comes_to(tmp_path: Path) -> None:
    """Each on a connection of its own: all are joined with what was shown, and an entry that was not is refused."""
    publish(tmp_path)
    with serving(tmp_path, HUASHU_WORKERS="2") as service:
        assert within(20, lambda: len(workers(service)) == 2)
        for _ in range(20):
            asked = service.request("POST", "/v1/suggestions", {"query": QUERY})[1]["request_id"]
            status, kept = service.request("POST", "/v1/feedback", {"request_id": asked, "act": "used"})
            assert (status, kept["query"], kept["decision"]) == (201, QUERY, "answer")
            never = {"request_id": asked, "act": "used", "entry_id": "never.shown"}
            assert service.request("POST", "/v1/feedback", never)[0] == 422


def delivered(service: Service, body: bytes, headers: dict[str, str]) -> str:
    """What becomes of a webhook, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    connection.request("POST", "/adapters/chatwoot", body, headers)
    status: str = json.loads(connection.getresponse().read())["status"]
    connection.close()
    return status


def test_two_workers_take_a_publish_over_and_a_dead_one_is_replaced(tmp_path: Path) -> None:
    """No request fails while a version is published; each worker takes it over; kill −9 of one leaves two again. Limits
    are counted by both together, and the one that comes anew counts on.
    """
    first, second = (publish(tmp_path, edition(number), number, live=number == 1).version for number in (1, 2))
    with serving(tmp_path, HUASHU_WORKERS="2", HUASHU_RATE_SIGN_IN="9/hour") as service:
        assert within(20, lambda: len(workers(service)) == 2)
        with Clients(service, QUERY, count=4) as clients:
            assert within(20, lambda: len(clients.answers) > 20)
            Shelf(tmp_path / "artefacts").publish(second, APPROVED, "test")
            # Each look goes to one of the two, so ten in a row of the new version are both.
            assert within(TAKEN_OVER_WITHIN + 2, lambda: all(service.version() == second for _ in range(10)))
        assert clients.failures == []
        assert {answer["index_version"] for answer in clients.answers} == {first, second}
        assert counted(service) == len(clients.answers)
        assert guesses(service, 6)[429] == 0
        killed = workers(service)[0]
        os.kill(killed, signal.SIGKILL)
        assert within(20, lambda: len(workers(service)) == 2 and killed not in workers(service))
        assert within(20, lambda: service.version() == second)
        assert guesses(service, 12)[429] >= 8  # 9, or one less as the hour turns
