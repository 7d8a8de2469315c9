"""Records by name, in memory that workers share."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.ring import SharedRing


def test_a_name_is_taken_once() -> None:
    """And again once it was let go; what stood under it went with it."""
    ring = SharedRing(4, 100, alone=True)
    assert ring.take("a")
    assert not ring.take("a")
    assert ring.find("a") is None
    ring.put("a", b"one")
    assert (ring.find("a"), ring.take("a")) == (b"one", False)
    ring.free("a")
    ring.free("a")
    assert (ring.find("a"), ring.take("a"), ring.find("a")) == (None, True, None)


def test_what_is_put_again_takes_the_place_of_what_was_there() -> None:
    """Longer or shorter; a name that nobody took is taken by it."""
    ring = SharedRing(4, 100, alone=True)
    for content in (b"one", b"eleven", b"2"):
        ring.put("a", content)
        assert ring.find("a") == content
    assert not ring.take("a")


def test_the_name_taken_longest_ago_makes_way() -> None:
    """There are only so many."""
    ring = SharedRing(2, 100, alone=True)
    for name in "abc":
        ring.put(name, name.encode())
    assert [ring.find(name) for name in "abcd"] == [None, b"b", b"c", None]
    assert ring.take("a")


def test_long_records_are_fewer() -> None:
    """The oldest are written over first, whole records are found or none, and one that is too long is not kept."""
    ring = SharedRing(10, 100, alone=True)
    for name in "abcdefgh":
        ring.put(name, name.encode() * 30)
        assert ring.find(name) == name.encode() * 30
    assert [name for name in "abcdefgh" if ring.find(name)] == ["f", "g", "h"]
    ring.put("i", b"i" * 101)
    assert ring.find("i") is None
    assert ring.find("h") == b"h" * 30


def test_records_are_erased_by_what_they_say() -> None:
    """Their names too; the others stay."""
    ring = SharedRing(4, 100, alone=True)
    for name, content in (("a", b"secret"), ("b", b"other"), ("c", b"secret")):
        ring.put(name, content)
    assert ring.take("d")
    ring.erase(b"secret".__eq__)
    assert [ring.find(name) for name in "abc"] == [None, b"other", None]
    assert [ring.take(name) for name in "abcd"] == [True, False, True, False]


def test_what_is_gone_is_in_memory_no_more() -> None:
    """Not a byte of it, whether it was let go, erased, written anew, or made way."""
    ring = SharedRing(3, 100, alone=True)
    for name in "abcd":
        ring.put(name, b"secret")
    ring.free("b")
    ring.erase(b"secret".__eq__)
    ring.put("d", b"secret")
    ring.put("d", b"")
    assert not ring._bytes[:].strip(b"\0")


def test_threads_take_each_name_once() -> None:
    """Of many that want one, one has it."""
    ring = SharedRing(50, 1000, alone=True)
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda n: ring.take(f"{n % 10}"), range(200)))
    assert sum(taken) == 10


@pytest.mark.skipif(sys.platform == "win32", reason="workers are forked")
def test_workers_share_it() -> None:
    """What one has put the other finds; a process that dies while it writes leaves the rest whole."""
    ring = SharedRing(4, 100)
    ring.put("b", b"before")

    def work() -> None:
        ring.put("a", b"from elsewhere")
        ring.take("c")
        with ring._lock.held():
            ring._written[0] += 10
            ring._bytes[:5] = b"half "
            os.kill(os.getpid(), signal.SIGKILL)

    other = multiprocessing.get_context("fork").Process(target=work)
    other.start()
    other.join(10)
    assert other.exitcode == -signal.SIGKILL
    assert (ring.find("a"), ring.take("c"), ring.take("b")) == (b"from elsewhere", False, False)
    ring.put("d", b"after")
    assert (ring.find("a"), ring.find("d")) == (b"from elsewhere", b"after")
