"""What a process that serves for weeks does about its memory."""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

M_ARENA_MAX: Final = -8  # of glibc's <malloc.h>
ARENAS: Final = 2


def few_arenas() -> None:
    """Call it before threads are many: let all of them take their memory from the same two heaps.

    glibc gives every thread a heap of its own, up to eight for each core, and what one frees no other can have. Here
    dozens of threads take turns at large matrices, so each heap grows to what is needed once; and hardly anybody would
    notice having to wait, as the interpreter lets one at a time allocate its objects. Without glibc nothing happens.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)


def settle() -> None:
    """Call it when an index has been loaded: what lives as long as the index is looked through by no later collection.

    The collector looks through everything only once a quarter as much as was there has been added. Beside the million
    objects of an index and its libraries that is tens of thousands of queries, whose cycles (ctypes makes some with
    every call of an engine) pile up meanwhile; and looking through a million objects holds every query up.
    """
    gc.unfreeze()  # of the index before
    gc.collect()
    gc.freeze()
