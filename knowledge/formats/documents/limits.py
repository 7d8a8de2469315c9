"""How large a document may be, in every measure that costs time or memory."""

from __future__ import annotations

from typing import Final

from knowledge.errors import DocumentError

BYTES: Final = 32 * 1024 * 1024
PLAIN_BYTES: Final = 8 * 1024 * 1024  # of HTML and TXT, which are all text
CHARACTERS: Final = 2_000_000
BLOCKS: Final = 50_000
PAGES: Final = 2_000
PARTS: Final = 5_000  # files in a DOCX
UNPACKED_BYTES: Final = 128 * 1024 * 1024
RATIO: Final = 400  # of a part's size to what it takes in the archive
SECONDS: Final = 60
MEMORY_BYTES: Final = 2 * 1024**3
PROPOSALS: Final = 2_000
CHANGES: Final = 5_000  # repairs that are listed one by one


def at_most(found: int, limit: int, what: str, remedy: str = "split it into several documents") -> None:
    """DocumentError with both numbers where there is too much of something."""
    if found > limit:
        raise DocumentError(f"the document has {found} {what}, at most {limit} are read: {remedy}")
