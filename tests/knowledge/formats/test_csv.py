"""Text tables as Excel, WPS and other programs really save them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.formats.csv import read, write
from tests.knowledge.formats.imported import codes, csv_text, entries

HEADER, ROW = ("标准问", "相似问", "答案"), ("退款多久到账", "退款几天\n钱呢", "您好，3 天内到账")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encoding_separator_and_line_ends_are_found(encoding: str, separator: str, end: str) -> None:
    """Whatever program saved it, on whatever system, with a line break in a cell."""
    found, problems = entries(csv_text(HEADER, ROW, encoding=encoding, separator=separator, end=end))
    assert problems == []
    assert [(one.title, one.variants, one.replies[0].text) for one in found] == [
        ("退款多久到账", ("退款几天", "钱呢"), "您好，3 天内到账")
    ]


def test_traditional_chinese_of_hong_kong_and_taiwan() -> None:
    """Big5 is told from GB18030 by the header that it makes sense of; the text is kept as it is."""
    data = csv_text(("標準問", "答案"), ("退貨要多久", "您好，七天內"), encoding="big5hkscs")
    found, problems = entries(data)
    assert [one.title for one in found] == ["退貨要多久"]
    assert problems == []


def test_cells_are_quoted_as_spreadsheets_quote() -> None:
    """Commas, doubled quotation marks and line breaks inside; a mark in the middle of an unquoted cell is text."""
    data = '标准问,答案\r\n"退款,多久","您好""亲""\r\n请稍候"\r\n5"屏多少钱,您好\r\n'.encode()
    found, problems = entries(data)
    assert [(one.title, one.replies[0].text) for one in found] == [
        ("退款,多久", '您好"亲"\n请稍候'),
        ('5"屏多少钱', "您好"),
    ]
    assert problems == []


def test_a_declared_separator_counts_and_is_no_row() -> None:
    """Excel's first line `sep=;`; rows are numbered as Excel shows them."""
    found, problems = entries("sep=;\r\n标准问;答案;生效日期\r\n怎么退;您好;明天\r\n".encode())
    assert codes(problems) == [(3, "生效日期", "not_a_date")]
    assert found == []


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    """Blank rows count, a line break inside a cell does not."""
    data = '标准问,答案,失效日期\n"a\nb",您好,\n,,\nc,您好,x\n'.encode()
    assert codes(entries(data)[1]) == [(4, "失效日期", "not_a_date")]


def test_a_quotation_mark_that_is_never_closed_is_told() -> None:
    """The rest of the file would be in one cell, and nobody would notice."""
    found, problems = entries('标准问,答案\n怎么退,您好\n怎么换,"您好\n怎么修,您好\n'.encode())
    assert codes(problems) == [(3, "", "unclosed_quote")]
    assert [one.title for one in found] == ["怎么退"]


def test_what_a_workbook_would_escape_is_text_here() -> None:
    """`_x000D_` is a line break in a workbook alone."""
    found, _ = entries(csv_text(("标准问", "答案"), ("a", "写 _x000D_ 时")))
    assert found[0].replies[0].text == "写 _x000D_ 时"


def test_no_text_is_told() -> None:
    """Half a character, which may be text that was cut or saved wrongly."""
    assert [problem.code for problem in entries("退".encode("gb18030")[:1] + b"\xff\xff")[1]] == ["encoding"]


def test_what_is_no_text_is_told_as_no_table() -> None:
    """A picture is not advised to be saved as CSV; what a program wrote is known by the bytes that no text has."""
    pictures = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"%PDF-1.7\n1 0 obj"
    for data in (*pictures, b"\x7fELF\x02\x01\xff\xff\x00"):
        found = entries(data)[1]
        assert [problem.code for problem in found] == ["no_table"]
        assert "图片" in found[0].say("zh") and "CSV UTF-8" not in found[0].say("zh")


@settings(max_examples=50)
@given(st.lists(st.lists(st.text() | st.text("'=+-@,\"\n a", max_size=4), min_size=1, max_size=3), max_size=5))
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    """Every cell that is not blank comes back, apart from how its lines end; none begins as a formula does."""
    clean = [[cell.replace("\r", "\n").replace("\0", "") for cell in row] for row in rows]
    grid, problems = read(write([["标准问", "答案", "标签"], *clean]), "x")
    assert problems == []
    kept = [{place: cell for place, cell in enumerate(row) if cell.strip()} for row in clean]
    assert [cells for _, cells in grid.rows[1:]] == [cells for cells in kept if cells]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    """Nothing raises."""
    read(data, "x")
