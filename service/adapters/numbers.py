"""Numbers for entries, for systems that know an entry by an integer: from the id alone, the same in every build."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType

LARGEST = 2**31 - 1  # such systems keep it in 32 bits with a sign


def numbers(ids: Iterable[str]) -> MappingProxyType[str, int]:
    """A number from 1 on for each id.

    Two ids whose numbers collide are told apart in the order of the ids; any other keeps its number whatever
    entries come and go.
    """
    return _numbers(tuple(sorted(set(ids))))


@lru_cache(maxsize=4)
def _numbers(ids: tuple[str, ...]) -> MappingProxyType[str, int]:
    taken: dict[int, str] = {}
    for entry_id in ids:
        number = number_of(entry_id)
        while number in taken:
            number = number % LARGEST + 1
        taken[number] = entry_id
    return MappingProxyType({entry_id: number for number, entry_id in taken.items()})


def number_of(entry_id: str) -> int:
    """Where an id's number begins: 1 to 2³¹−1."""
    return int.from_bytes(sha256(entry_id.encode()).digest()[:8], "big") % LARGEST + 1
