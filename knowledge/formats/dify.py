"""Dify's exports: an app's annotations and a data set's question-and-answer segments, in JSON or line by line.

As CSV they are an ordinary table of question and answer. Dify keeps one question a pair, so pairs with the same
answer are one entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from knowledge.formats.headers import field_of
from knowledge.formats.sheets import Grid

COLUMNS = ("title", "reply", "tags")
PAIRS = ({"question", "answer"}, {"content", "answer"})
LISTS = ("data", "annotations", "segments")


def from_json(data: Any, name: str) -> Grid | None:
    """The pairs of an export; None where it is none."""
    if isinstance(data, Mapping):  # else it is the only line of a file of pairs
        data = next((data[key] for key in LISTS if isinstance(data.get(key), list)), [data])
    if not isinstance(data, list) or not data or not all(map(_is_pair, data)):
        return None
    return Grid.of(name, COLUMNS, [(number, _record(one)) for number, one in enumerate(data, start=1)])


def is_pairs(grid: Grid) -> bool:
    """Whether a table has a question and an answer a row and nothing else."""
    found = [field_of(name) for name in grid.rows[0][1].values()] if grid.rows else []
    return sorted(field.key if field else "" for field in found) == ["reply", "title"]


def _is_pair(one: Any) -> bool:
    if not isinstance(one, Mapping):
        return False
    return any(names <= one.keys() for names in PAIRS) or isinstance(one.get("messages"), list)


def _record(one: Mapping[str, Any]) -> list[str]:
    if isinstance(one.get("messages"), list):
        lines = [line for line in one["messages"] if isinstance(line, Mapping)]
        said = {str(line.get("role")): str(line.get("content") or "") for line in lines}
        return [said.get("user", ""), said.get("assistant", ""), ""]
    given = one.get("keywords")
    keywords = [str(word) for word in (given if isinstance(given, list) else []) if str(word).strip()]
    question = one.get("question") if one.get("question") is not None else one.get("content")
    return [str(question or ""), str(one.get("answer") or ""), json.dumps(keywords) if keywords else ""]
