"""One normalisation for stored and live text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import encodable, is_cjk, normalise


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("退款  多久？？？", "退款多久?"),
        ("我 的 快递呢", "我的快递呢"),
        ("優惠券怎麼領", "优惠券怎么领"),
        ("Ｒ５　ＷｉＦｉ", "r5 wifi"),
        ("我旳快递", "我的快递"),
        ("在\u200b吗\ufeff", "在吗"),
        ("好的😡😡谢谢", "好的谢谢"),
        ("啊啊啊啊啊啊啊", "啊啊啊"),
        ("P20 充电宝", "p20 充电宝"),
        ("a\ud800b\x00c", "abc"),
        ("第一行\r\n第二行", "第一行第二行"),
        ("😀", ""),
    ],
)
def test_normal_forms(text: str, normal: str) -> None:
    """Width, script, case, variant and invisible characters, emoji, spaces and stretched writing are folded."""
    assert normalise(text) == normal


def test_numbers_and_models_stay() -> None:
    """Repeated digits carry meaning: an order number or a year is never shortened."""
    assert normalise("订单 20000008") == "订单 20000008"
    assert normalise("1111") == "1111"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    """The normal form is its own normal form, whatever was typed."""
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(st.characters(categories=["Cs", "Cc", "L"])))
def test_what_is_left_can_be_encoded(text: str) -> None:
    """No lone surrogate and no NUL reaches an engine."""
    encodable(text).encode("utf-8")
    assert "\0" not in normalise(text)
    normalise(text).encode("utf-8")


def test_is_cjk() -> None:
    """One Chinese character is enough."""
    assert is_cjk("hello 您")
    assert not is_cjk("hello あ")
