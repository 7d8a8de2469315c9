"""How often somebody may ask."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.connection import Connection

import pytest

from service.identity.rates import DEFAULTS, Rates

forked = pytest.mark.skipif(sys.platform == "win32", reason="workers are forked")


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=forked)])
def test_who_asks_too_often_waits(workers: int) -> None:
    """Within the limit nothing is said, over it the seconds to wait; others are counted by themselves."""
    rates = Rates.of({"key": "3/hour"}, False, workers)
    assert [rates.refused("key", "a") for _ in range(3)] == [None] * 3
    wait = rates.refused("key", "a")
    assert wait is not None and 1 <= wait <= 3600
    assert rates.refused("key", "b") is None
    assert rates.refused("person", "a") is None


def test_this_machines_own_address_is_given_more() -> None:
    """Of everything; what is set goes before both."""
    near, far = Rates.of({}, private=True), Rates.of({"address": "7/second"}, private=False)
    for kind in DEFAULTS:
        limits = near.limits[kind], Rates.of({}, private=False).limits[kind]
        assert limits[0].amount > limits[1].amount
    assert (far.limits["address"].amount, far.limits["address"].GRANULARITY.name) == (7, "second")


def test_sign_in_is_the_strictest() -> None:
    """Whoever guesses passwords is slower than whoever asks anything else."""
    for private in (True, False):
        limits = Rates.of({}, private).limits
        assert limits["sign-in"].amount * 10 <= min(limits[kind].amount for kind in limits if kind != "sign-in")


def ask(rates: Rates, told: Connection) -> None:
    """What a worker does: asks, and tells how often it was let through."""
    told.send(sum(rates.refused("key", "console") is None for _ in range(400)))


@forked
def test_workers_count_together() -> None:
    """A key has its limit once, however many processes answer it, at the same time or by turns."""
    rates = Rates.of({"key": "500/day"}, False, workers=4)
    context = multiprocessing.get_context("fork")
    told = []
    for _ in range(4):
        listening, telling = context.Pipe(duplex=False)
        context.Process(target=ask, args=(rates, telling), daemon=True).start()
        told.append(listening)
    assert sum(one.recv() for one in told) == 500
    assert rates.refused("key", "console") is not None
    assert rates.refused("key", "another") is None
