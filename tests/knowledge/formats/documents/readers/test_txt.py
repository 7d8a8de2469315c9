"""TXT: lines with their places."""

from __future__ import annotations

import pytest

from knowledge.errors import DocumentError
from knowledge.formats.documents import limits
from knowledge.formats.documents.readers import txt


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_paragraphs_are_what_blank_lines_part(end: str) -> None:
    """Lines are counted with the blank ones, paragraphs without, whatever ends a line."""
    found = txt.read(end.join(["甲", "乙", "", "  ", "丙"]).encode())
    assert [(one.text, one.place.paragraph, one.place.line) for one in found] == [
        ("甲", 1, 1),
        ("乙", 1, 2),
        ("丙", 2, 5),
    ]


def test_too_much_plain_text_is_refused() -> None:
    """With both numbers."""
    with pytest.raises(DocumentError, match=f"{limits.PLAIN_BYTES + 1} bytes.*{limits.PLAIN_BYTES}"):
        txt.read(b"a" * (limits.PLAIN_BYTES + 1))
