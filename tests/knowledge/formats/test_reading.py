"""Which format a file has."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import KnowledgeError
from knowledge.formats.reading import FORMATS, read, whole
from knowledge.formats.rendering import render
from knowledge.model import Escalation, Reply
from tests.knowledge.formats.imported import csv_text, entries, saved, workbook
from tests.knowledge.sample import entry

ENTRY = entry("a.b", variants=("退货", "寄回"), tags=("退款",))
TABLE = csv_text(("标准问", "相似问", "答案"), ("怎么退", "退货", "您好"))


def question_set(*answer: str) -> bytes:
    """The entry in the layout of public question sets, with an answer or without."""
    row = {"id": ENTRY.id, "questions": ENTRY.phrasings, **({"answer": answer[0]} if answer else {})}
    return json.dumps(row, ensure_ascii=False).encode()


def test_the_format_is_seen_in_the_file() -> None:
    """Whatever its name says, where the contents say it."""
    for name, data, format in (
        ("a.xlsx", saved(workbook(("标准问", "答案"), ("a", "您好"))), "xlsx"),
        ("a.csv", saved(workbook(("标准问", "答案"), ("a", "您好"))), "xlsx"),
        ("a.txt", TABLE, "csv"),
        ("a.jsonl", question_set(), "jsonl"),
        ("a", question_set("一\u2028二\u2029三\u0085四") + b"\r\n\n" + question_set("五"), "jsonl"),
        ("a.yaml", render([ENTRY.model_dump(exclude_defaults=True)]).encode(), "yaml"),
        ("a", json.dumps([{"short_code": "a", "content": "b"}]).encode(), "chatwoot"),
        ("a", json.dumps({"qnas": []}).encode(), "azure"),
        ("a", json.dumps([{"question": "a", "answer": "b"}]).encode(), "dify"),
        ("a", b"question\tanswer\na\tb\n", "anyq"),
        ("a", csv_text(("short_code", "content"), ("a", "b")), "chatwoot"),
        ("a", json.dumps({"x": 1}).encode(), "json"),
        ("a.xls", b"\xd0\xcf\x11\xe0....", "xls"),
    ):
        assert read(data, name).format == format, (name, format)


def test_what_carries_whole_entries_gives_them_whole() -> None:
    """A YAML file of entries replaces one that is there, in what it leaves out too."""
    there = ENTRY.model_copy(update={"source": "手册"})
    data = render([ENTRY.model_dump(exclude_defaults=True)]).encode()
    assert entries(data, "a.yaml") == entries(data, "a.yaml", existing=[there]) == ([ENTRY], [])
    assert whole((ENTRY,), "x", "yaml").rows == 1


def test_a_question_set_changes_questions_and_answer_alone() -> None:
    """Escalation, other replies, stage, tags and source of an entry that is there are not its matter."""
    there = entry(
        "a.b",
        title="旧",
        replies=(Reply(channel="chat", text="您好"), Reply(channel="any", text="旧答案")),
        stage="after-sale",
        tags=("退款",),
        source="手册",
        escalation=Escalation(level="required", target="agent"),
    )
    asked = there.model_copy(update={"title": ENTRY.title, "variants": ENTRY.variants})
    assert entries(question_set(), "kb.jsonl", existing=[there]) == ([asked], [])
    replies = (Reply(channel="chat", text="您好"), Reply(channel="any", text="新答案"))
    answered = asked.model_copy(update={"replies": replies})
    assert entries(question_set("新答案"), "kb.jsonl", existing=[there]) == ([answered], [])
    (new,), problems = entries(question_set(), "kb.jsonl")
    assert (problems, new.phrasings, new.replies) == ([], ENTRY.phrasings, (Reply(text=ENTRY.title),))


def test_problems_of_a_file_with_lines_are_told_by_line() -> None:
    """Under the name of the file that was sent."""
    found, problems = entries(b"- id: a.b\n  kind: faq\n  title: x\n  colour: red\n", "a.yaml")
    assert found == []
    assert [(one.row, one.column, one.code) for one in problems] == [(1, "replies", "pack"), (4, "colour", "pack")]
    assert "/tmp" not in problems[0].message


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("data", [b"", b" \n", b"{", b"[1, 2]", b"\xff\xfe", b"PK\x03\x04", b'{"data": [1]}', TABLE])
def test_a_format_that_does_not_fit_is_told(format: str, data: bytes) -> None:
    """Nothing raises, and no file is taken for nothing without a word."""
    reading = read(data, "x", format)  # type: ignore[arg-type]
    assert reading.problems or reading.drafts


def test_an_unknown_format_is_refused() -> None:
    """With those there are."""
    with pytest.raises(KnowledgeError, match="'pdf' is not one of auto, xlsx"):
        read(b"x", "x", "pdf")  # type: ignore[arg-type]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "question",
                    "questions",
                    "answer",
                    "content",
                    "short_code",
                    "data",
                    "qnas",
                    "messages",
                    "metadata",
                    "value",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=40)
@given(JSON)
def test_any_json_is_read_or_told(value: object) -> None:
    """Whatever stands where a text should."""
    entries(json.dumps(value).encode(), "x.json")


@settings(max_examples=50)
@given(st.binary(max_size=200), st.sampled_from(FORMATS))
def test_any_bytes_are_read_or_told(data: bytes, format: str) -> None:
    """Nothing raises, as any format."""
    read(data, "x", format)  # type: ignore[arg-type]
