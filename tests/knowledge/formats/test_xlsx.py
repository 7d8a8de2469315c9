"""Workbooks: what spreadsheets keep beside text, and what somebody may have made of one on purpose."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from knowledge.formats import xlsx
from knowledge.formats.xlsx import read, write
from tests.knowledge.formats.imported import TEXTS, as_excel_saves_it, codes, entries, repacked, saved, workbook

UNCALCULATED = b'<c r="A2"><f>A9</f><v></v></c>'
HEADER = ("标准问", "相似问", "答案", "生效日期", "标签")


def test_values_are_read_as_a_person_sees_them() -> None:
    """Numbers without a needless .0, long ones whole, percentages, dates, times, truth values."""
    book = workbook(("标准问", "答案"), (4001234, 13800138000.0), ("0.5", 0.15), (True, time(8, 30)), ("x", 1.25))
    sheet = book.active
    assert sheet is not None
    sheet["B3"].number_format = "0%"
    found, problems = entries(saved(book), "a.xlsx")
    assert problems == []
    assert [(one.title, one.replies[0].text) for one in found] == [
        ("4001234", "13800138000"),
        ("0.5", "15%"),
        ("TRUE", "08:30:00"),
        ("x", "1.25"),
    ]


@pytest.mark.parametrize("day", [date(2026, 11, 1), datetime(2026, 11, 1), "2026年11月1日", 46327, "46327"])
def test_a_date_may_be_a_date_a_text_or_a_number(day: object) -> None:
    """As the cell happens to be formatted."""
    found, problems = entries(saved(workbook(HEADER, ("怎么退", None, "您好", day))), "a.xlsx")
    assert problems == []
    assert found[0].valid_from == date(2026, 11, 1)


def test_formulas_count_as_what_they_came_to() -> None:
    """A formula that nobody calculated, and one that failed, are problems of their cell; in an unread column, none."""
    data = saved(
        workbook(
            (*HEADER, "自用"), ("=A9", None, "您好", None, None, "=1+1"), ("怎么换", None, "=A9"), ("修", None, "好")
        )
    )

    def calculated(name: str, part: bytes) -> bytes:
        return part.replace(UNCALCULATED, b'<c r="A2" t="str"><f>A9</f><v>how</v></c>')

    found, problems = entries(repacked(data, calculated), "a.xlsx")
    assert codes(problems) == [(1, "自用", "unknown_column"), (3, "答案", "uncalculated")]
    assert [one.title for one in found] == ["how", "修"]

    def failed(name: str, part: bytes) -> bytes:
        return part.replace(UNCALCULATED, b'<c r="A2" t="e"><f>A9</f><v>#N/A</v></c>')

    assert (2, "标准问", "formula_error") in codes(entries(repacked(data, failed), "a.xlsx")[1])


def test_merged_cells_count_for_every_row_they_cover() -> None:
    """A question merged over three rows has the phrasings of all three; a title merged across is above the header."""
    book = workbook(
        ("客服话术表",), HEADER, ("怎么退", "退货", "您好"), (None, "退换"), (None, "寄回"), ("怎么修", "坏了", "您好")
    )
    sheet = book.active
    assert sheet is not None
    for area in ("A1:E1", "A3:A5", "C3:C5"):
        sheet.merge_cells(area)
    found, problems = entries(saved(book), "a.xlsx")
    assert codes(problems) == [(1, "", "above_header")]
    assert [(one.title, one.variants) for one in found] == [("怎么退", ("退货", "退换", "寄回")), ("怎么修", ("坏了",))]


def test_every_visible_sheet_is_read_and_hidden_ones_are_told() -> None:
    """A sheet without a header is told too, so that no row is lost in silence."""
    book = workbook(("标准问", "答案"), ("a", "您好"), title="退款")
    second, hidden, notes = book.create_sheet("物流"), book.create_sheet("旧的"), book.create_sheet("说明")
    second.append(["问题", "回复"])
    second.append(["b", "您好"])
    hidden.append(["标准问", "答案"])
    hidden.sheet_state = "hidden"
    notes.append(["怎么用这张表"])
    found, problems = entries(saved(book), "a.xlsx")
    assert [one.title for one in found] == ["a", "b"]
    assert {(one.sheet, one.code) for one in problems} == {("旧的", "hidden_sheet"), ("说明", "no_header")}


def test_a_workbook_that_lies_about_its_size_is_read_whole() -> None:
    """WPS and others leave the dimension at A1."""
    data = repacked(
        saved(workbook(("标准问", "答案"), ("a", "您好"), ("b", "您好呀"))),
        lambda name, part: part.replace(b'<dimension ref="A1:B3"/>', b'<dimension ref="A1"/>'),
    )
    assert b'<dimension ref="A1"' in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert [one.title for one in entries(data, "a.xlsx")[0]] == ["a", "b"]


def test_shared_strings_are_read() -> None:
    """As Excel and WPS keep text."""
    data = as_excel_saves_it(saved(workbook(("标准问", "答案"), ("退", "您好\n再见"))))
    assert b"inlineStr" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert [(one.title, one.replies[0].text) for one in entries(data, "a.xlsx")[0]] == [("退", "您好\n再见")]


def test_carriage_returns_are_line_breaks() -> None:
    """As files made on Windows have them inside cells."""
    found, _ = entries(saved(workbook(("标准问", "答案"), ("a", "您好_x000D_\n再见"))), "a.xlsx")
    assert found[0].replies[0].text == "您好\n再见"


def test_what_xml_cannot_hold_is_written_as_spreadsheets_do() -> None:
    """By its number; a text that only looks so comes back. Half a character stays as it stands."""
    book = load_workbook(io.BytesIO(write(["title"], [["a\ufffeb"], ["_x000D_"]], "话术")))
    sheet = book.active
    assert sheet is not None
    assert [sheet["A1"].value, sheet["A2"].value] == ["a_xFFFE_b", "_x005F_x000D_"]
    grids, _ = read(saved(workbook(("_xD800_", "_x0041_"))), "a.xlsx")
    assert list(grids[0].rows[0][1].values()) == ["_xD800_", "A"]


def bomb(part: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook with this part in place of its own."""
    return repacked(
        as_excel_saves_it(saved(workbook(("标准问", "答案"), ("a", "您好")))),
        lambda found, old: part if found == name else old,
    )


