"""What is handed out."""

from __future__ import annotations

from knowledge.formats.documents.proposals import Reading
from knowledge.formats.documents.reading import read
from tests.knowledge.formats.documents.manuals import MESSY


def test_a_reading_goes_through_json_unharmed() -> None:
    """As it does between the processes, and to disk."""
    found = read(MESSY.encode(), "手册.txt")
    assert Reading.model_validate_json(found.model_dump_json()) == found
