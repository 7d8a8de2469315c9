"""Everyday characters."""

from __future__ import annotations

from knowledge.formats.documents.familiarity import everyday, familiarity


def test_everyday_is_level_1_of_the_standard() -> None:
    """3 755 characters."""
    assert len(everyday()) == 3755
    assert "服" in everyday() and "鐢" not in everyday()


def test_wrongly_decoded_chinese_is_unfamiliar() -> None:
    """Right, in Traditional characters, read as GBK, and without Chinese."""
    text = "您好，请问有什么可以帮您"
    assert familiarity(text) == 1.0
    assert familiarity("請問有什麼可以幫您") == 1.0
    assert familiarity(text.encode().decode("gb18030", "ignore")) < 0.4
    assert familiarity("hello") == 0.0
