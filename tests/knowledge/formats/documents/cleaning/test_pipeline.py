"""All steps together."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.formats.documents.cleaning.pipeline import cleaned
from knowledge.formats.documents.readers import txt
from tests.knowledge.formats.documents.manuals import MESSY, blocks, texts

SCRAPS = (
    "您好 请稍等 1、 2、 一、 回答: 客服： “ ” ( ） 務(wù) 冇 捉 \n · u ? , 。 第1页 下载 旳 ＡＢ "
    "\x00 \ud800 客户 時 时 …"
)
PIECES = st.sampled_from(SCRAPS.split(" "))


def test_a_messy_manual_comes_out_clean() -> None:
    """Nothing of its page, none of its slips, every line at its place."""
    found = cleaned(txt.read(MESSY.encode()))
    lines = texts(found.blocks)
    assert lines[0] == "青松书屋店员手册"
    assert "B.回答：好的，您稍等，我先看看包裹出库了没有。" in lines
    assert "回答：非常抱歉，请您拍一张缺页的照片，我们马上为您换一本，运费我们出。" in lines
    assert "3、谢谢您提出的建议。" in lines
    assert lines[-1].endswith("书友投诉应在3个工作日内办结并告知结果。")
    assert not [line for line in lines if "下载" in line or "第1页" in line or "(" in line]
    steps = {one.step for one in found.changes}
    assert steps == {"pinyin", "furniture", "breaks", "ocr", "punctuation", "doubling"}


def test_what_is_clean_stays_as_it_is() -> None:
    """Cleaning again changes nothing."""
    once = cleaned(txt.read(MESSY.encode()))
    again = cleaned(once.blocks)
    assert texts(again.blocks) == texts(once.blocks)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=12))
def test_any_text_can_be_cleaned(lines: list[str]) -> None:
    """No step fails, every block that is left has text, and places never run backwards."""
    found = cleaned(blocks(*[line for line in lines if line.strip()]))
    assert all(one.text.strip() for one in found.blocks)
    places = [(one.place.line, one.place.part) for one in found.blocks]
    assert places == sorted(places)
