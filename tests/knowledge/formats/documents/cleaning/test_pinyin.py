"""Inserted pinyin."""

from __future__ import annotations

from knowledge.formats.documents.cleaning.pinyin import clean
from tests.knowledge.formats.documents.manuals import blocks, texts


def test_a_converters_pinyin_goes_with_its_conversion() -> None:
    """Where it is a reading of its character, and the text was Simplified."""
    found = clean(blocks("客服務(wù)人员应该热情", "这(zhè)里銀(yín)行的网(?)页，请问认识吗，对应时间"))
    assert texts(found.blocks) == ["客服务人员应该热情", "这里银行的网(?)页，请问认识吗，对应时间"]
    assert [one.count for one in found.changes] == [1, 2]


def test_a_traditional_text_keeps_its_characters() -> None:
    """Only the pinyin goes."""
    assert texts(clean(blocks("客戶(hù)服務(wù)標(biāo)準")).blocks) == ["客戶服務標準"]


def test_a_writers_own_note_stays() -> None:
    """One or two are meant; so is what is no reading of the character."""
    assert clean(blocks("行(háng)业")).changes == []
    assert clean(blocks("甲(abc)乙(xyz)丙(nope)丁(wrong)")).changes == []
