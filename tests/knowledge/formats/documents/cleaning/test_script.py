"""Mixed scripts."""

from __future__ import annotations

from knowledge.formats.documents.cleaning.script import clean
from tests.knowledge.formats.documents.manuals import blocks, texts

SIMPLIFIED = "这里说话让顾客们满意，请谨记认识问题应对时间"


def test_a_text_that_mixes_both_scripts_is_made_simplified() -> None:
    """著 as a particle too."""
    found = clean(blocks(SIMPLIFIED, "請問您為什麼著急，我們馬上幫您辦理，請您帶著單據，別擔心"))
    assert texts(found.blocks)[1] == "请问您为什么着急，我们马上帮您办理，请您带着单据，别担心"
    assert found.changes[0].step == "script"


def test_a_traditional_manual_stays_traditional() -> None:
    """And so does a Simplified one with a few Traditional characters."""
    for text in ("請問您為什麼著急，我們馬上幫您辦理，請您帶著單據，別擔心", SIMPLIFIED + "體驗"):
        assert clean(blocks(text)).changes == []


def test_a_stand_in_for_de_is_set_right_only_where_there_is_hardly_any_de() -> None:
    """旳 as a site's substitute, not as somebody's whim."""
    assert texts(clean(blocks("客户旳话" * 10)).blocks) == ["客户的话" * 10]
    assert clean(blocks("客户旳话" * 10, "我们的书" * 20)).changes == []
