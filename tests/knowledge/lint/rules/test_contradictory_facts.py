"""contradictory-facts."""

from __future__ import annotations

import pytest

from knowledge.lint.rules.contradictory_facts import Figure, figures_in
from tests.knowledge.lint.packs import found, make_entry

RULE = "contradictory-facts"


def test_a_figure_nothing_supports_is_a_warning() -> None:
    """With the facts of the entry's own category in the same unit as a hint."""
    assert found(RULE, make_entry(reply="签收后 10 天内可以退货。")) == [
        (
            "warning",
            "replies[0].text",
            '"10 天" is no fact and no service level: write it as a reference (return.days is 7 天)',
        )
    ]


@pytest.mark.parametrize(
    "reply",
    [
        "签收后 7 天内可以退货。",
        "七天内可以退货。",
        "签收后 168 小时内可以退货。",
        "24 小时内回复，一天之内。",
        "2 个工作日内回电。",
        "2–3 天送到，最多 3 天。",
        "{return.days}内可以退货，静置 15 分钟。",
        "2024 年 12 月 31 日起，第 9 天，9 折，请拨打 110 或 96110。",
        "电池可用一两天。",
    ],
)
def test_supported_figures_and_other_numbers_pass(reply: str) -> None:
    """Facts, service levels, the same length in another unit, ends of a range, dates, short procedures."""
    assert found(RULE, make_entry(reply=reply)) == []


@pytest.mark.parametrize(
    "reply", ["运费 25 元。", "十五天内退。", "最多 3–9 天。", "3 个工作日内办结。", "保修 5 年。"]
)
def test_each_unit_is_checked(reply: str) -> None:
    """Money, days, ranges, working days, years."""
    assert len(found(RULE, make_entry(reply=reply))) == 1


def test_english_figures_count_too() -> None:
    """Against the English words of the facts."""
    assert found(RULE, make_entry(en="Within 7 days, or 2 working days.")) == []
    assert len(found(RULE, make_entry(en="Within 9 days."))) == 1


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("十天", (10,)), ("十五天", (15,)), ("二十天", (20,)), ("三十五天", (35,)), ("两天", (2,)), ("3至5天", (3, 5))],
)
def test_numerals_are_read(text: str, numbers: tuple[float, ...]) -> None:
    """Chinese numerals below a hundred, and ranges."""
    [(written, figures)] = figures_in(text, "zh")
    assert written == text
    assert figures == tuple(Figure(number, "days") for number in numbers)
