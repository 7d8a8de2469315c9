"""Numbers, times and slots as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.pages.figures import Piece, left, marked, percent, pieces, plain, span, sureness
from service.pages.words import SLOTS, WORDS

ZH, NOW = WORDS["zh"], datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("confidence", "read"),
    [(0.0, "0 %"), (0.004, "<1 %"), (0.125, "13 %"), (0.943, "94 %"), (0.996, ">99 %"), (1.0, "100 %")],
)
def test_percent_claims_neither_certainty_nor_nothing(confidence: float, read: str) -> None:
    """Only 0 and 1 themselves read as 0 % and 100 %."""
    assert percent(confidence) == read


@pytest.mark.parametrize(
    ("confidence", "word"), [(0.94, "很有把握"), (0.7, "比较有把握"), (0.4, "把握不大"), (0.0, "把握很小")]
)
def test_how_sure_is_also_a_word(confidence: float, word: str) -> None:
    """The figure is said in words too."""
    assert ZH[sureness(confidence)] == word


def test_what_is_copied_shows_its_open_slots() -> None:
    """Line by line as it was approved."""
    assert marked("您好\n订单 {order_no}", ["order_no"], SLOTS["zh"]) == "您好\n订单 〔订单号〕"


def test_pieces_set_unfilled_slots_apart() -> None:
    """A slot is called what agents call it; one that nobody named keeps its name."""
    found = pieces("{customer_name}您好，{own}", ["customer_name", "own"], SLOTS["zh"])
    assert found == [Piece("客户称呼", "customer_name"), Piece("您好，"), Piece("own", "own")]


def test_pieces_leave_other_braces_alone() -> None:
    """Only what the API calls missing is a slot, so that nothing a customer is called can become one."""
    assert pieces("{} {A} {shop.name}", ["order_no"], {}) == [Piece("{} {A} {shop.name}")]


def test_plain_is_one_line_with_visible_slots() -> None:
    """A preview shows what is missing."""
    assert plain("您好\n订单 {order_no}", ["order_no"], SLOTS["zh"]) == "您好 订单 〔订单号〕"


@pytest.mark.parametrize(
    ("duration", "clock", "read"),
    [
        ("PT30S", "elapsed", "30 秒内"),
        ("PT5M", "business_hours", "5 分钟内（工作时间）"),
        ("PT24H", "elapsed", "24 小时内"),
        ("PT1H30M", "elapsed", "90 分钟内"),
        ("P2D", "working_days", "2 个工作日内"),
        ("P1W", None, "P1W"),
    ],
)
def test_span_reads_durations_with_their_clock(duration: str, clock: str | None, read: str) -> None:
    """What is not a duration we know is shown as it is."""
    assert span(duration, clock, ZH) == read


@pytest.mark.parametrize(
    ("wait", "read"),
    [
        (timedelta(hours=23, minutes=41, seconds=7), "剩 23:41:07"),
        (timedelta(minutes=4), "剩 0:04:00"),
        (timedelta(days=9, hours=5), "剩 9 天 5 小时"),
        (timedelta(seconds=-61), "已超时 0:01:01"),
    ],
)
def test_left_counts_down_and_then_up(wait: timedelta, read: str) -> None:
    """Under two days a running clock, from then on days and hours; past the time, by how much."""
    assert left(NOW + wait, NOW, ZH) == read
