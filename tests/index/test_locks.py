"""A lock between processes that nobody holds once its holder is dead."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.errors import ArtefactError
from index.locks import acquire, held, holding

HOLD = "import sys, time; from index.locks import acquire; acquire(__import__('pathlib').Path(sys.argv[1])); "
ROOT = Path(__file__).parents[2]


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    """A second gets nothing until the first lets go; looking does not take it."""
    path = tmp_path / "new" / "LOCK"
    assert not held(path)
    first = acquire(path)
    assert first is not None
    assert held(path) and held(path)
    assert acquire(path) is None
    os.close(first)
    assert not held(path)
    second = acquire(path)
    assert second is not None
    os.close(second)


def test_waiting_is_for_so_long(tmp_path: Path) -> None:
    """Whoever waits in vain is told what is held and what to do."""
    path = tmp_path / "LOCK"
    with holding(path, 0):
        started = time.monotonic()
        with pytest.raises(ArtefactError, match=r"LOCK has been held by another process for 0.1 s: try again"):  # noqa: SIM117
            with holding(path, 0.1):
                pass
        assert 0.1 <= time.monotonic() - started < 5
    with holding(path, 0):
        pass


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    """However it ends, the next gets the lock at once."""
    path = tmp_path / "LOCK"
    program = HOLD + "print('held', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    assert held(path)
    process.kill()
    process.wait(10)
    assert not held(path)
    process.stdout.close()


def test_a_lock_that_was_handed_on_is_the_childs(tmp_path: Path) -> None:
    """The child holds it though the parent has closed its own descriptor, and until it ends."""
    path = tmp_path / "LOCK"
    descriptor = acquire(path)
    assert descriptor is not None
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(descriptor,))
    os.close(descriptor)
    assert held(path)
    process.communicate(b"\n")
    assert not held(path)
