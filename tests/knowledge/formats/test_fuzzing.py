"""A bounded part of the fuzzing of sheets and exports, without its engine."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.knowledge.formats.fuzzing import one_input, seeds

PIECES = (b"[]", b"{}", b"null", b"5", b'"\\ud83d"', b"true", b"\xff", b"\0", b'"', b",", b"\t", b"<", b"9999999999")


@pytest.mark.parametrize("seed", range(len(seeds())))
def test_mutations_of_every_format_are_read_or_told(seed: int) -> None:
    """Bytes flipped, pieces put in, parts repeated, moved and cut, always the same ones."""
    chance = random.Random(seed)
    one_input(seeds()[seed])
    for _ in range(10):
        data = bytearray(seeds()[seed])
        for _ in range(chance.randint(1, 6)):
            at, length = chance.randrange(1, len(data)), chance.randint(1, 40)
            act = chance.randrange(4)
            if act == 0:
                data[at] = chance.randrange(256)
            elif act == 1:
                data[at:at] = chance.choice(PIECES)
            elif act == 2:
                data[at:at] = data[at : at + length] * chance.randint(1, 20)
            elif at + length < len(data):
                del data[at : at + length]
        one_input(bytes(data))


@pytest.mark.parametrize(
    "odd", [5, True, None, "x", "\ud83d", [None], [[]], {"\ud83d": 1}, 1e999, 10**400, '"\\ud83d"']
)
def test_json_of_other_shapes_is_read_or_told(odd: Any) -> None:
    """Whatever stands where a text or a list is expected, half a character too, which no database takes."""
    for export in (
        [[{"question": "q", "answer": "a", key: odd}] for key in ("question", "answer", "keywords")],
        [[{"messages": [{"role": odd, "content": odd}]}], {"data": odd}, {"qnas": [odd]}, {"assets": odd}],
        [{"payload": [{"short_code": "a", "content": "b", key: odd}]} for key in ("short_code", "content")],
        [
            {"qnas": [{"id": 1, "questions": ["q"], "answer": "a", key: odd}]}
            for key in ("id", "questions", "answer", "source", "metadata")
        ],
        [[{"id": "a", "questions": ["q"], "answer": "a", key: odd}] for key in ("id", "questions", "answer")],
    ):
        for one in export:
            one_input(b"\0" + json.dumps(one).encode())


def test_nesting_without_end_is_told() -> None:
    """In a file, in a cell, and in the metadata that Azure keeps as JSON in a text."""
    deep = "[" * 100_000
    for content in (deep, f'{{"qnas": [{{"id": 1, "questions": ["q"], "answer": "a", "metadata": "{deep}"}}]}}'):
        one_input(b"\0" + content.encode())
    one_input(b"\0" + f'标准问,相似问,答案\nq,"[""{deep}",a\n'.encode())
