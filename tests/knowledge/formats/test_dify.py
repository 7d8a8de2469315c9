"""Dify's annotations and segments."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.knowledge.formats.imported import csv_text, entries

PAIRS = [("退款多久到账", "您好"), ("退款；几天", "您好"), ("怎么修", "好的")]


def chat(question: str, answer: str) -> str:
    """A line of the annotations' own export."""
    lines = [("system", ""), ("user", question), ("assistant", answer)]
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in lines]}, ensure_ascii=False)


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(
            {"data": [{"id": "1", "question": q, "answer": a, "hit_count": 0} for q, a in PAIRS], "has_more": False}
        ),
        json.dumps({"data": [{"content": q, "answer": a, "keywords": None, "position": 1} for q, a in PAIRS]}),
        "\n".join(chat(*pair) for pair in PAIRS),
        "\n".join(json.dumps({"question": q, "answer": a}) for q, a in PAIRS),
        csv_text(("问题", "答案"), *PAIRS).decode(),
        csv_text(("Question", "Answer"), *PAIRS).decode(),
    ],
    ids=["annotations", "segments", "chat lines", "pairs", "zh csv", "en csv"],
)
def test_every_export_is_read(data: str) -> None:
    """One question a pair, so questions with the same answer are one entry; each question is one phrasing."""
    found, problems = entries(data.encode(), "export")
    assert problems == []
    assert [(one.title, one.variants, one.replies[0].text) for one in found] == [
        ("退款多久到账", ("退款；几天",), "您好"),
        ("怎么修", (), "好的"),
    ]


def test_keywords_are_tags() -> None:
    """Of a segment."""
    data: Any = [{"content": "怎么退", "answer": "您好", "keywords": ["退货", "退款"]}]
    assert entries(json.dumps(data).encode(), "x.json")[0][0].tags == ("退货", "退款")


def test_a_pair_without_a_question_is_told() -> None:
    """By its number."""
    found, problems = entries(
        json.dumps([{"question": "", "answer": "您好"}, {"question": "b", "answer": "好"}]).encode(), "x"
    )
    assert [one.title for one in found] == ["b"]
    assert [(one.row, one.code) for one in problems] == [(1, "no_question")]
