"""A lock among processes."""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
from multiprocessing.connection import Connection

import pytest

from service.sharing import SharedLock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers are forked")


def hold(lock: SharedLock, told: Connection, asked: Connection) -> None:
    """Hold it until somebody says enough."""
    with lock.held():
        told.send("mine")
        asked.recv()


@pytest.mark.parametrize("killed", [False, True])
def test_one_process_at_a_time_holds_it(killed: bool) -> None:
    """The next has it once the one before lets it go, or dies."""
    lock, context = SharedLock(), multiprocessing.get_context("fork")
    listening, telling = context.Pipe(duplex=False)
    hearing, enough = context.Pipe(duplex=False)
    process = context.Process(target=hold, args=(lock, telling, hearing), daemon=True)
    process.start()
    assert listening.recv() == "mine"
    had = threading.Event()

    def take() -> None:
        with lock.held():
            had.set()

    thread = threading.Thread(target=take)
    thread.start()
    assert not had.wait(0.1)
    if killed:
        process.kill()
    else:
        enough.send("enough")
    assert had.wait(5)
    thread.join()
    process.join(10)


def test_one_thread_at_a_time_holds_it() -> None:
    """The kernel's lock is the whole process's, so threads wait for each other besides."""
    lock, inside, most = SharedLock(), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(20):
            with lock.held():
                inside += 1
                most = max(most, inside)
                time.sleep(0.0002)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
