"""AnyQ's question and answer files."""

from __future__ import annotations

from tests.knowledge.formats.imported import codes, entries


def test_questions_with_one_answer_are_one_entry() -> None:
    """Recognised by its header; quotation marks are just text there."""
    data = 'question\tanswer\n需要使用什么账号登录\t"百度账号"即可\n用哪个号登\t"百度账号"即可\n怎么修\t您好\n'.encode()
    for format in ("auto", "anyq"):
        found, problems = entries(data, "faq.tsv", format)
        assert problems == []
        assert [(one.title, one.variants, one.replies[0].text) for one in found] == [
            ("需要使用什么账号登录", ("用哪个号登",), '"百度账号"即可'),
            ("怎么修", (), "您好"),
        ]


def test_a_sheet_with_the_same_header_is_no_file_of_anyq() -> None:
    """Its quotation marks are a spreadsheet's."""
    data = 'question\tanswer\n怎么退\t"您好""亲"""\n'.encode()
    assert entries(data, "faq.tsv")[0][0].replies[0].text == '您好"亲"'


def test_a_file_without_its_header_is_read_when_it_is_named() -> None:
    """And a line without an answer is told."""
    found, problems = entries("怎么退\t您好\n怎么换\n".encode(), "faq", "anyq")
    assert [one.title for one in found] == ["怎么退"]
    assert codes(problems) == [(2, "回复 (Reply)", "no_reply")]
