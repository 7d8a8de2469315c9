"""What a text loses before it is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lint.rules.personal_data import KINDS
from service.privacy import LABELS, mask, spans_of

GOOD_ID, WRONG_ID = "11010519491231002X", "110105194912310021"
GOOD_CARD, WRONG_CARD = "6222021001116245702", "6222021001116245703"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打我13912345678吧", "打我[phone]吧"),
        ("139 1234 5678 或 139-1234-5678", "[phone] 或 [phone]"),
        ("＋８６ １３９１２３４５６７８", "[phone]"),
        ("+8613912345678", "[phone]"),
        ("座机 010-62345678，0755 1234567", "座机 [phone]，[phone]"),
        ("打138.1234.5678，138/1234/5678，138 12345 678", "打[phone]，[phone]，[phone]"),
        ("电话幺三八零零一三八零〇零", "电话[number]"),
        ("whatsapp +1 415-555-2671", "whatsapp [phone]"),
        ("139\u200b1234\u200b5678", "[phone]"),
        (f"身份证{GOOD_ID}。", "身份证[id-card]。"),
        (GOOD_ID.lower(), "[id-card]"),
        (f"卡号 {GOOD_CARD}", "卡号 [bank-card]"),
        ("6222 0210 0111 6245 702", "[bank-card]"),
        ("4111111111111111", "[bank-card]"),
        ("写信到 Zhang.San+1@mail.example.com。", "写信到 [email]。"),
        ("13912345678@qq.example", "[email]"),
        ("订单 2026112200012345 没到", "订单 [number] 没到"),
        ("运单SF1234567890123", "运单[number]"),
        ("12345678", "[number]"),
        ("1234 5678 9012", "[number]"),
        ("手机13912345678订单20261122001", "手机[phone]订单[number]"),
    ],
)
def test_what_could_find_somebody_is_masked(text: str, masked: str) -> None:
    """In every way of writing it; what stands around it stays as it was."""
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [(WRONG_ID, "[number]"), (WRONG_CARD, "[number]"), ("4111111111111112", "[number]")],
)
def test_a_wrong_check_digit_makes_it_a_mere_number(text: str, masked: str) -> None:
    """GB 11643 for identity numbers, Luhn for cards; it is masked all the same."""
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "快递三天没动静了😡",
        "我 買 了\n 2 台 Ｒ５，花了 1299.50 元",
        "2026-11-22 15:30 下单，7 天了",
        "1234567",
        "客服 12315 和 95338",
        "8:30–17:00",
        "14.99 15.99 139.00 二〇二六年一月二十一日",
        "张三 @ 北京",
    ],
)
def test_everything_else_stays_byte_for_byte(text: str) -> None:
    """Prices, dates, times, models and short numbers say nothing of a person."""
    assert mask(text) == text


@given(st.text(st.sampled_from("0123456789１３ -–+@.aX元订\u200b"), max_size=60))
def test_masking_twice_changes_nothing(text: str) -> None:
    """And no run of eight digits is ever left."""
    once = mask(text)
    assert mask(once) == once
    assert not any(run.isdigit() and len(run) >= 8 for run in once.split())


@given(st.text(max_size=80))
def test_any_text_can_be_masked(text: str) -> None:
    """Whatever characters it has."""
    mask(text)


def test_every_kind_that_lint_knows_has_its_label() -> None:
    """A kind added there would otherwise be kept in the open."""
    assert {kind for kind, _, _ in KINDS} == set(LABELS)


MESSAGES = Path(__file__).with_name("messages.txt")
MARKED = re.compile(r"\{([^}]*)\}")


class Measured(NamedTuple):
    """How many of what should be masked is, and of what is masked should be; with what went wrong."""

    recall: float
    precision: float
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


def measure(lines: Sequence[str]) -> Measured:
    """Over messages in which braces say what could find somebody. Masked in part is missed; a mask is right where it
    covers nothing but what is marked.
    """
    kept = found = masks = right = 0
    missed, wrong = [], []
    for line in lines:
        plain = MARKED.sub(r"\1", line)
        spans = [(m.start() - 2 * i, m.start() - 2 * i + len(m[1])) for i, m in enumerate(MARKED.finditer(line))]
        taken = spans_of(plain)
        covered = {place for start, end in taken for place in range(start, end)}
        for start, end in spans:
            kept += 1
            whole = all(place in covered or plain[place] == " " for place in range(start, end))
            found += whole
            if not whole:
                missed.append(f"{plain[start:end]} in {mask(plain)}")
        marked = {place for start, end in spans for place in range(start, end)}
        for start, end in taken:
            masks += 1
            good = all(place in marked for place in range(start, end))
            right += good
            if not good:
                wrong.append(f"{plain[start:end]} in {plain}")
    return Measured(found / kept, right / masks, tuple(missed), tuple(wrong))


def test_nearly_all_is_found_and_hardly_anything_else() -> None:
    """Measured on 308 written messages, the half of them without anything to mask."""
    found = measure([line for line in MESSAGES.read_text("utf-8").splitlines() if not line.startswith("#")])
    assert found.recall >= 0.97, found.missed
    assert found.precision >= 0.97, found.wrong
