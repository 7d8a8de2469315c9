"""A bounded part of the fuzzing, without its engine."""

from __future__ import annotations

import random

import pytest

from tests.knowledge.formats.documents.fuzzing import one_input, seeds


@pytest.mark.parametrize("seed", range(len(seeds())))
def test_mutations_of_every_format_are_read_or_refused(seed: int) -> None:
    """Bytes flipped, parts repeated, moved and cut, always the same ones."""
    chance = random.Random(seed)
    for _ in range(12):
        data = bytearray(seeds()[seed])
        for _ in range(chance.randint(1, 8)):
            at, length = chance.randrange(len(data)), chance.randint(1, 40)
            act = chance.randrange(3)
            if act == 0:
                data[at] = chance.randrange(256)
            elif act == 1:
                data[at:at] = data[at : at + length] * chance.randint(1, 20)
            else:
                del data[at : at + length]
        one_input(bytes(data))
