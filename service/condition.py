"""What keeps a service from being whole while it answers: a newer index it cannot use, the database, the disk.

Only a missing index keeps it from answering, and is said by whoever needs one. The rest is looked at here, cheaply:
the database is asked by nobody for this, as identity looks at it every second anyway.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import anyio
import anyio.to_thread

from service.storage import LOST

LEAST_FREE: Final = 512 * 1024 * 1024  # bytes; a build of a large knowledge base needs some hundred MB
MIB: Final = 1024 * 1024
LOOKS: Final = 2  # at the disk, under way at once

Code = Literal["index", "database", "disk"]


@dataclass(frozen=True)
class Reason:
    """One thing that is wrong, said so that a stranger may read it."""

    code: Code
    detail: str


@dataclass(frozen=True)
class Disk:
    """Where the home lies: bytes free, and whether this process may write there."""

    free: int
    writable: bool


class Home:
    """The folder where everything lies, looked at by threads of its own: a network's disk may keep whoever asks, and
    nothing else that is under way may keep a probe.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = anyio.CapacityLimiter(LOOKS)

    async def disk(self) -> Disk:
        """How it is now."""
        return await anyio.to_thread.run_sync(_look, self._folder, limiter=self._threads)


def _look(home: Path) -> Disk:
    while not home.exists() and home != home.parent:
        home = home.parent
    return Disk(shutil.disk_usage(home).free, os.access(home, os.W_OK | os.X_OK))


def reasons(problem: Exception | None, database: bool, disk: Disk, lost: bool = False) -> tuple[Reason, ...]:
    """All that is wrong now; `problem` is why the published index is not used, `database` whether it answers, `lost`
    whether it is an empty one in the place of one that was in use.
    """
    found = []
    if problem is not None:
        found.append(Reason("index", f"the published version is not used, the one before answers: {problem}"))
    if lost:
        found.append(Reason("database", f"{LOST}; until then nothing can be edited or kept"))
    elif not database:
        found.append(Reason("database", "the knowledge database does not answer: nothing can be edited or kept"))
    if not disk.writable:
        found.append(Reason("disk", "the home folder cannot be written: nothing can be edited, built or kept"))
    elif disk.free < LEAST_FREE:
        found.append(Reason("disk", f"{disk.free // MIB} MiB are free, less than {LEAST_FREE // MIB}: make room"))
    return tuple(found)
