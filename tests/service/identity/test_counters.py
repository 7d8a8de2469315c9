"""Counters that processes share."""

from __future__ import annotations

import multiprocessing
import sys
import time
from multiprocessing.connection import Connection

import pytest

from service.identity.counters import BUCKET, SharedCounters

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="workers are forked")


def test_counters_end_and_are_forgotten() -> None:
    """Each counts by itself, until its end or until it is removed."""
    counters = SharedCounters()
    with counters.turn():
        assert [counters.add("a", 1, 60), counters.add("a", 2, 60), counters.add("b", 1, 0.01)] == [1, 3, 1]
        assert (counters.get("a"), counters.get("c"), counters.ends("c")) == (3, 0, 0.0)
        assert 0 < counters.ends("a") - time.time() <= 60
        time.sleep(0.02)
        assert (counters.get("b"), counters.add("b", 1, 60)) == (0, 1)
        counters.remove("a")
        assert (counters.get("a"), counters.get("b")) == (0, 1)
        counters.clear()
        assert counters.get("b") == 0


def test_a_full_table_gives_the_smallest_counter_away() -> None:
    """Whoever comes from very many addresses neither fills the memory nor frees whoever asks most."""
    counters = SharedCounters(BUCKET)
    with counters.turn():
        counters.add("busy", 1000, 60)
        for number in range(10 * BUCKET):
            counters.add(f"address {number}", 1, 60)
        assert counters.get("busy") == 1000
        assert sum(counters.get(f"address {number}") for number in range(10 * BUCKET)) == BUCKET - 1


@pytest.mark.parametrize("slots", [0, 4, BUCKET + 1])
def test_a_table_is_of_whole_buckets(slots: int) -> None:
    """Anything else is refused."""
    with pytest.raises(ValueError, match=f"{slots} slots"):
        SharedCounters(slots)


def hold(counters: SharedCounters, told: Connection) -> None:
    """Take the turn, and never give it back."""
    with counters.turn():
        counters.add("a", 1, 60)
        told.send("mine")
        time.sleep(60)


def test_a_process_killed_in_its_turn_holds_nobody_up() -> None:
    """What it had counted is there, and the others go on."""
    counters = SharedCounters()
    context = multiprocessing.get_context("fork")
    listening, telling = context.Pipe(duplex=False)
    process = context.Process(target=hold, args=(counters, telling), daemon=True)
    process.start()
    assert listening.recv() == "mine"
    process.kill()
    process.join(10)
    with counters.turn():
        assert counters.add("a", 1, 60) == 2
