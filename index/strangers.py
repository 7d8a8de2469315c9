"""The strangers: queries that no service desk of the shipped kind should answer, to hold its confidence against.

Our own writing, in Chinese and English: what people say to voice assistants, search engines, other desks, friends and
no one in particular. A file is plain text, one query a line; a line that starts with `# ` heads a section. None of
them is a phrasing or a golden query of the shipped pack (a test holds them apart).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILES = tuple(Path(__file__).parent / f"strangers.{language}.txt" for language in ("zh", "en"))
HEAD = "# "


@cache
def strangers() -> tuple[str, ...]:
    """Every query, Chinese first, in the order they stand."""
    lines = (line.strip() for path in FILES for line in path.read_text("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith(HEAD))
