"""Entries out as a sheet and in again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.errors import KnowledgeError
from knowledge.formats.composing import Composer
from knowledge.formats.headers import SheetLanguage
from knowledge.formats.reading import read
from knowledge.formats.tables import LONGEST_CELL, table
from knowledge.formats.writing import as_csv, as_xlsx
from knowledge.model import Entry, Escalation, Reply
from tests.knowledge.formats.imported import TEXTS, VOCABULARY, as_excel_saves_it
from tests.knowledge.sample import entry

REPLIES = st.lists(
    st.builds(
        Reply,
        channel=st.sampled_from(["any", "chat", "phone", "email"]),
        language=st.sampled_from(["zh", "en"]),
        text=TEXTS,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda reply: (reply.channel, reply.language),
)
ESCALATIONS = st.builds(
    Escalation,
    level=st.sampled_from(["none", "offer", "required"]),
    target=st.just("agent"),
    priority=st.sampled_from(["normal", "high", "urgent"]),
    collect=st.sampled_from([(), ("order_no",)]),
    holding_reply=st.none() | TEXTS,
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "kind": st.sampled_from(["faq", "script"]),
    "title": TEXTS,
    "variants": st.lists(TEXTS, max_size=5).map(tuple),
    "replies": REPLIES.map(tuple),
    "products": st.sampled_from([(), ("A3",)]),
    "audience": st.sampled_from(["customer", "supplier"]),
    "stage": st.sampled_from([None, "pre-sale", "in-sale", "after-sale"]),
    "tags": st.lists(TEXTS | st.sampled_from(["", " a", "a,b", '["x"]']), max_size=3).map(tuple),
    "escalation": ESCALATIONS,
    "related": st.sampled_from([(), ("e0",)]),
    "valid_from": st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    "valid_until": st.none() | st.dates(date(2030, 1, 1), date(2090, 1, 1)),
    "source": st.none() | TEXTS,
}
ENTRIES = st.lists(st.fixed_dictionaries(FIELDS), min_size=1, max_size=3).map(
    lambda given: [Entry(id=f"e{number}", **fields) for number, fields in enumerate(given)]
)


def back(data: bytes, name: str, existing: list[Entry]) -> list[Entry]:
    """The entries of a file, which has no problem."""
    reading = read(data, name)
    done = list(Composer({one.id: one for one in existing}, VOCABULARY).compose(reading.drafts))
    assert [*reading.problems, *(problem for one in done for problem in one.problems)] == []
    return [one.entry for one in done if one.entry is not None]


@settings(max_examples=8, deadline=None)
@given(ENTRIES, st.sampled_from(["zh", "en"]))
def test_export_and_import_change_nothing(entries: list[Entry], language: SheetLanguage) -> None:
    """As CSV and as a workbook, whatever the fields hold; into a database that has them, and into an empty one."""
    for data, name in ((as_csv(entries, language), "a.csv"), (as_xlsx(entries, language), "a.xlsx")):
        assert back(data, name, entries) == entries
        for new, old in zip(back(data, name, []), entries, strict=True):
            assert set(new.replies) == set(old.replies)
            once = {key: tuple(dict.fromkeys(getattr(old, key))) for key in ("variants", "tags")}
            assert new == old.model_copy(update={"replies": new.replies, **once})


def test_a_workbook_that_excel_saved_again_changes_nothing() -> None:
    """With its texts in the table of shared strings."""
    entries = [entry("a", title="=1+1", variants=("@x", "'=y", "a；b"), tags=("一", "二"), source="-5")]
    assert back(as_excel_saves_it(as_xlsx(entries)), "a.xlsx", []) == entries


def test_a_list_longer_than_a_cell_goes_on_in_more_rows() -> None:
    """Spreadsheets cut at 32 767 characters without a word."""
    long = entry("a", variants=tuple(f"{number}" + "问" * 400 for number in range(300)))
    rows = table([long])
    assert len(rows) > 3
    assert max(len(cell) for row in rows for cell in row) <= LONGEST_CELL
    for data, name in ((as_csv([long]), "a.csv"), (as_xlsx([long]), "a.xlsx")):
        assert back(data, name, []) == [long]


def test_a_text_longer_than_a_cell_is_refused() -> None:
    """It would come back cut."""
    with pytest.raises(KnowledgeError, match="entry a, source: 40000 characters"):
        as_csv([entry("a", source="x" * 40_000)])
