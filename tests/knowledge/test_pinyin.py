"""How characters are read."""

from __future__ import annotations

from knowledge.pinyin import readings, slug


def test_a_character_has_all_its_readings() -> None:
    """With tone marks and without."""
    assert {"wù", "wu"} <= readings("务")
    assert {"háng", "xíng", "hang", "xing"} <= readings("行")
    assert "lǜ" in readings("率")


def test_a_slug_can_be_typed_and_ends_with_a_syllable() -> None:
    """Letters, digits and hyphens only; nothing of what cannot be read."""
    assert slug("打错电话 R5！") == "da-cuo-dian-hua-r5"
    assert slug("打错电话", 9) == "da-cuo"
    assert slug("Ｒ５ 電話") == "r5-dian-hua"
    assert slug("xyz" * 4, 10) == "xyzxyzxyzx"
    assert slug("！？") == ""
