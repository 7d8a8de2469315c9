"""A lock among the processes of one service: made before they are forked, and let go by the kernel where one dies."""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SharedLock:
    """Held by one thread of one process at a time; `alone`: there is but one process, and no file is needed."""

    def __init__(self, alone: bool = False) -> None:
        # Windows has no workers, and no such lock.
        apart = not alone and sys.platform != "win32"
        self._file = tempfile.TemporaryFile() if apart else None  # noqa: SIM115 - as long as the process
        self._threads = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone among all threads of all processes; taking it is a few microseconds."""
        with self._threads:
            if self._file is None:
                yield
                return
            import fcntl

            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
