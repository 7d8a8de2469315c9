"""Whole documents, in every format."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import DocumentError
from knowledge.formats.documents import limits
from knowledge.formats.documents.proposals import Reading
from knowledge.formats.documents.reading import format_of, read, shown_name
from tests.knowledge.formats.documents import manuals

PAGE = "<h2>常见问答</h2><p>客户：几点关门？<br>客服：您好，晚上十点。</p>" + manuals.rows(manuals.TABLE)
SEEDS = (
    manuals.docx([("Heading 1", "用语"), ("Normal", "书友退书时：“好的，请您寄回。”")], [manuals.TABLE]),
    manuals.pdf([["书友退书时：“好的，请您寄回。”"], ["再见。"]]),
    manuals.html(PAGE),
    manuals.MESSY.encode("gb18030"),
)


def test_a_messy_text_yields_situations_phrases_and_promises() -> None:
    """Each with the place it came from in the source."""
    found = read(manuals.MESSY.encode(), "手册.txt")
    assert [(one.title, one.place.line) for one in found.proposals][:3] == [
        ("书友问有没有到货", 12),
        ("书友想改收货地址", 14),
        ("书友说书页缺了", 17),
    ]
    assert [one.phrase for one in found.phrases] == ["自己找去", "卖完了就是卖完了"]
    assert [(one.act, one.seconds, one.days) for one in found.levels] == [
        ("reply", 600, None),
        ("lookup", 7200, None),
        ("complaint", None, 3),
    ]
    assert {one.step: one.count for one in found.repairs}["ocr"] == 3
    assert [one.place.line for one in found.proposals if "ocr" in one.problems] == [14, 20]
    assert all(0 <= line < len(found.lines) for one in found.proposals for line in one.lines)


@pytest.mark.parametrize(
    ("data", "kind", "titles"),
    [
        (SEEDS[0], "docx", ["书友退书", "书友咨询会员折扣", "书友要开发票"]),
        (SEEDS[1], "pdf", ["书友退书"]),
        (SEEDS[2], "html", ["几点关门？", "书友咨询会员折扣", "书友要开发票"]),
    ],
)
def test_every_format_yields_the_same_kind_of_proposals(data: bytes, kind: str, titles: list[str]) -> None:
    """Whatever the file is called."""
    found = read(data, "手册.bin")
    assert found.format == kind
    assert [one.title for one in found.proposals] == titles


def test_the_format_is_told_by_the_bytes() -> None:
    """An old Word file is told apart and says what to do."""
    assert format_of("\ufeff<!DOCTYPE html><html>".encode()) == "html"
    assert format_of("<p>您好".encode("utf-16")) == "html"
    assert format_of("书友：您好 <3".encode()) == "txt"
    with pytest.raises(DocumentError, match=r"old Word file \(\.doc\): save it as DOCX"):
        format_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def test_empty_and_huge_documents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""
    with pytest.raises(DocumentError, match="empty"):
        read(b" \n", "a.txt")
    monkeypatch.setattr(limits, "BYTES", 10)
    with pytest.raises(DocumentError, match="11 bytes, at most 10"):
        read(b"x" * 11, "a.txt")
    monkeypatch.setattr(limits, "BYTES", 1000)
    monkeypatch.setattr(limits, "BLOCKS", 2)
    with pytest.raises(DocumentError, match="3 lines, at most 2"):
        read(b"a\nb\nc", "a.txt")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("C:\\a\\手册.docx", "手册.docx"), ("../../etc/passwd", "passwd"), ("", "document"), ("a\nb", "ab")],
)
def test_a_name_is_shown_without_folders_and_oddities(name: str, shown: str) -> None:
    """It becomes the drafts' source."""
    assert shown_name(name) == shown


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Never anything but a reading or a sentence."""
    _read_or_refuse(data)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 2**31), st.binary(min_size=1, max_size=6), st.integers(0, 4))
def test_any_damage_to_a_document_is_read_or_refused(seed: bytes, at: int, put: bytes, cut: int) -> None:
    """Bytes put in, bytes cut out, anywhere."""
    place = at % len(seed)
    _read_or_refuse(seed[:place] + put + seed[place + cut :])


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """As TXT and as HTML."""
    _read_or_refuse(text.encode("utf-8", "surrogatepass"))
    _read_or_refuse(b"<html>" + text.encode("utf-8", "surrogatepass"))


def _read_or_refuse(data: bytes) -> None:
    try:
        found = read(data, "手册")
    except DocumentError:
        return
    assert Reading.model_validate_json(found.model_dump_json()) == found
