"""personal-data."""

from __future__ import annotations

import pytest

from knowledge.lint.rules.personal_data import personal_data
from tests.knowledge.lint.packs import found, make_entry, marked

RULE = "personal-data"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("手机号13912345678帮我查", "a mobile number", "13912345678"),
        ("電話 139-1234-5678", "a mobile number", "13912345678"),
        ("+86 139 1234 5678", "a mobile number", "13912345678"),
        ("１３９１２３４５６７８", "a mobile number", "13912345678"),
        ("身份证11010519491231002X", "an identity number", "11010519491231002X"),
        ("卡号6222 0210 0111 6245 702", "a bank card number", "6222021001116245702"),
        ("卡4111111111111111", "a bank card number", "4111111111111111"),
        ("发到Zhang.San@qq.com吧", "an e-mail address", "zhang.san@qq.com"),
    ],
)
def test_personal_data_is_found_in_every_form(text: str, kind: str, value: str) -> None:
    """With spaces or hyphens, in full width, beside Chinese words."""
    assert (kind, value) in list(personal_data(text))


@pytest.mark.parametrize(
    "text",
    [
        "订单号 202611221234567890 查一下",  # 18 digits, wrong check digit
        "身份证110105194912310021",  # wrong check digit
        "卡号6222021001116245703",  # wrong Luhn digit
        "运单 SF1391234567890",
        "电话 400-000-0196",
        "12345678901",
        "11391234567812",
        "@客服 在吗",
        "版本 13.912345678.1",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    """Order and tracking numbers, hotlines, wrong check digits."""
    assert list(personal_data(text)) == []


def test_findings_show_only_the_ends() -> None:
    """A finding does not spread what it found."""
    assert found(RULE, make_entry(variants=("我号码是13912345678",), reply="请发到 li@qq.com。")) == [
        ("error", "variants[0]", "holds a mobile number 139…78: write it without, or with a slot"),
        ("error", "replies[0].text", "holds an e-mail address l…om: write it without, or with a slot"),
    ]


def test_the_shops_own_are_let_through() -> None:
    """What stands in the facts may also be typed."""
    entry = make_entry(variants=("是13800000000打来的吗",), reply="请发邮件到 service@qimu.example。")
    assert found(RULE, entry) == []


def test_every_place_is_marked_as_it_was_written() -> None:
    """Full width, gaps and a country code included; the shop's own number is let through."""
    text = "电话＋８６ 139-1234-5678，邮箱 A.b@c.example，热线 13800000000。"
    assert marked(RULE, text) == [("error", "＋８６ 139-1234-5678"), ("error", "A.b@c.example")]
