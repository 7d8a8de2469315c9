"""Line breaks, lost and hard."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.cleaning.breaks import clean
from tests.knowledge.formats.documents.manuals import block, blocks, texts


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("用语：1、请稍等。2、您好！3、再见。", ["用语：", "1、请稍等。", "2、您好！", "3、再见。"]),
        ("总则尊重客户,1.说普通话2.铃响接听", ["总则尊重客户,", "1.说普通话", "2.铃响接听"]),
        ("一、目的便于服务二、范围全体", ["一、目的便于服务", "二、范围全体"]),
        ("(一)来电(二)来访", ["(一)来电", "(二)来访"]),
        ("①您好②再见", ["①您好", "②再见"]),
        ("流程：u您好u请问找谁u再见", ["流程：", "u您好", "u请问找谁", "u再见"]),
        ("注意·倾听·微笑·记录", ["注意", "·倾听", "·微笑", "·记录"]),
        ("没有货时:客服:抱歉。客户:好吧。", ["没有货时:", "客服:抱歉。", "客户:好吧。"]),
        ("听不清时(客服)请再说一遍。投诉时(客服)很抱歉。", ["听不清时(客服)请再说一遍。", "投诉时(客服)很抱歉。"]),
        ("谢谢您。服务忌语:1)不知道2)不行", ["谢谢您。", "服务忌语:", "1)不知道", "2)不行"]),
        ("三、常见问题1. 如何退书？", ["三、常见问题", "1. 如何退书？"]),
        ("(1)客户合理(2)客户不合理", ["(1)客户合理", "(2)客户不合理"]),
    ],
)
def test_lost_breaks_are_put_back(text: str, lines: list[str]) -> None:
    """Before a numbering that counts on, a recurring bullet, a speaker, a list's title; with the part in the place."""
    found = clean(blocks(text))
    assert texts(found.blocks) == lines
    assert [one.place.part for one in found.blocks] == list(range(1, len(lines) + 1))
    assert found.changes[0].count == len(lines) - 1


@pytest.mark.parametrize(
    "text",
    ["营业到8.30分", "满3.5小时", "第2、3项见附件", "共有1、3两种", "电话0571-2、分机", "u盘丢了", "A、B两种"],
)
def test_what_is_no_list_is_not_parted(text: str) -> None:
    """Decimals, references, single letters."""
    assert texts(clean(blocks(text)).blocks) == [text]


def test_a_numbering_goes_on_from_block_to_block() -> None:
    """What lost its break in the next line still counts on."""
    found = clean(blocks("1.忙线时：", "2.离线时：", "回答：请稍等。3.投诉时："))
    assert texts(found.blocks) == ["1.忙线时：", "2.离线时：", "回答：请稍等。", "3.投诉时："]


def test_a_sentence_broken_by_the_pages_width_is_closed() -> None:
    """And listed; a full stop, a marker or another paragraph ends it."""
    upper = "书友投诉应在三个工作日内由店长亲自"
    found = clean(blocks(upper + "核实", "办结并告知结果。", "1、您好。"))
    assert texts(found.blocks) == [upper + "核实办结并告知结果。", "1、您好。"]
    assert found.changes[0].before.count("⏎") == 1
    apart = [block(upper + "核实", 1), block("办结并告知结果。", 3, paragraph=2)]
    assert len(clean(apart).blocks) == 2


def test_a_title_is_not_joined_with_the_text_below() -> None:
    """It is no full line."""
    assert len(clean(blocks("青松书屋手册", "青松书屋是一家书店。")).blocks) == 2


def test_a_previews_page_numbers_go_and_its_pages_are_one() -> None:
    """Long blocks numbered from 1 that end in mid-sentence."""
    pages = [f"{number}、{'书店应当热情接待每一位顾客' * 16}" for number in (1, 2, 3)]
    found = clean([block(text, 2 * number, paragraph=number) for number, text in enumerate(pages, 1)])
    assert texts(found.blocks) == ["书店应当热情接待每一位顾客" * 48]
