"""Sentences that the program says in English, said in Chinese: each a pattern, and what it becomes.

The knowledge and the index speak English, as terminals, logs and continuous integration do. What a person reads on a
page is put into the page's language here, by tables of sentences that `editing/wording.py` and `reasons.py` hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

Words = Callable[[re.Match[str]], str]
Row = tuple[str, Words]
AS_IT_IS: Mapping[str, str] = {}


class Sentences:
    """A table of sentences; the first whose pattern fits the whole of a text is meant."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in rows)

    def __len__(self) -> int:
        return len(self._rows)

    def chinese(self, text: str) -> str | None:
        """The text's counterpart; None where it has none."""
        for pattern, words in self._rows:
            found = pattern.fullmatch(text)
            if found is not None:
                return words(found)
        return None


def words(template: str, *tables: Mapping[str, str]) -> Words:
    """The template with a pattern's groups in it, the n-th looked up in the n-th table where that has it."""

    def fill(found: re.Match[str]) -> str:
        groups = list(found.groups(default=""))
        for number, table in enumerate(tables):
            groups[number] = table.get(groups[number], groups[number])
        return template.format(*groups)

    return fill
