"""The part of a phrasing that the customer said too."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.pages.overlap import overlap


@pytest.mark.parametrize(
    ("variant", "query", "marked"),
    [
        ("三天没动静了", "快递三天没动了", "【三天没动】静了"),
        ("How long does a REFUND take", "refund how long", "【How long】 does a 【REFUND 】take"),
        ("退款", "退 款", "退款"),
        ("the", "th e", "the"),
        ("退款多久到账", "退款多久到账", "【退款多久到账】"),
        ("退款", "", "退款"),
    ],
)
def test_runs_that_agree_are_marked(variant: str, query: str, marked: str) -> None:
    """Two characters in a row, three of Latin script, whatever their case; less is chance."""
    told = "".join(f"【{part.text}】" if part.hit else part.text for part in overlap(variant, query))
    assert told == marked


@given(variant=st.text(max_size=60), query=st.text(max_size=60))
def test_nothing_of_the_phrasing_is_lost(variant: str, query: str) -> None:
    """Put together again it is what was stored, and neighbours differ."""
    parts = overlap(variant, query)
    assert "".join(part.text for part in parts) == variant
    assert all(left.hit != right.hit for left, right in pairwise(parts))
