"""Tracebacks for the log of a service that promises to write down nothing a customer said.

Where a program fails, the words of its exceptions may be the very text it failed on, so they are left out: what stays
is which error, and the lines of code on the way to it.
"""

from __future__ import annotations

import traceback


def without_words(error: BaseException) -> str:
    """Types and frames of an exception, of what it came from first, and of those it holds together."""
    told: list[str] = []
    _tell(error, told, set())
    return "\n".join(told)


def _tell(error: BaseException, told: list[str], seen: set[int]) -> None:
    if id(error) in seen:
        return
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        _tell(before, told, seen)
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        _tell(one, told, seen)
    kind = type(error)
    told.append("".join(traceback.format_tb(error.__traceback__)) + f"{kind.__module__}.{kind.__qualname__}")
