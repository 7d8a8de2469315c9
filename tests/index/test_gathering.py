"""Work of several threads done together: right results, no waiting alone, errors kept apart."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.gathering import Gathering
from tests.service.test_live import within

SECONDS = 10


def test_alone_it_is_computed_at_once() -> None:
    """A single caller waits for nobody: one batch of one, in its own thread."""
    batches: list[tuple[int, Sequence[int]]] = []

    def compute(asked: Sequence[int]) -> list[int]:
        batches.append((threading.get_ident(), asked))
        return [value * 2 for value in asked]

    assert Gathering(compute, largest=4, leaders=1)(21) == 42
    assert batches == [(threading.get_ident(), [21])]


def test_who_comes_meanwhile_is_taken_along_together() -> None:
    """While one batch is under way the rest gather: as many at once as allowed, nobody twice, in their order."""
    batches: list[list[int]] = []
    started, go = threading.Event(), threading.Event()

    def compute(asked: Sequence[int]) -> list[int]:
        batches.append(list(asked))
        started.set()
        assert go.wait(SECONDS)
        return [value * 2 for value in asked]

    gathering = Gathering(compute, largest=4, leaders=1)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(gathering, 0)
        assert started.wait(SECONDS)
        rest = []
        for number in range(1, 8):
            rest.append(pool.submit(gathering, number))
            while len(gathering._queue) < number:
                pass
        go.set()
        assert [future.result(SECONDS) for future in (first, *rest)] == [number * 2 for number in range(8)]
    assert batches == [[0], [1, 2, 3, 4], [5, 6, 7]]


def test_two_leaders_share_who_waits() -> None:
    """With two batches allowed at once, neither takes all that wait."""
    sizes: list[int] = []
    both, go = threading.Barrier(3), threading.Event()

    def compute(asked: Sequence[int]) -> list[int]:
        sizes.append(len(asked))
        if not go.is_set():
            both.wait(SECONDS)
            assert go.wait(SECONDS)
        return list(asked)

    gathering = Gathering(compute, largest=8, leaders=2)
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(gathering, number) for number in range(2)]
        both.wait(SECONDS)
        futures += [pool.submit(gathering, number) for number in range(2, 8)]
        while len(gathering._queue) < 6:
            pass
        go.set()
        assert [future.result(SECONDS) for future in futures] == list(range(8))
    assert sizes[:2] == [1, 1]
    assert max(sizes) <= 3


def test_what_fails_alone_fails_alone() -> None:
    """One text that cannot be computed spoils no other of its batch, and its own caller is told why."""
    started, go = threading.Event(), threading.Event()

    def compute(asked: Sequence[int]) -> list[int]:
        started.set()
        assert go.wait(SECONDS)
        if 3 in asked:
            raise ValueError("three cannot be computed")
        return list(asked)

    gathering = Gathering(compute, largest=8, leaders=1)
    with ThreadPoolExecutor(5) as pool:
        futures = {0: pool.submit(gathering, 0)}
        assert started.wait(SECONDS)
        futures |= {number: pool.submit(gathering, number) for number in range(1, 5)}
        while len(gathering._queue) < 4:
            pass
        go.set()
        for number, future in futures.items():
            if number == 3:
                with pytest.raises(ValueError, match="three"):
                    future.result(SECONDS)
            else:
                assert future.result(SECONDS) == number
    assert gathering(7) == 7


def test_nobody_is_forgotten_under_load() -> None:
    """Two thousand questions of sixteen threads each get their own answer."""
    gathering = Gathering(lambda asked: [value + 1 for value in asked], largest=5, leaders=2)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(gathering, range(2000))) == list(range(1, 2001))
    assert not gathering._queue
    # The last leader hands its result over before it lays the lead down.
    assert within(SECONDS, lambda: gathering._leading == 0)
