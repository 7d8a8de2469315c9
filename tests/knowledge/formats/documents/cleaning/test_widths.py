"""Full-width letters and digits."""

from __future__ import annotations

from knowledge.formats.documents.cleaning.widths import clean
from tests.knowledge.formats.documents.manuals import blocks, texts


def test_letters_digits_and_signs_become_ordinary_ones() -> None:
    """Chinese punctuation stays, except between digits."""
    found = clean(blocks("ＡＰＰ在８：３０更新，满１００％：好"))
    assert texts(found.blocks) == ["APP在8:30更新，满100%：好"]
    assert found.changes[0].count == 11
