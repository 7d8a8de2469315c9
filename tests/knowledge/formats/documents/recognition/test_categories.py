"""Categories."""

from __future__ import annotations

from pathlib import Path

import pytest

import knowledge
from knowledge.formats.documents.recognition.categories import CUES, category_of


def test_the_categories_are_those_of_the_shipped_pack() -> None:
    """No other is ever suggested, and none is left out."""
    files = (Path(knowledge.__file__).parent / "content" / "entries").glob("*.yaml")
    assert set(CUES) == {path.name.split(".")[0] for path in files}


@pytest.mark.parametrize(
    ("title", "wording", "category"),
    [
        ("书友打错电话", "抱歉，您打错了", "scope"),
        ("遇到投诉的书友", "非常抱歉，已为您登记", "complaint"),
        ("结束语", "感谢您的光临，再见", "closing"),
        ("书友要退款", "三天内到账", "refund"),
        ("请书友稍等", "请稍等一分钟", "wait"),
        ("天气", "今天晴", None),
    ],
)
def test_words_of_title_and_wording_suggest_one(title: str, wording: str, category: str | None) -> None:
    """The title weighs more; without a word none is suggested."""
    assert category_of(title, wording) == category
