"""Bytes to text, where nothing says which encoding they are in, or what says so is wrong.

UTF-8 that decodes is UTF-8. Otherwise GB 18030 and Big5 are tried, and the one whose text looks more familiar is it.
Bytes that are no text in any of them are refused.
"""

from __future__ import annotations

import codecs
import re

from knowledge.errors import DocumentError
from knowledge.formats.documents.familiarity import familiarity

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LOOKED_AT = 65_536  # bytes from which the encoding is told
LOST_SHARE = 0.02  # of the characters that may be unreadable
LEAST_SENSE = 0.6  # share of everyday characters, or of plain Latin ones
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def decode(data: bytes) -> str:
    """The text, with U+FFFD where single characters cannot be read; DocumentError where it is no text at all."""
    text = _decoded(data)
    lost = text.count("\ufffd") + len(CONTROL.findall(text))
    if lost > LOST_SHARE * len(text):
        raise DocumentError(
            f"{lost} of {len(text)} characters cannot be read as text: "
            "save the document as DOCX, PDF, HTML or UTF-8 text"
        )
    return text


def _decoded(data: bytes) -> str:
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if (wide := _without_mark(data)) is not None:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    candidates = [(encoding, data[:LOOKED_AT].decode(encoding, "replace")) for encoding in ("utf-8", "gb18030", "big5")]
    best = max(candidates, key=lambda candidate: familiarity(candidate[1]) - 5 * _lost(candidate[1]))
    return data.decode(best[0], "replace")


def _lost(text: str) -> float:
    return text.count("\ufffd") / max(len(text), 1)


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without its mark: no other text holds zeros, and read in the wrong order it is nonsense."""
    head = data[: LOOKED_AT - LOOKED_AT % 2]
    if head.count(0) < max(1, len(head) // 200):
        return None
    read = {encoding: head.decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be")}
    sense = {encoding: max(familiarity(text), _ascii(text)) - 5 * _lost(text) for encoding, text in read.items()}
    best = max(sense, key=lambda encoding: sense[encoding])
    return best if sense[best] > LEAST_SENSE else None


def _ascii(text: str) -> float:
    return sum(" " <= character <= "~" for character in text) / max(len(text), 1)
