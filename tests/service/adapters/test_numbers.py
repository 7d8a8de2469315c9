"""Numbers for entries."""

from __future__ import annotations

import pytest

from service.adapters import numbers as module
from service.adapters.numbers import LARGEST, number_of, numbers


def test_a_number_depends_on_the_id_alone() -> None:
    """Known by hand: it is the same in every build, on every machine, whatever else there is."""
    assert number_of("refund.time") == numbers(["refund.time"])["refund.time"] == 1024468238
    assert numbers(["ship.lost", "refund.time", "a"])["refund.time"] == 1024468238


def test_numbers_fit_and_differ() -> None:
    """From 1 to what 32 bits with a sign hold, each once."""
    found = numbers(f"entry.{n}" for n in range(3000))
    assert len(set(found.values())) == 3000
    assert all(1 <= number <= LARGEST for number in found.values())


def test_a_collision_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the ids, also at the end of the range."""
    monkeypatch.setattr(module, "number_of", lambda _: LARGEST)
    assert dict(numbers(["collision.c", "collision.a", "collision.b"])) == {
        "collision.a": LARGEST,
        "collision.b": 1,
        "collision.c": 2,
    }