def test_a_part_that_grows_beyond_reason_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused from the archive's list alone: by ratio, by size, by number of parts."""
    monkeypatch.setattr(xlsx, "load_workbook", lambda *_, **__: pytest.fail("it was unpacked"))
    grids, problems = read(bomb(b"<worksheet>" + b" " * 20_000_000 + b"</worksheet>"), "a.xlsx")
    assert (grids, [one.code for one in problems]) == ([], ["unpacks_too_far"])
    monkeypatch.setattr(xlsx, "LARGEST_UNPACKED", 1000)
    assert [one.code for one in read(bomb(b"<worksheet/>"), "a.xlsx")[1]] == ["unpacks_too_large"]
    monkeypatch.setattr(xlsx, "MOST_PARTS", 3)
    assert [one.code for one in read(bomb(b"<worksheet/>"), "a.xlsx")[1]] == ["too_many_parts"]


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_are_not_resolved(name: str) -> None:
    """The billion laughs, and a file of this machine, in any part: refused, or nothing of them is in what is read."""
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 9))
    part = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + laughs + b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1" t="inlineStr"><is><t>&l8;&f;</t></is></c></row></sheetData></worksheet>'
    )
    grids, problems = read(bomb(part, name), "a.xlsx")
    assert "haha" not in str(grids) and "root:" not in str(grids)
    assert [one.code for one in problems] == ["not_a_workbook"]


def test_old_and_broken_workbooks_say_what_to_do() -> None:
    """The binary form, one cut off, and an archive of something else."""
    whole = saved(workbook(("标准问", "答案"), ("a", "您好")))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "x")
    for data, code in (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (whole[: len(whole) // 2], "not_a_workbook"),
        (other.getvalue(), "not_a_workbook"),
    ):
        assert [one.code for one in entries(data, "a.xlsx")[1]] == [code]


def test_rows_far_away_do_not_keep_it_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row numbered beyond any spreadsheet ends the sheet, told."""
    monkeypatch.setattr(xlsx, "LAST_ROW", 1000)
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="9999999"><c r="A9999999" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    )
    assert [one.code for one in read(bomb(sheet), "a.xlsx")[1]] == ["too_many_rows"]


def test_what_is_written_is_text_and_nothing_runs() -> None:
    """Formulas, errors and numbers are typed as text, and marked so that they stay it when edited."""
    rows = [["标准问", "答案"], ["=1+1", "#N/A"], ["@SUM(A1)", "'=x"], ["-5", "0012"]]
    data = write(["title", "reply"], rows, "话术")
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet["A2"].quotePrefix and sheet["A3"].quotePrefix
    grids, problems = read(data, "a.xlsx")
    assert problems == []
    assert [list(cells.values()) for _, cells in grids[0].rows] == rows


@settings(max_examples=20)
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=6))
def test_any_text_comes_back(rows: list[list[str]]) -> None:
    """Every character, also one that XML cannot hold, and what looks like how such a one is written."""
    grids, problems = read(write(["title", "reply"], [["标准问", "答案"], *rows], "话术"), "a.xlsx")
    assert problems == []
    assert [list(cells.values()) for _, cells in grids[0].rows[1:]] == rows


@settings(max_examples=20)
@given(st.data())
def test_a_damaged_workbook_is_read_or_told(data: st.DataObject) -> None:
    """Nothing raises, whichever bytes of a part are wrong."""
    good = saved(workbook(HEADER, ("怎么退", "退货", "您好", 46327, "退款")))
    name = data.draw(st.sampled_from(zipfile.ZipFile(io.BytesIO(good)).namelist()))

    def damaged(found: str, part: bytes) -> bytes:
        if found != name:
            return part
        start = data.draw(st.integers(0, len(part)))
        return part[:start] + data.draw(st.binary(max_size=8)) + part[start + data.draw(st.integers(0, 20)) :]

    read(repacked(good, damaged), "a.xlsx")


def test_an_empty_workbook_has_no_rows() -> None:
    """And no problem either."""
    book = Workbook()
    grids, problems = read(saved(book), "a.xlsx")
    assert [list(grid.rows) for grid in grids] == [[]]
    assert problems == []
