"""Strangers: the shipped queries that nothing in the shipped pack answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import knowledge
from index.strangers import strangers
from knowledge.formats.golden import read_golden
from knowledge.formats.yaml import load_pack
from knowledge.text import is_cjk, normalise

CONTENT = Path(knowledge.__file__).parent / "content"


def _shipped() -> Iterator[str]:
    for entry in load_pack(CONTENT).entries:
        yield from entry.phrasings
    for path in sorted((CONTENT / "golden").glob("*.yaml")):
        yield from (query.text for query in read_golden(path))


def test_there_are_many_in_both_languages() -> None:
    """Enough of each that one in a hundred of them can be told from none."""
    chinese = sum(is_cjk(text) for text in strangers())
    assert chinese > 700
    assert len(strangers()) - chinese > 400


def test_heads_of_sections_are_not_among_them() -> None:
    """They are for who edits the file."""
    assert not [text for text in strangers() if text.startswith("#")]


def test_no_stranger_stands_twice() -> None:
    """Compared as queries are; and each has something to compare."""
    keys = [normalise(text) for text in strangers()]
    assert all(keys)
    assert len(set(keys)) == len(keys)


def test_no_stranger_is_known_to_the_shipped_pack() -> None:
    """Neither a phrasing of an entry nor a golden query, or its confidence would be held against right answers."""
    known = {normalise(text) for text in _shipped()}
    assert not [text for text in strangers() if normalise(text) in known]
