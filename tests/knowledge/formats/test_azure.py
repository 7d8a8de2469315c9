"""Azure question answering and QnA Maker exports."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.knowledge.formats.imported import codes, entries

PAIR = {
    "id": 12,
    "answer": "您好，3 天内到账。",
    "source": "Editorial",
    "questions": ["退款多久到账", "退款；几天", "how long"],
    "metadata": {"category": "refund"},
    "dialog": {"isContextOnly": False, "prompts": []},
    "activeLearningSuggestions": [],
}


@pytest.mark.parametrize(
    "export",
    [
        {"metadata": {"projectName": "x"}, "assets": {"synonyms": [], "qnas": [PAIR]}},
        {"qnaDocuments": [PAIR | {"metadata": [{"name": "category", "value": "refund"}], "source": "faq.pdf"}]},
        [PAIR],
        [{"op": "add", "value": PAIR}],
    ],
    ids=["project", "qna maker", "pairs", "operations"],
)
def test_the_json_of_every_generation_is_read(export: Any) -> None:
    """Questions become title and phrasings, each whole; metadata become tags; the id stays."""
    found, problems = entries(json.dumps(export).encode(), "export.json")
    assert problems == []
    (one,) = found
    assert (one.id, one.title, one.variants) == ("qna.12", "退款多久到账", ("退款；几天", "how long"))
    assert (one.replies[0].text, one.tags) == ("您好，3 天内到账。", ("category:refund",))
    assert one.source in (None, "faq.pdf")


TSV = (
    "Question\tAnswer\tSource\tMetadata\tSuggestedQuestions\tIsContextOnly\tPrompts\tQnaId\tSourceDisplayName\n"
    "退款多久到账\t您好\\n3 天内\tfaq.pdf\tcategory:refund|lang:zh\t[]\tFalse\t[]\t1\tfaq\n"
    "退款；几天\t您好\\n3 天内\tfaq.pdf\tcategory:refund|lang:zh\t[]\tFalse\t[]\t1\tfaq\n"
    'How do I return?\tSend it back.\tEditorial\t[{"name": "category", "value": "return"}]\t[]\tFalse\t[]\t2\t\n'
)


def test_the_tsv_is_read() -> None:
    """Rows with the same QnaId are one entry; a line break is written as \\n."""
    found, problems = entries(TSV.encode(), "export.tsv")
    assert codes(problems) == []
    assert [(one.id, one.title, one.variants, one.replies[0].text, one.tags) for one in found] == [
        ("qna.1", "退款多久到账", ("退款；几天",), "您好\n3 天内", ("category:refund", "lang:zh")),
        ("qna.2", "How do I return?", (), "Send it back.", ("category:return",)),
    ]


def test_a_pair_without_a_question_or_an_answer_is_told() -> None:
    """By its number in the export."""
    broken = {"qnas": [PAIR, PAIR | {"id": 2, "questions": []}, PAIR | {"id": 3, "answer": ""}, 7]}
    found, problems = entries(json.dumps(broken).encode(), "export.json")
    assert [one.id for one in found] == ["qna.12"]
    assert {one.row for one in problems} == {2, 3, 4}
