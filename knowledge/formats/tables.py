"""Entries as a table that a person edits, which reads back as the same entries.

One row an entry; where a list is longer than a spreadsheet's cell holds, it goes on in rows with the same id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from knowledge.errors import KnowledgeError
from knowledge.formats.cells import CHOICES, write_choice, write_list
from knowledge.formats.headers import FIELDS, SheetLanguage, reply_key
from knowledge.model import Entry

LONGEST_CELL = 32_000  # characters; spreadsheets hold 32 767 and cut the rest off without a word
KEYS = tuple(field.key for field in FIELDS)
Texts = dict[str, str]


def table(entries: Iterable[Entry], language: SheetLanguage = "zh") -> list[list[str]]:
    """The header and the rows of entries."""
    rows = [[field.name(language) for field in FIELDS]]
    for entry in entries:
        rows += [[texts.get(key, "") for key in KEYS] for texts in _rows(entry, language)]
    return rows


def texts_of(entry: Entry, language: SheetLanguage = "zh") -> Texts:
    """The text of every field that has one, lists whole."""
    return {key: _text(key, value, language) for key, value in _values(entry).items() if value not in (None, "", ())}


def _values(entry: Entry) -> dict[str, Any]:
    escalation = entry.escalation
    return {
        **{key: getattr(entry, key) for key in ("id", "kind", "title", "variants")},
        **{reply_key(reply.channel, reply.language): reply.text for reply in entry.replies},
        **{key: getattr(entry, key) for key in ("products", "audience", "stage", "tags")},
        **{key: getattr(escalation, key) for key in ("level", "target", "priority", "collect", "holding_reply")},
        **{key: getattr(entry, key) for key in ("related", "valid_from", "valid_until", "source")},
    }


def _text(key: str, value: Any, language: SheetLanguage) -> str:
    if isinstance(value, tuple):
        return write_list(key, value)
    if isinstance(value, date):
        return value.isoformat()
    return write_choice(key, value, language) if key in CHOICES else str(value)


def _rows(entry: Entry, language: SheetLanguage) -> Iterator[Texts]:
    """The entry's rows: the first, and one more for each piece of a list that does not fit."""
    first = texts_of(entry, language)
    rest: list[Texts] = []
    for key, value in _values(entry).items():
        if len(first.get(key, "")) <= LONGEST_CELL:
            continue
        if not isinstance(value, tuple):
            long = len(first[key])
            raise KnowledgeError(f"entry {entry.id}, {key}: {long} characters, a cell holds {LONGEST_CELL}: shorten it")
        pieces = [write_list(key, piece) for piece in _pieces(value)]
        first[key] = pieces[0]
        rest += [{"id": entry.id, key: piece} for piece in pieces[1:]]
    yield first
    yield from rest


def _pieces(items: Sequence[str]) -> Iterator[Sequence[str]]:
    """The items in pieces that fit a cell, however they are written: JSON may take six characters for one."""
    piece: list[str] = []
    length = 0
    for item in items:
        if piece and length + 6 * len(item) + 4 > LONGEST_CELL:
            yield piece
            piece, length = [], 0
        piece.append(item)
        length += 6 * len(item) + 4
    yield piece
