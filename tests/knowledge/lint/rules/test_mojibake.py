"""mojibake."""

from __future__ import annotations

import pytest

from tests.knowledge.lint.packs import found, make_entry

RULE = "mojibake"


@pytest.mark.parametrize(
    ("text", "damage"),
    [
        ("退款\ufffd多久", "\ufffd"),
        ("cafÃ© 订单", "Ã©"),
        ("Donâ€™t ship", "â€™"),
        ("客服電話是锟斤拷", "锟斤拷"),
        ("客服服務(wù)", "務(wù)"),
        ("中文".encode().decode("latin-1"), "中文".encode().decode("latin-1")),
        ("用户协议".encode().decode("gb18030"), "用户协议".encode().decode("gb18030")),
    ],
)
@pytest.mark.parametrize("part", ["variants", "title"])
def test_damage_is_an_error_anywhere(part: str, text: str, damage: str) -> None:
    """Also in variants: nobody types it."""
    entry = make_entry(variants=(text,)) if part == "variants" else make_entry(title=text)
    field = "variants[0]" if part == "variants" else part
    assert found(RULE, entry) == [("error", field, f'"{damage}" is damaged: type it again')]


@pytest.mark.parametrize(
    "reply", ["功率 45 m³/h、21 ㎡、±2 ℃，café 风格。", "联通用户请致电，一丁不识。", "“您好”——再见……"]
)
def test_ordinary_signs_are_not_damage(reply: str) -> None:
    """Accents, units, dashes and quotation marks stand in good texts."""
    assert found(RULE, make_entry(reply=reply)) == []


def test_traditional_and_martian_characters_are_fine_in_variants() -> None:
    """Customers type them."""
    assert found(RULE, make_entry(variants=("怎麼聯絡客服", "偶旳订单冇到", "到吋候"))) == []


def test_in_a_reply_they_are_a_warning() -> None:
    """With what to write in their place."""
    assert found(RULE, make_entry(reply="您旳訂单已发出。")) == [("warning", "replies[0].text", "旳、訂: write 的、订")]
    assert found(RULE, make_entry(reply="到吋候见。"))[0][2] == "吋: write 时"
