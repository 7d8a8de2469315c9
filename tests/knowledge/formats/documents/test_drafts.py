"""Accepted proposals as entries."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from knowledge.formats.documents.drafts import Edits, entry_of
from tests.knowledge.formats.documents.test_coverage import proposal


def test_an_entry_says_where_it_comes_from() -> None:
    """Document and place are its source."""
    made = entry_of(proposal("打错电话", "抱歉，您打错了。", ("喂",)), "手册.docx")
    assert made.source == "手册.docx, paragraph 1, line 1"
    assert (made.id, made.kind, made.title, made.variants) == ("draft.x", "script", "打错电话", ("喂",))
    assert [(reply.channel, reply.text) for reply in made.replies] == [("any", "抱歉，您打错了。")]


def test_what_was_edited_is_taken() -> None:
    """An emptied list of variants too."""
    edits = Edits(entry_id="scope.wrong", title="拨错", reply="您拨错了。", channel="phone", kind="faq", variants=())
    made = entry_of(proposal("打错电话", variants=("喂",)), "a.txt", edits)
    assert (made.id, made.title, made.kind, made.variants) == ("scope.wrong", "拨错", "faq", ())
    assert (made.replies[0].channel, made.replies[0].text) == ("phone", "您拨错了。")


def test_an_edit_that_could_never_be_right_is_refused() -> None:
    """By the model itself."""
    with pytest.raises(ValidationError):
        Edits(title=" ")
