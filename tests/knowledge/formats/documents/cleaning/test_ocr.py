"""Slips of character recognition."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.cleaning.ocr import clean
from tests.knowledge.formats.documents.manuals import blocks, texts

RECOGNISED = "讣您久等了，请按吋到店"  # two slips that nobody types


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("这本书还冇货", "这本书还有货"),
        ("请按吋到店", "请按时到店"),
        ("通话屮请勿打断", "通话中请勿打断"),
        ("您的冃的是什么", "您的目的是什么"),
        ("稍后冋电", "稍后回电"),
        ("讣您久等了", "让您久等了"),
        ("写在登记木上。", "写在登记本上。"),
        ("捉供帮助", "提供帮助"),
        ("需耍您确认", "需要您确认"),
        ("按要求耍求", "按要求要求"),
        ("报上口己的名字", "报上自己的名字"),
        ("不宜人声喧哗", "不宜大声喧哗"),
        ("热悄接待", "热情接待"),
        ("客服入员", "客服人员"),
        ("您的款项己收到", "您的款项已收到"),
        ("满1OO元", "满100元"),
        ("3曰内", "3日内"),
    ],
)  # fmt: skip
def test_what_is_no_mandarin_is_set_right(slip: str, meant: str) -> None:
    """Each is listed with what stood there."""
    found = clean(blocks(slip))
    assert texts(found.blocks) == [meant]
    assert len(found.changes) == 1


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("木店十点打烊", "本店十点打烊"),
        ("特制定木服务规范", "特制定本服务规范"),
        ("谢谢您捉出的意见", "谢谢您提出的意见"),
        ("顾客所捉的要求", "顾客所提的要求"),
        ("告知客八。", "告知客人。"),
        ("规范使川", "规范使用"),
        ("服务川语", "服务用语"),
        ("叶字清楚", "吐字清楚"),
        ("多打儿通电话", "多打几通电话"),
        ("末处理的订单", "未处理的订单"),
        ("尚末付款", "尚未付款"),
    ],
)
def test_what_might_be_meant_is_set_right_in_a_recognised_text_only(slip: str, meant: str) -> None:
    """Sure slips beside it show that the text was recognised; by itself it stays."""
    assert texts(clean(blocks(RECOGNISED, slip)).blocks)[1] == meant
    assert clean(blocks(slip)).changes == []


@pytest.mark.parametrize(
    "text",
    [
        "这张是木桌，木材很好",
        "栖木公司的栖木服务热线",
        "积木店铺",
        "红木标准",
        "警察捉到了小偷",
        "捕捉高清画面",
        "孩子们在玩耍，别耍赖",
        "他们不耍脾气",
        "四川的客户",
        "四川法院、四川户籍的客户",
        "银川途中件，利川地区，川菜",
        "三口之家，黑白相间",
        "我们明白己方的责任",
        "8寸和12吋的相框",
        "讣告",
        "客户说有冇货",
        "儿子和女儿",
        "今儿个天气好",
        "请在入口等候",
        "请输入员工号，新加入员工先培训",
        "周末营业",
        "周末发货正常，周末能收到",
        "月末处理完毕，年末付款，期末回复",
        "粉末处理，文末回复",
        "只需八个工作日",
        "工作八小时，这本八十元，十个八个",
        "叶子落了",
        "静悄悄",
        "人声鼎沸",
        "避免人声喧哗",
        "自己来",
        "知己经常来",
        "这儿有个座位",
        "Oscar 和 Olga",
        "化学式是H2O",
        "选项1|2|3",
    ],
)
def test_a_character_in_its_own_use_stays(text: str) -> None:
    """What makes a word is no slip, in a recognised text neither."""
    assert clean(blocks(text)).changes == []
    assert texts(clean(blocks(RECOGNISED, text)).blocks)[1] == text


def test_a_stray_traditional_character_is_a_slip_in_a_simplified_text_only() -> None:
    """One among hundreds; several among few are somebody's way of writing."""
    long = "请向书友说明这本书没有货，可以为他登记，到货就打电话通知。" * 5
    assert texts(clean(blocks(long, "接到來电")).blocks)[1] == "接到来电"
    assert clean(blocks("接到來電請說您好")).changes == []


def test_a_cantonese_text_is_left_as_it_is() -> None:
    """冇 is a word there."""
    text = "我哋而家冇货喇，你听日再嚟啦，唔好意思，咁样先啦，佢哋会通知你嘅"
    assert clean(blocks(text)).changes == []
