"""Which format a file has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import KnowledgeError
from knowledge.formats.jsonl import write_knowledge
from knowledge.formats.reading import FORMATS, read, whole
from knowledge.formats.rendering import render
from tests.knowledge.formats.imported import csv_text, entries, saved, workbook
from tests.knowledge.sample import entry

ENTRY = entry("a.b", variants=("退货", "寄回"), tags=("退款",))
TABLE = csv_text(("标准问", "相似问", "答案"), ("怎么退", "退货", "您好"))


def question_set(folder: Path) -> bytes:
    """The entry in the layout of public question sets."""
    write_knowledge([ENTRY], folder / "kb.jsonl")
    return (folder / "kb.jsonl").read_bytes()


def test_the_format_is_seen_in_the_file(tmp_path: Path) -> None:
    """Whatever its name says, where the contents say it."""
    for name, data, format in (
        ("a.xlsx", saved(workbook(("标准问", "答案"), ("a", "您好"))), "xlsx"),
        ("a.csv", saved(workbook(("标准问", "答案"), ("a", "您好"))), "xlsx"),
        ("a.txt", TABLE, "csv"),
        ("a.jsonl", question_set(tmp_path), "jsonl"),
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


def test_what_carries_whole_entries_gives_them_whole(tmp_path: Path) -> None:
    """A YAML file of entries and a question set."""
    assert entries(render([ENTRY.model_dump(exclude_defaults=True)]).encode(), "a.yaml") == ([ENTRY], [])
    found, problems = entries(question_set(tmp_path), "kb.jsonl")
    assert (problems, [one.phrasings for one in found]) == ([], [ENTRY.phrasings])
    assert whole((ENTRY,), "x", "yaml").rows == 1


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
