"""Bytes to text."""

from __future__ import annotations

import pytest

from knowledge.errors import DocumentError
from knowledge.formats.documents.decoding import decode

TEXT = "您好，请问有什么可以帮您？我们九点开门。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_is_read_whatever_it_is_written_in(encoding: str) -> None:
    """With a mark and without."""
    assert decode((TEXT * 5).encode(encoding)) == TEXT * 5


def test_big5_is_told_from_gbk() -> None:
    """By which of the two looks familiar."""
    text = "您好，請問有什麼可以幫您？我們九點開門，歡迎光臨。" * 3
    assert decode(text.encode("big5")) == text


def test_a_few_broken_characters_are_put_up_with() -> None:
    """They show as what they are."""
    found = decode(TEXT.encode() * 20 + b"\xe6\x82")
    assert found.startswith(TEXT) and found.endswith("\ufffd")


def test_what_is_no_text_is_refused() -> None:
    """A picture renamed to .txt."""
    with pytest.raises(DocumentError, match="cannot be read as text"):
        decode(bytes(range(256)) * 20)
