"""half-width-punctuation."""

from __future__ import annotations

import pytest

from tests.knowledge.lint.packs import found, make_entry

RULE = "half-width-punctuation"


@pytest.mark.parametrize(
    ("reply", "marks", "instead"),
    [
        ("您好,请稍候.", ", .", "， 。"),
        ("订单号:{order_no}", ":", "："),
        ("打开App(8:30 起有人工)。", "( )", "（ ）"),
        ('请点"退款"。', '"', "“”"),
        ("满 59 元,包邮", ",", "，"),
        ("请稍候...", "...", "……"),
        ("{return.days},谢谢", ",", "，"),
    ],
)
def test_marks_beside_chinese_are_named(reply: str, marks: str, instead: str) -> None:
    """One warning a text with what to write in their place."""
    message = f"half-width {marks} in a Chinese text: write {instead}"
    assert found(RULE, make_entry(reply=reply)) == [("warning", "replies[0].text", message)]


@pytest.mark.parametrize(
    "reply",
    [
        "您好，8:30–17:00 有人工客服。",
        "请访问 www.qimu.example 查看。",
        "支持 PD 3.0、USB-C (65 W) 和 Apple Pay, Alipay。",
        "1.打开 App；2.点“退款”。",
        "1. 打开 App",
        "{return.days}内可以退货（{shop.email}）。",
    ],
)
def test_times_figures_addresses_and_references_pass(reply: str) -> None:
    """They keep half-width marks, as do numbered steps."""
    assert found(RULE, make_entry(reply=reply)) == []


def test_english_replies_and_variants_are_free() -> None:
    """Only Chinese texts that are shown are judged."""
    assert found(RULE, make_entry(en="Hello, you.", variants=("在吗,急",))) == []
