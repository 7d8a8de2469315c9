"""Tables."""

from __future__ import annotations

from knowledge.formats.documents.recognition import tables
from knowledge.formats.documents.recognition.lines import lines_of
from tests.knowledge.formats.documents.manuals import TABLE, WRONG_AND_RIGHT, block


def rows(*table: tuple[str, ...]):  # type: ignore[no-untyped-def]
    """The lines of a table."""
    return lines_of([block("\t".join(cells), number, kind="row") for number, cells in enumerate(table, 1)])


def test_a_row_of_situation_and_wording_is_a_script() -> None:
    """Each row one, the header none."""
    found = list(tables.find(rows(*TABLE)))
    assert [(one.title, one.wordings, one.kind) for one in found] == [
        (TABLE[1][0], (TABLE[1][1],), "script"),
        (TABLE[2][0], (TABLE[2][1],), "script"),
    ]


def test_a_row_of_question_and_answer_is_a_faq() -> None:
    """The question is a variant; an empty situation is that of the row above."""
    header = ("场景", "客户问题", "参考话术")
    found = list(tables.find(rows(header, ("售前", "有货吗", "有的，请您放心。"), ("", "几点关门", "您好，十点。"))))
    assert [(one.title, one.variants, one.kind) for one in found] == [
        ("售前", ("有货吗",), "faq"),
        ("几点关门", ("几点关门",), "faq"),
    ]


def test_tables_of_something_else_are_left_alone() -> None:
    """Working hours, and wrong words, which are no situations."""
    assert list(tables.find(rows(("日期", "时间"), ("周一", "九点")))) == []
    assert list(tables.find(rows(*WRONG_AND_RIGHT))) == []


def test_tables_one_after_another_are_told_apart() -> None:
    """Where a row says what its columns are."""
    found = list(tables.tables(rows(*TABLE, *WRONG_AND_RIGHT)))
    assert [len(below) for _, below in found] == [2, 2]
    assert len(list(tables.find(rows(*TABLE, *WRONG_AND_RIGHT)))) == 2
