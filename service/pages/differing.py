"""Differences as a page draws them: grouped by field, labelled, their values in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from knowledge.differences import Change, Difference
from knowledge.lint import Finding
from knowledge.model import Entry, Language
from knowledge.textdiff import Piece
from service.editing.wording import said

Words = Mapping[str, str]
INDEXED = re.compile(r"(?P<name>[a-z_]+)\[(?P<number>\d+)\]")
# Fields whose values are the model's own words and not somebody's text.
CODED = frozenset({"escalation.level", "escalation.priority", "kind", "audience", "stage"})


@dataclass(frozen=True)
class Row:
    """One difference: what happened, in words, and the text it happened to."""

    change: Change
    word: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Group:
    """A field with its differences. `language` is that of its text where it has one."""

    label: str
    rows: tuple[Row, ...]
    language: str | None = None


@dataclass(frozen=True)
class Quiet:
    """A field that did not change, with its lines."""

    label: str
    lines: tuple[str, ...]
    language: str | None = None


@dataclass(frozen=True)
class Remark:
    """One finding of lint, in the page's language."""

    severity: str
    word: str
    rule: str
    where: str
    message: str


def groups(found: Sequence[Difference], words: Words) -> list[Group]:
    """The differences by field, in their order."""
    return [
        Group(label(path, words), tuple(_row(difference, words) for difference in same), language_of(path))
        for path, same in groupby(found, key=lambda difference: difference.field)
    ]


def unchanged(entry: Entry, found: Sequence[Difference], words: Words) -> list[Quiet]:
    """Title, replies and variants that are as they were, for a reviewer to read the rest."""
    touched = {difference.field for difference in found}
    come = {
        "".join(piece.text for piece in difference.pieces if piece.kind != "removed")
        for difference in found
        if difference.field == "variants"
    }
    return list(_quiet(entry, touched, come, words))


def remarks(findings: Sequence[Finding], entry: Entry, words: Words, language: Language) -> list[Remark]:
    """What lint says of an entry, errors first."""
    ordered = sorted(findings, key=lambda finding: finding.severity != "error")
    return [
        Remark(
            finding.severity,
            words[f"severity_{finding.severity}"],
            words.get(f"rule_{finding.rule}", finding.rule),
            place(finding.field, entry, words),
            said(finding, language),
        )
        for finding in ordered
    ]


def label(path: str, words: Words) -> str:
    """A field's path in words: `replies.chat.zh` is a reply, for chat, in Chinese."""
    if path.startswith("replies."):
        _, channel, language = path.split(".")
        parts = words["field_replies"], words[f"channel_{channel}"], words[f"language_{language}"]
        return " · ".join(parts)
    return words["field_" + path.replace(".", "_")]


def place(field: str, entry: Entry, words: Words) -> str:
    """Where a finding is, in words: `variants[2]` is the third of the variants, `replies[0].text` what it is for."""
    indexed = INDEXED.match(field)
    if indexed is None:
        return words.get("field_" + field.replace(".", "_"), field)
    number = int(indexed["number"])
    if indexed["name"] == "replies" and number < len(entry.replies):
        reply = entry.replies[number]
        return label(f"replies.{reply.channel}.{reply.language}", words)
    name = words.get("field_" + indexed["name"], indexed["name"])
    return f"{name} {number + 1}"


def language_of(path: str) -> str | None:
    """The language of a reply's text."""
    return path.rpartition(".")[2] if path.startswith("replies.") else None


def _row(difference: Difference, words: Words) -> Row:
    shown = difference.pieces
    if difference.field in CODED:
        shown = tuple(Piece(piece.kind, words[f"value_{piece.text}"]) for piece in shown)
    return Row(difference.change, words[f"change_{difference.change}"], shown)


def _quiet(entry: Entry, touched: set[str], come: set[str], words: Words) -> Iterator[Quiet]:
    if "title" not in touched:
        yield Quiet(words["field_title"], (entry.title,))
    for reply in entry.replies:
        path = f"replies.{reply.channel}.{reply.language}"
        if path not in touched:
            yield Quiet(label(path, words), (reply.text,), reply.language)
    kept = tuple(variant for variant in entry.variants if variant not in come)
    if kept:
        yield Quiet(f"{words['field_variants']} ({len(kept)})", kept)
