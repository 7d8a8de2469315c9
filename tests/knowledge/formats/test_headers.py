"""Which column is which."""

from __future__ import annotations

import pytest

from knowledge.formats.headers import ALSO_READ, FIELDS, field_of, fold, header_row


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("标准问", "title"),
        ("標準問題（必填）", "title"),
        ("Question *", "title"),
        ("相似问3", "variants"),
        ("扩展问法", "variants"),
        ("答案", "reply"),
        ("Answer", "reply"),
        ("在线回复", "reply.chat.zh"),
        ("回复(电话)", "reply.phone.zh"),
        ("邮件话术", "reply.email.zh"),
        ("English reply", "reply.any.en"),
        ("chat answer (English)", "reply.chat.en"),
        ("渠道", "channel"),
        ("一级分类", "category"),
        ("是否升级", "level"),
        ("升级对象", "target"),
        ("生效日期", "valid_from"),
        ("有效期至", "valid_until"),
        (" 标 签 ", "tags"),
    ],
)
def test_a_column_is_known_by_many_names(name: str, key: str) -> None:
    """Chinese and English, full width, Traditional, with 必填 or a number behind it."""
    found = field_of(name)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("name", ["负责人", "标准问2", "x", "", "。"])
def test_a_stranger_is_none(name: str) -> None:
    """A number makes a second column only of what may have several values."""
    assert field_of(name) is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_an_export_calls_a_column_means_that_column(language: str) -> None:
    """Every name that is written is read as the same field."""
    for field in FIELDS:
        assert field_of(field.zh if language == "zh" else field.en) == field


def test_no_name_means_two_columns() -> None:
    """Each name is given to one field."""
    taken: dict[str, str] = {}
    for field in (*FIELDS, *ALSO_READ):
        for name in {fold(name) for name in (field.zh, field.en, field.key, *field.names.split())}:
            assert taken.setdefault(name, field.key) == field.key, name


def test_the_header_is_the_row_that_names_most_columns() -> None:
    """Not the title above it, nor a remark that has one of its words."""
    rows = [
        (1, {0: "客服话术表 2026"}),
        (2, {0: "问题", 3: "填写说明"}),
        (4, {0: "编号", 1: "标准问", 2: "答案"}),
        (5, {1: "问题"}),
    ]
    assert header_row(rows) == 2
    assert header_row([(1, {0: "甲", 1: "乙"})]) is None
    assert header_row([]) is None
