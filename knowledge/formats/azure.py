"""Azure question answering and QnA Maker exports: `qnas` or `qnaDocuments` in JSON, and the TSV with QnaId.

The numeric ids are only unique within one export's project, so they stand under `qna.`. Prompts, suggestions waiting
for a decision and settings are not knowledge of an entry, and are left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from knowledge.formats.headers import fold
from knowledge.formats.sheets import Cells, Grid

COLUMNS = ("id", "title", "variants", "reply", "source", "tags")
EDITORIAL = "editorial"  # what the portal writes as the source of what was typed there


def from_json(data: Any, name: str) -> Grid | None:
    """The pairs of an export; None where it is none."""
    found = _pairs(data)
    if found is None:
        return None
    return Grid.of(name, COLUMNS, [(number, _record(one)) for number, one in enumerate(found, start=1)])


def from_grid(grid: Grid) -> Grid | None:
    """The rows of a TSV export under our own names; None where it is none."""
    if not grid.rows:
        return None
    places = {fold(name): place for place, name in grid.rows[0][1].items()}
    if not {"question", "answer", "qnaid"} <= places.keys():
        return None
    header = {places["qnaid"]: "id", places["question"]: "variants", places["answer"]: "reply"}
    header |= {places[name]: key for name, key in (("source", "source"), ("metadata", "tags")) if name in places}
    first = max(places.values()) + 1
    rows: list[tuple[int, Cells]] = [(grid.rows[0][0], header | {first: "title"})]
    seen: set[str] = set()
    for number, cells in grid.rows[1:]:
        texts = {header[place]: text for place, text in cells.items() if place in header}
        entry_id, question = texts.get("id", "").strip(), texts.get("variants", "").strip()
        # The first question of an id is its title; a row without an id stands alone.
        if entry_id not in seen or not entry_id:
            texts["title"] = question
            texts.pop("variants", None)
        elif question:
            texts["variants"] = json.dumps([question])
        seen.add(entry_id)
        if entry_id:
            texts["id"] = f"qna.{entry_id}"
        if "reply" in texts:
            texts["reply"] = texts["reply"].replace("\\n", "\n")
        texts["tags"] = json.dumps(_tags(texts.get("tags", "")))
        places_of = {key: place for place, key in rows[0][1].items()}
        rows.append((number, {places_of[key]: text for key, text in texts.items() if text and key in places_of}))
    return Grid(grid.name, rows, running=False)


def _pairs(data: Any) -> list[Any] | None:
    if isinstance(data, Mapping):
        inside = data.get("assets", data)
        for key in ("qnas", "qnaDocuments", "qnaList"):
            if isinstance(inside, Mapping) and isinstance(inside.get(key), list):
                return list(inside[key])
        return None
    if isinstance(data, list) and data and all(isinstance(one, Mapping) for one in data):
        values = [
            one["value"] if isinstance(one.get("value"), Mapping) else one for one in data
        ]  # as GET …/qnas has it
        if all({"questions", "answer"} <= one.keys() for one in values):
            return values
    return None


def _record(pair: Any) -> list[str]:
    if not isinstance(pair, Mapping):
        return ["", "", "", str(pair)]
    given = pair.get("questions")
    if not isinstance(given, list):
        given = [] if given is None else [given]
    questions = [str(question) for question in given if str(question).strip()]
    source = str(pair.get("sourceDisplayName") or pair.get("source") or "")
    return [
        f"qna.{pair['id']}" if pair.get("id") is not None else "",
        questions[0] if questions else "",
        json.dumps(questions[1:]) if questions[1:] else "",
        str(pair.get("answer") or ""),
        "" if source.casefold() == EDITORIAL else source,
        json.dumps(_tags(pair.get("metadata"))),
    ]


def _tags(metadata: Any) -> list[str]:
    """Metadata as `name:value`: a mapping, a list of names and values, either as JSON, or `name:value|name:value`."""
    if isinstance(metadata, str):
        try:
            return _tags(json.loads(metadata))
        except (ValueError, RecursionError):
            return [part.strip() for part in metadata.split("|") if part.strip()]
    if isinstance(metadata, Mapping):
        return [f"{name}:{value}" for name, value in metadata.items()]
    if isinstance(metadata, list):
        pairs = [one for one in metadata if isinstance(one, Mapping)]
        return [f"{one.get('name', one.get('key'))}:{one.get('value')}" for one in pairs]
    return []
