"""Text that stands there twice: a title repeated under itself, or the whole document once more.

A line goes where it repeats the one before it, or where it and its neighbours repeat a run of earlier lines in their
order. The same reply under two situations is no doubling and stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from knowledge.formats.documents.blocks import Block, Cleaned, change
from knowledge.text import normalise

_form = lru_cache(maxsize=2**12)(normalise)

RUN = 3  # lines in their earlier order, from which they are a repetition
LOOKED_AT = 50  # earlier places of a line that are followed up


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Each line once."""
    keys = [_form(block.text) for block in blocks]
    doubled = _after_itself(keys) | _in_runs(keys)
    kept = [block for number, block in enumerate(blocks) if number not in doubled]
    return Cleaned(kept, [change("doubling", blocks[at].place, blocks[at].text, "") for at in sorted(doubled)])


def _after_itself(keys: Sequence[str]) -> set[int]:
    return {at for at in range(1, len(keys)) if keys[at] == keys[at - 1]}


def _in_runs(keys: Sequence[str]) -> set[int]:
    """Lines that continue, from some earlier place, at least `RUN` lines long."""
    doubled: set[int] = set()
    places: dict[str, list[int]] = defaultdict(list)
    at = 0
    while at < len(keys):
        longest = max((_common(keys, start, at) for start in places[keys[at]][-LOOKED_AT:]), default=0)
        if longest >= RUN:
            doubled.update(range(at, at + longest))
            at += longest
        else:
            places[keys[at]].append(at)
            at += 1
    return doubled


def _common(keys: Sequence[str], one: int, other: int) -> int:
    """How many lines from `other` on repeat those from `one` on, which end where `other` begins."""
    length = 0
    while one + length < other and other + length < len(keys) and keys[one + length] == keys[other + length]:
        length += 1
    return length
