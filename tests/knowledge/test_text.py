"""One normalisation for stored and live text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import aligned, encodable, is_cjk, normalise, simplified, traditional


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


def test_a_script_is_turned_into_the_other() -> None:
    """And a text in it stays as it is."""
    assert simplified("請問您") == simplified("请问您") == "请问您"
    assert traditional("请问您") == traditional("請問您") == "請問您"


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


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("這個 我　\n不知道", "这个 我 不知道"),
        ("Ｎｏ　ＷＡＹ", "no way"),
        ("在\u200b吗\ufeff", "在吗"),
        ("㈠ﬁ", "(一)fi"),
        ("a\ud800b\x00c", "abc"),
        ("", ""),
    ],
)
def test_an_aligned_text_is_folded(text: str, folded: str) -> None:
    """Like the normal form, character by character."""
    assert aligned(text).text == folded


def test_what_is_found_in_a_folded_text_is_shown_where_it_stands() -> None:
    """A part of the folded text leads to the part of the original it came from, several to one included."""
    text = "我\u200b不 知\u200b道，㈠。"
    found = aligned(text)
    start = found.text.index("不 知道")
    assert text[slice(*found.span(start, start + 4))] == "不 知\u200b道"
    start = found.text.index("一")
    assert text[slice(*found.span(start, start + 1))] == "㈠"


@given(st.text())
def test_an_aligned_text_has_an_origin_for_every_character(text: str) -> None:
    """In order, and inside the original."""
    found = aligned(text)
    assert len(found.text) == len(found.origins)
    assert list(found.origins) == sorted(found.origins)
    assert all(0 <= place < len(text) for place in found.origins)
