"""A process that steps back for everybody else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_it_has_the_lowest_priority_and_one_core_before_anything_heavy_is_loaded() -> None:
    """Tried in a process of its own, as there is no way back."""
    program = (
        "import os, sys; from service.priority import stand_back; stand_back(); "
        "print(os.nice(0), os.sched_getscheduler(0) == os.SCHED_IDLE, len(os.sched_getaffinity(0)), "
        "'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["19", "True", "1", "False"]
