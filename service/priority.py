"""How a process steps back for everybody else: called before it loads anything, so it imports nothing heavy."""

from __future__ import annotations

import os
from contextlib import suppress


def stand_back() -> None:
    """The lowest priority there is, and one core.

    Where the system can (Linux), it runs only when nothing else wants the core. Priorities are weighed within a session
    of processes (autogroups), so it must belong to that of the service it stands back for.
    """
    os.setpriority(os.PRIO_PROCESS, 0, 19)
    with suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(OSError, AttributeError):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
