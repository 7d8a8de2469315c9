"""Limits."""

from __future__ import annotations

import pytest

from knowledge.errors import DocumentError
from knowledge.formats.documents.limits import at_most


def test_a_limit_names_both_numbers_and_what_to_do() -> None:
    """And lets through what just fits."""
    at_most(3, 3, "pages")
    with pytest.raises(DocumentError, match="has 4 pages, at most 3 are read: split it"):
        at_most(4, 3, "pages")
