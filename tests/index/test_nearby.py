"""Candidates: the entries worth ranking, by the kernel or, of large knowledge bases, channel by channel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.channels import Channels
from index.contents import Contents
from index.nearby import Nearby
from tests.toy import ToyEmbedder

TEXTS = {"退款啥时候到账": "refund.time", "滤网更换要多久": "filter.change", "发票抬头写错了": "invoice.title"}


def _contents(contents: Contents, by: str) -> Contents:
    """As they are, or as where the ranker's landmarks are fewer than the variants."""
    if by == "kernel":
        return contents
    return replace(contents, ranker=replace(contents.ranker, landmarks=contents.ranker.landmarks[:-1]))


@pytest.mark.parametrize("by", ["kernel", "channel"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_right_entry_is_among_the_nearest(contents: Contents, text: str, by: str) -> None:
    """Of seven entries not all are near; what is named as exact is there in any case; numbers ascend."""
    nearby = Nearby(_contents(contents, by), 2)
    seen = Channels(contents, ToyEmbedder()).see(text)
    found = nearby.entries(seen, []).tolist()
    names = [contents.entries[number].entry.id for number in found]
    assert TEXTS[text] in names
    assert len(found) < len(contents.entries)
    far = next(number for number in range(len(contents.entries)) if number not in found)
    assert nearby.entries(seen, [far]).tolist() == sorted([*found, far])


@pytest.mark.parametrize("by", ["kernel", "channel"])
def test_a_text_with_nothing_in_common_still_has_candidates(contents: Contents, by: str) -> None:
    """What is nearest by vectors comes, whatever it is worth."""
    seen = Channels(contents, ToyEmbedder()).see("魑魅")
    assert len(Nearby(_contents(contents, by), 2).entries(seen, [])) >= 1


def test_more_are_asked_for_than_there_are(contents: Contents) -> None:
    """Then all of them come."""
    seen = Channels(contents, ToyEmbedder()).see("退款")
    assert len(Nearby(contents, 1000).entries(seen, [])) == len(contents.entries)
