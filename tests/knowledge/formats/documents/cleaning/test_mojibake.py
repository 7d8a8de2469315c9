"""Mojibake."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.cleaning.mojibake import clean
from tests.knowledge.formats.documents.manuals import blocks, texts

TEXT = "您好请问有什么可以帮您"


@pytest.mark.parametrize(
    "broken",
    [
        TEXT.encode().decode("latin-1"),
        TEXT.encode("gb18030").decode("latin-1"),
        "请问有什么可以帮您吗".encode().decode("gb18030"),
    ],
)
def test_text_read_in_another_encoding_is_set_right(broken: str) -> None:
    """UTF-8 as Latin-1, GBK as Latin-1, UTF-8 as GBK; the change is listed."""
    found = clean(blocks(broken))
    assert texts(found.blocks)[0] in (TEXT, "请问有什么可以帮您吗")
    assert len(found.changes) == 1


@pytest.mark.parametrize("text", [TEXT, "請問有什麼可以幫您", "café 订单", "锟斤拷", "龘靐齉爩", "Ünïcödé"])
def test_what_is_not_surely_misread_stays(text: str) -> None:
    """Right text, Traditional text, accents, lost bytes and rare characters."""
    assert texts(clean(blocks(text)).blocks) == [text]
