"""near-duplicate-variants."""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lint.rules.near_duplicate_variants import Phrasing, character_pairs, nearest, prefix_of
from tests.knowledge.lint.packs import found, make_entry

RULE = "near-duplicate-variants"


def test_a_particle_makes_no_difference() -> None:
    """Ten of eleven character pairs are shared: a warning on the later entry."""
    one = make_entry("a.one", variants=("退款大概多久能到我账上呢",))
    two = make_entry("b.two", variants=("退款大概多久能到我账上",))
    assert found(RULE, one, two) == [
        (
            "warning",
            "variants[0]",
            '"退款大概多久能到我账上" is nearly "退款大概多久能到我账上呢" of a.one (score 0.91): '
            "write in what tells them apart, or delete one",
        )
    ]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("退款大概多久能到我账上", "退款过了一周还没到我账上"),
        ("净化器的说明书不见了怎么办呀请问", "水壶的说明书不见了怎么办呀请问"),
        ("我想买10个有没有什么优惠可以给我", "我想买100个有没有什么优惠可以给我"),
        ("退款大概多久能到我账上", "退款大概多久能到我账上"),
    ],
)
def test_what_tells_them_apart_is_let_through(one: str, two: str) -> None:
    """Other words, another product, another figure; and exact ones are another rule's matter."""
    assert found(RULE, make_entry("a.one", variants=(one,)), make_entry("b.two", variants=(two,))) == []


def test_punctuation_does_not_count() -> None:
    """Matching keeps a single mark, so this is no exact duplicate, yet nothing tells the two apart."""
    entries = make_entry("a.one", variants=("退款多久到",)), make_entry("b.two", variants=("退款，多久到？",))
    assert "score 1.00" in found(RULE, *entries)[0][2]


def test_within_an_entry_variants_may_be_alike() -> None:
    """Only other entries can be confused."""
    assert found(RULE, make_entry(variants=("退款大概多久能到我账上", "退款大概多久能到我账上呢"))) == []


def test_the_score_is_an_option() -> None:
    """A lower one finds more."""
    entries = (
        make_entry("a.one", variants=("接电话第一句怎么说",)),
        make_entry("b.two", variants=("回访电话第一句怎么说",)),
    )
    assert found(RULE, *entries) == []
    assert len(found(RULE, *entries, near_duplicate_score=0.7)) == 1


@given(st.lists(st.text("退款多久到账", min_size=1, max_size=8), min_size=2, max_size=12, unique=True))
def test_the_filter_misses_nothing(texts: list[str]) -> None:
    """The index finds the same phrasings as comparing every pair does."""
    counts = Counter(pair for text in texts for pair in character_pairs(text))
    phrasings = [
        Phrasing(str(number), "title", text, text, pairs, prefix_of(pairs, counts, 0.6), frozenset())
        for number, text in enumerate(texts)
        if (pairs := character_pairs(text))
    ]

    def jaccard(one: str, two: str) -> float:
        left, right = character_pairs(one), character_pairs(two)
        return len(left & right) / len(left | right)

    expected = {
        later for number, later in enumerate(texts) if any(jaccard(later, earlier) >= 0.6 for earlier in texts[:number])
    }
    assert {phrasing.text for phrasing, _, _ in nearest(phrasings, 0.6)} == expected


@pytest.mark.timeout(60)
def test_six_thousand_variants_are_quick() -> None:
    """Also when all are made of the same few characters, where every pair of them is frequent."""
    random.seed(3)
    entries = [
        make_entry(
            f"load.e{number}",
            variants=tuple(
                "".join(random.choices("退款多久到账没快递怎么还不来我的订单能取消吗地址改一下发票", k=14))
                for _ in range(30)
            ),
        )
        for number in range(200)
    ]
    begin = time.perf_counter()
    found(RULE, *entries)
    assert time.perf_counter() - begin < 10
