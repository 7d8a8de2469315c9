"""The child that reads."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from knowledge.formats.documents import limits
from knowledge.formats.documents.isolation import ROOT, START

pytestmark = pytest.mark.slow  # each starts a process


def test_its_memory_is_bounded() -> None:
    """By the limit, whatever the document is."""
    program = START.replace(
        "main()", "w._bound_memory(); import resource; print(resource.getrlimit(resource.RLIMIT_AS)[0])"
    ).replace(
        "from knowledge.formats.documents.worker import main", "from knowledge.formats.documents import worker as w"
    )
    done = subprocess.run([sys.executable, "-c", program, str(ROOT)], capture_output=True, text=True, check=True)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    assert int(done.stdout) == (
        limits.MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(limits.MEMORY_BYTES, hard)
    )


def test_a_refusal_is_one_line_and_status_3() -> None:
    """So that the parent can tell it from a crash."""
    done = subprocess.run([sys.executable, "-c", START, str(ROOT), "a"], input=b" ", capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (3, "the document is empty: choose another file\n")
