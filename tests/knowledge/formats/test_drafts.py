"""What a file says of one entry."""

from __future__ import annotations

from knowledge.formats.drafts import Draft, Place, beside
from tests.knowledge.sample import entry


def test_a_whole_entry_is_its_own_draft() -> None:
    """Of formats that carry everything."""
    whole = entry("a.b")
    draft = Draft.whole(whole, "x", 3)
    assert (draft.entry, draft.columns, draft.first) == (whole, frozenset(), ("x", 3))


def test_an_answer_that_is_the_title_says_nothing() -> None:
    """Question sets need none, and an entry needs a reply."""
    assert Draft.of_questions(entry("a", title="甲", text="甲"), "x", 1).columns == {"id", "title", "variants"}
    assert Draft.of_questions(entry("a", title="甲", text="乙"), "x", 1).text("reply.any.zh") == "乙"


def test_rows_are_known_by_their_sheet() -> None:
    """The sheet in which it begins comes first."""
    draft = Draft([Place("二", 3), Place("一", 2), Place("二", 4)], frozenset())
    assert list(draft.by_sheet.items()) == [("二", (3, 4)), ("一", (2,))]
    assert beside(draft.first, "二") == {"at": 3, "elsewhere": None}
    assert beside(draft.first, "一") == {"at": 3, "elsewhere": "二"}
