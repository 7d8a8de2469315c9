"""Cantonese read in Mandarin words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.cantonese import LIKELY, SURE, as_mandarin, read_aligned
from knowledge.text import aligned, normalise

WORDS = sorted({*SURE, *LIKELY, "点", "我", "单", "有", "三", "，", "a"})
typed = st.lists(st.sampled_from(WORDS), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("點解張單仲未到", "为什么订单还没到"),
        ("點解我張單仲未到嘅", "为什么我订单还没到的"),
        ("唔想要喇，可唔可以退返啲錢", "不想要了,可不可以退回些钱"),
        ("你哋幾點收工㗎", "你们几点收工"),
        ("部機叉唔到電，點算好", "机器叉不到电,怎么算好"),
        ("搵咗成日都搵唔到個掣", "找了整日都找不到个按钮"),
        ("你哋啲嘢系咪正货，有冇得验", "你们的东西是不是正货,能不能验"),
        ("佢嘅賬戶系統話冇問題", "他的账户系统话没问题"),
        ("嗰張單有兩部機唔啱", "那张单有两部机不对"),
        ("唔好再打嚟", "不要再打来"),
        ("嗰個客幾時覆我？佢話覆診", "那个客什么时候回复我?他说覆诊"),
    ],
)
def test_cantonese_is_read_in_mandarin_words(typed: str, read: str) -> None:
    """Small words are, the longest first; grammar, names and what Mandarin says likewise stay."""
    assert normalise(typed) == read


@pytest.mark.parametrize(
    "text",
    [
        "三点解决",
        "快点解封账号",
        "这一点解释不清",
        "海边度假能带吗",
        "客服好耐心",
        "开头先打个招呼",
        "唔，那个有味道吗",
        "系统一直返回错误，仲裁也未成",
        "户口本丢了",
        "呢子大衣晒了两天",
        "重点在哪，地点呢",
    ],
)
def test_mandarin_stays_as_it_is(text: str) -> None:
    """What Mandarin writes as well is only read where the text is surely Cantonese."""
    assert as_mandarin(text) == text


def test_every_word_is_read() -> None:
    """Each by itself, in a text that is surely Cantonese, unless its neighbours must agree."""
    for word, said in {**SURE, **LIKELY}.items():
        read = as_mandarin(f"佢{word}我") if word in LIKELY else as_mandarin(f"{word}我")
        assert word not in read or word in said or word in {"系", "话", "成", "蚊", "呢", "度", "唔好", "晒"}, word


@given(typed)
def test_what_was_read_is_read_no_further(text: str) -> None:
    """The normal form of a normal form is itself."""
    assert normalise(normalise(text)) == normalise(text)


@given(typed)
def test_an_aligned_text_is_read_alike(text: str) -> None:
    """And each part of it leads to where it stood, in order."""
    read, origins = read_aligned(text, range(len(text)))
    assert read == as_mandarin(text)
    assert len(origins) == len(read)
    assert origins == sorted(origins)


def test_a_word_is_shown_where_it_stands() -> None:
    """What is found in the Mandarin reading leads to the whole Cantonese word."""
    text = "我都唔知點解，唔使問喇"
    found = aligned(text)
    start = found.text.index("为什么")
    assert text[slice(*found.span(start, start + 3))] == "點解"
    start = found.text.index("不用")
    assert text[slice(*found.span(start, start + 2))] == "唔使"


def test_nothing_is_read_as_what_is_read_again() -> None:
    """No word stands in what another says, so one pass is enough."""
    surely = re.compile("|".join(map(re.escape, sorted(SURE, key=len, reverse=True))))
    assert [said for said in [*SURE.values(), *LIKELY.values()] if surely.search(said)] == []
