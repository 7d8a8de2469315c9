"""From the bytes of a document to all it yields. Which reader is chosen by the bytes, never by the name alone."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from knowledge.errors import DocumentError
from knowledge.formats.documents import archive, limits, proposing
from knowledge.formats.documents.blocks import Block, Change
from knowledge.formats.documents.cleaning.pipeline import cleaned
from knowledge.formats.documents.proposals import Format, Reading, StepCount, TextLine
from knowledge.formats.documents.readers import docx, html, pdf, txt
from knowledge.formats.documents.recognition import forbidden
from knowledge.formats.documents.recognition.lines import lines_of

MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|div|table|p|meta|article)\b", re.IGNORECASE)
OLD_WORD = b"\xd0\xcf\x11\xe0"
HEAD = 4096
LONGEST_NAME = 120
TAKEN = "DOCX, PDF, HTML or TXT"


def read(data: bytes, name: str) -> Reading:
    """The cleaned text, every repair and every proposal; DocumentError says why a document cannot be read."""
    started = time.perf_counter()
    limits.at_most(len(data), limits.BYTES, "bytes")
    if not data.strip():
        raise DocumentError("the document is empty: choose another file")
    kind = format_of(data)
    blocks, removed = _blocks(data, kind)
    limits.at_most(sum(len(block.text) for block in blocks), limits.CHARACTERS, "characters")
    limits.at_most(len(blocks), limits.BLOCKS, "lines")
    clean = cleaned(blocks)
    changes = [*removed, *clean.changes]
    lines = lines_of(clean.blocks)
    phrases = tuple(forbidden.find(lines))
    return Reading(
        name=shown_name(name),
        format=kind,
        size=len(data),
        pages=max((block.place.page or 0 for block in blocks), default=0) or None,
        lines=tuple(TextLine(text=block.text, place=block.place, kind=block.kind) for block in clean.blocks),
        repairs=_counts(changes),
        changes=tuple(changes[: limits.CHANGES]),
        unlisted_changes=max(0, len(changes) - limits.CHANGES),
        proposals=proposing.proposals(lines, phrases, {one.place for one in changes if one.step == "ocr"}),
        phrases=proposing.found_phrases(phrases),
        levels=proposing.found_levels(lines),
        seconds=round(time.perf_counter() - started, 3),
    )


def format_of(data: bytes) -> Format:
    """By the first bytes, as names lie; DocumentError for what is certainly something else."""
    head = data[:HEAD]
    if head.startswith(archive.MARK):
        return "docx"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(OLD_WORD):
        raise DocumentError(f"this is an old Word file (.doc): save it as {TAKEN}")
    if MARKUP.search(head.replace(b"\0", b"")):
        return "html"
    return "txt"


def shown_name(name: str) -> str:
    """The file's own name, without folders and what cannot be shown."""
    bare = PurePath(name.replace("\\", "/")).name
    kept = "".join(character for character in bare if character.isprintable() and not "\ud800" <= character <= "\udfff")
    return kept[-LONGEST_NAME:].strip() or "document"


def _blocks(data: bytes, kind: Format) -> tuple[Sequence[Block], list[Change]]:
    if kind == "html":
        found = html.read(data)
        return found.blocks, found.changes
    readers = {"docx": docx.read, "pdf": pdf.read, "txt": txt.read}
    return readers[kind](data), []


def _counts(changes: Sequence[Change]) -> tuple[StepCount, ...]:
    counts: Counter[str] = Counter()
    for one in changes:
        counts[one.step] += one.count
    return tuple(StepCount.model_validate({"step": step, "count": count}) for step, count in counts.items())
