"""Places, blocks and changes."""

from __future__ import annotations

from knowledge.formats.documents.blocks import Place, change, mended
from tests.knowledge.formats.documents.manuals import block, texts

HERE = Place(paragraph=1, line=1)


def test_a_place_reads_from_the_outside_in() -> None:
    """The part only where a line was parted."""
    assert str(Place(page=2, paragraph=3, line=7)) == "page 2, paragraph 3, line 7"
    assert str(Place(paragraph=3, line=7, part=2)) == "paragraph 3, line 7, part 2"


def test_cells_are_a_rows_only() -> None:
    """Whatever tabs stand in a text."""
    assert block("甲\t乙 ", kind="row").cells == ("甲", "乙")
    assert block("甲\t乙").cells == ()


def test_a_change_shows_what_differs_with_a_little_around_it() -> None:
    """Long texts are cut."""
    text = "前" * 50 + "冇" + "后" * 50
    found = change("ocr", HERE, text, text.replace("冇", "有"))
    assert found.before == "前" * 8 + "冇" + "后" * 8
    assert found.after == "前" * 8 + "有" + "后" * 8
    assert change("furniture", HERE, "页" * 200, "").before == "页" * 60 + "…"


def test_a_mended_block_keeps_its_place_and_an_empty_one_goes() -> None:
    """Only what differs is a change."""
    found = mended(
        [block("甲1", 1), block("乙", 2), block("1", 3)], "controls", lambda text: (text.replace("1", ""), 1)
    )
    assert texts(found.blocks) == ["甲", "乙"]
    assert [one.place.line for one in found.changes] == [1, 3]
