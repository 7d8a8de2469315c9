"""What was erased elsewhere is forgotten here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from knowledge.errors import DatabaseError
from knowledge.store import Store
from service.erasures import Erasures
from tests.service.shop import FRIDAY

T = TypeVar("T")


def test_each_erasure_is_forgotten_once(tmp_path: Path) -> None:
    """By the id that something is remembered under; a look at a database that is away misses nothing."""
    remembered, looks, away = {"c-1", "c-2", "c-3"}, 0, False
    with Store.open(f"sqlite:///{tmp_path / 'k.db'}") as store:

        async def run(call: Callable[[Store], T]) -> T:
            if away:
                raise DatabaseError("away")
            return call(store)

        def forget(erased: Callable[[str], bool]) -> None:
            nonlocal looks
            looks += 1
            remembered.difference_update([one for one in remembered if erased(one)])

        erasures = Erasures(run, forget)
        asyncio.run(erasures.look())
        assert looks == 0
        store.queries.erase_conversation("c-1", "zhao", FRIDAY)
        asyncio.run(erasures.look())
        assert (remembered, looks) == ({"c-2", "c-3"}, 1)
        remembered.add("c-1")  # asked again since
        store.queries.erase_conversation("c-2", "zhao", FRIDAY)
        away = True
        with pytest.raises(DatabaseError):
            asyncio.run(erasures.look())
        away = False
        for _ in range(2):
            asyncio.run(erasures.look())
        assert (remembered, looks) == ({"c-1", "c-3"}, 2)
