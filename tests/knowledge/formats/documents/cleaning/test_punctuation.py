"""Half-width punctuation."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.cleaning.punctuation import clean
from tests.knowledge.formats.documents.manuals import blocks, texts


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("您好,请稍等!", "您好，请稍等！"),
        ("回答:好的;谢谢?", "回答：好的；谢谢？"),
        ('他说"请稍等"。', "他说“请稍等”。"),
        ('对外说"您好，再见”', "对外说“您好，再见”"),
        ("(内部)资料", "（内部）资料"),
        ("截止(今天）", "截止（今天）"),
        ("工号**,您好", "工号**，您好"),
    ],
)
def test_marks_beside_chinese_become_chinese_ones(text: str, mended: str) -> None:
    """Commas, colons, quotation marks, brackets in pairs."""
    assert texts(clean(blocks(text)).blocks) == [mended]


@pytest.mark.parametrize("text", ["早上8:30到17:00", "v1.2, ok?", "Hello, world!", "(ok)", "订单:1，2"])
def test_marks_between_digits_and_letters_stay(text: str) -> None:
    """They are right as they are, a colon before a figure too."""
    assert texts(clean(blocks(text)).blocks) == [text]
