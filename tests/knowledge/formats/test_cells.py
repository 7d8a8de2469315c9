"""One cell as a value and back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.formats.cells import (
    CHOICES,
    guard,
    read_choice,
    read_date,
    read_list,
    unguard,
    write_choice,
    write_list,
)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("退款几天\n钱多久回来\n", ["退款几天", "钱多久回来"]),
        ("退款几天；钱多久回来", ["退款几天", "钱多久回来"]),
        ("a;b | c｜d", ["a", "b", "c", "d"]),
        ("你好，退款；要多久", ["你好，退款", "要多久"]),
        ("有；分号的一行\n另一行", ["有；分号的一行", "另一行"]),
        ('["a\\nb", "c;d"]', ["a\nb", "c;d"]),
        ('["没写完', ['["没写完']),
        ("  ", []),
    ],
)
def test_a_cell_holds_several_phrasings(text: str, items: list[str]) -> None:
    """Line breaks separate, or where there are none ； ; and |; commas belong to what customers say."""
    assert read_list("variants", text) == items


def test_names_are_separated_by_commas_too() -> None:
    """No tag or product has a comma in it."""
    assert read_list("tags", "退款、到账，物流,售后;x") == ["退款", "到账", "物流", "售后", "x"]


@given(st.sampled_from(["variants", "tags"]), st.lists(st.text(max_size=8) | st.text('a；;|,、\n\r["]\\ ', max_size=6)))
def test_a_list_is_read_as_it_was_written(key: str, items: list[str]) -> None:
    """Whatever its items hold, empty ones and blanks around them included."""
    assert read_list(key, write_list(key, items)) == items


@given(st.text() | st.text("'=+-@\t＝| a", max_size=5))
def test_what_a_spreadsheet_would_run_is_guarded_and_comes_back(text: str) -> None:
    """A guarded text begins with a mark, and is the same again without it."""
    assert unguard(guard(text)) == text
    assert guard(text).lstrip(" ")[:1] not in set("=+-@\t\r\n＝＋－＠|%")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026/11/22",
        "2026年11月22日",
        "2026.11.22",
        "20261122",
        "46348",
        "2026-11-22 08:30:00",
        "2026/11/22 8:30",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    """As editors write it, as spreadsheets do, and as the number that spreadsheets keep."""
    assert read_date(text) == date(2026, 11, 22)


@pytest.mark.parametrize("text", ["11/12/2026", "下周一", "2026-13-01", "22 Nov", "2026", "", "99999999"])
def test_what_leaves_the_day_open_is_none(text: str) -> None:
    """Nobody guesses which number is the month."""
    assert read_date(text) is None


@pytest.mark.parametrize("key", CHOICES)
def test_every_word_for_a_choice_means_one_value(key: str) -> None:
    """In both languages, whatever its case, and no word means two things."""
    for value in CHOICES[key]:
        for language in ("zh", "en"):
            assert read_choice(key, write_choice(key, value, language)) == value
        for word in CHOICES[key][value]:
            assert read_choice(key, f" {word.upper()} ") == value
    assert read_choice(key, "别的") is None
