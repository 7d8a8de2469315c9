"""Candidates: the entries worth ranking, by the kernel or, of large knowledge bases, channel by channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from index.channels import Channels, Seen
from index.contents import Contents
from index.nearby import Nearby
from tests.toy import ToyEmbedder

TEXTS = {"退款啥时候到账": "refund.time", "滤网更换要多久": "filter.change", "发票抬头写错了": "invoice.title"}


def _contents(contents: Contents, by: str) -> Contents:
    """As they are, or as where the ranker's landmarks are fewer than the variants."""
    if by == "kernel":
        return contents
    return replace(contents, ranker=replace(contents.ranker, landmarks=contents.ranker.landmarks[:-1]))


def _nearby(contents: Contents, nearest: int) -> Nearby:
    return Nearby(contents, {part: index.rows() for part, index in contents.dense.items()}, nearest)


def _entries(nearby: Nearby, seen: Seen, exact: Sequence[int] = ()) -> list[int]:
    found: list[int] = nearby.entries(seen, nearby.variants(seen), exact).tolist()
    return found


@pytest.mark.parametrize("by", ["kernel", "channel"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_right_entry_is_among_the_nearest(contents: Contents, text: str, by: str) -> None:
    """Of seven entries not all are near; what is named as exact is there in any case; numbers ascend."""
    nearby = _nearby(_contents(contents, by), 2)
    seen = Channels(contents, ToyEmbedder()).see(text)
    found = _entries(nearby, seen)
    names = [contents.entries[number].entry.id for number in found]
    assert TEXTS[text] in names
    assert len(found) < len(contents.entries)
    far = next(number for number in range(len(contents.entries)) if number not in found)
    assert _entries(nearby, seen, [far]) == sorted([*found, far])


@pytest.mark.parametrize("by", ["kernel", "channel"])
def test_a_text_with_nothing_in_common_still_has_candidates(contents: Contents, by: str) -> None:
    """What is nearest by vectors comes, whatever it is worth."""
    seen = Channels(contents, ToyEmbedder()).see("魑魅")
    assert _entries(_nearby(_contents(contents, by), 2), seen)


def test_more_are_asked_for_than_there_are(contents: Contents) -> None:
    """Then all of them come."""
    seen = Channels(contents, ToyEmbedder()).see("退款")
    assert len(_entries(_nearby(contents, 1000), seen)) == len(contents.entries)


def test_where_every_variant_is_a_landmark_nothing_is_amended(contents: Contents) -> None:
    """The regression has seen them all; where it has not, what it lacks near a text is given to the right entry."""
    seen = Channels(contents, ToyEmbedder()).see("发票抬头写错了")
    exact = _nearby(contents, 8)
    assert not exact.variants(seen).any() and not exact.amends(seen, exact.variants(seen)).any()
    fewer = _contents(contents, "channel")
    left = np.ones(len(contents.owner), np.float32)
    nearby = _nearby(replace(fewer, ranker=replace(fewer.ranker, left=left)), 8)
    found = nearby.amends(seen, nearby.variants(seen))
    assert contents.entries[int(found.argmax())].entry.id == "invoice.title"
    assert found.min() >= 0
