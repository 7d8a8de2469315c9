"""Slips of the keyboard, made for teaching."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import syllable
from index.slips import Slips

TEXTS = ("退货怎么退", "推荐一款腿部按摩仪", "昨末", "where is my order")


def slipped(text: str, times: int = 40) -> set[str]:
    """Everything that came of a text in so many tries."""
    slips, random = Slips(TEXTS), np.random.default_rng(0)
    return {slips.slipped(text, random) for _ in range(times)}


def test_a_character_gives_way_to_one_that_sounds_alike() -> None:
    """退 becomes 推 or 腿, which stand in the texts and sound alike; what has no homophone there stays."""
    assert slipped("退") == {"推", "腿"}
    assert slipped("按摩") == {"按末"}


def test_a_commoner_homophone_is_likelier() -> None:
    """货 stands nine times and 或 once, so of ten times 火 becomes 货 nine; 获, which stands nowhere, stays."""
    slips, random = Slips(("货" * 9, "或", "火")), np.random.default_rng(0)
    found = [slips.slipped("火", random) for _ in range(400)]
    assert set(found) == {"货", "或"}
    assert found.count("货") / 400 == pytest.approx(0.9, abs=0.05)
    assert slips.slipped("获", random) == "获"


def test_a_latin_word_keeps_its_first_letter() -> None:
    """A letter within is lost, doubled, or swapped with the next; words under four letters stay."""
    within = {"oder", "orer", "ordr", "orrder", "ordder", "ordeer", "odrer", "oredr", "ordre"}
    assert slipped("order", 200) == within
    assert slipped("is my") == {"is my"}


@pytest.mark.parametrize("text", ["", "123", "！？", "E2"])
def test_where_nothing_can_slip_the_text_stays(text: str) -> None:
    """Numbers and signs decide what is meant."""
    assert slipped(text) == {text}


@given(st.text("退货怎么腿推 abcdeor1"))
def test_what_slips_sounds_alike_or_differs_by_letters_of_words(text: str) -> None:
    """Chinese keeps its length and syllables; digits and spaces are untouched."""
    found = Slips(TEXTS).slipped(text, np.random.default_rng(1))
    assert [syllable(one) for one in found if one > "z"] == [syllable(one) for one in text if one > "z"]
    assert [one for one in found if one in "1 "] == [one for one in text if one in "1 "]


def test_a_long_text_slips_more_than_once() -> None:
    """One place, and another for each ten that can slip."""
    text = "退" * 11
    found = Slips(TEXTS).slipped(text, np.random.default_rng(0))
    assert sum(one != other for one, other in zip(text, found, strict=True)) == 2
