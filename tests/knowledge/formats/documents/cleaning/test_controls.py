"""Control characters and field codes."""

from __future__ import annotations

from knowledge.formats.documents.cleaning.controls import clean
from tests.knowledge.formats.documents.manuals import block, blocks, texts


def test_what_is_no_text_goes() -> None:
    """Control, invisible and private characters, lone surrogates, and Word's field codes."""
    found = clean(blocks("您\x00好\u200b，\ue001请\ud800稍等", '客服HYPERLINK "http://a" \\t "_blank"热线', "\x07"))
    assert texts(found.blocks) == ["您好，请稍等", "客服热线"]
    assert [one.count for one in found.changes] == [4, 1, 1]


def test_blanks_are_one_blank_and_cells_stay_apart() -> None:
    """Ideographic ones too."""
    assert texts(clean([block("甲\u3000\u00a0 乙"), block("甲 \t 乙", kind="row")]).blocks) == ["甲 乙", "甲\t乙"]


def test_plain_text_is_left_alone() -> None:
    """Without a change."""
    assert clean(blocks("您好，请稍等。")).changes == []
