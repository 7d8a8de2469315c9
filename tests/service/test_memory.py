"""What a long-running process does about its memory."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from service.memory import ARENAS, settle

HEAPS = """
import ctypes, os, sys, tempfile, threading
from service.memory import few_arenas
if sys.argv[1] == "few":
    few_arenas()
libc, go = ctypes.CDLL(None), threading.Barrier(13)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
def take():
    go.wait()
    libc.malloc(50_000)
    go.wait()
for _ in range(12):
    threading.Thread(target=take).start()
go.wait(); go.wait()
with tempfile.NamedTemporaryFile() as told:
    file = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(told.read().count(b"<heap nr="))
"""


class Thing:
    """Something a weak reference can be held to."""

    itself: Thing


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_was_loaded_is_looked_through_no_more() -> None:
    """What is there stays, out of the collector's sight; what nobody holds any more is gone first."""
    kept, left = Thing(), Thing()
    left.itself = left
    gone = weakref.ref(left)
    del left
    settle()
    assert gone() is None
    assert gc.get_freeze_count() > 10_000
    assert not any(found is kept for found in gc.get_objects())


def test_of_the_index_before_nothing_is_kept() -> None:
    """A cycle that was frozen and then left is collected when the next index has been loaded."""
    before = Thing()
    before.itself = before
    settle()
    gone = weakref.ref(before)
    del before
    gc.collect()
    assert gone() is not None
    settle()
    assert gone() is None


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_threads_share_two_heaps() -> None:
    """However many they are; left alone, each would have its own."""

    def heaps(how: str) -> int:
        run = subprocess.run([sys.executable, "-c", HEAPS, how], capture_output=True, text=True, check=True)
        return int(run.stdout)

    assert heaps("few") <= ARENAS
    assert heaps("as they come") > ARENAS
