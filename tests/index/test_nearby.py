"""Candidates: the entries worth ranking, by the kernel or, of large knowledge bases, channel by channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from index import nearby as module
from index.channels import Channels, Seen
from index.contents import Contents
from index.nearby import FEW, Mask, Nearby
from tests.toy import ToyEmbedder

TEXTS = {"退款啥时候到账": "refund.time", "滤网更换要多久": "filter.change", "发票抬头写错了": "invoice.title"}


def _contents(contents: Contents, by: str) -> Contents:
    """As they are, or as where the ranker's landmarks are fewer than the variants."""
    if by == "kernel":
        return contents
    return replace(contents, ranker=replace(contents.ranker, landmarks=contents.ranker.landmarks[:-1]))


def _nearby(contents: Contents, nearest: int) -> Nearby:
    return Nearby(contents, {part: index.rows() for part, index in contents.dense.items()}, nearest)


def _entries(nearby: Nearby, seen: Seen, exact: Sequence[int] = (), mask: Mask | None = None) -> list[int]:
    found: list[int] = nearby.entries(seen, nearby.variants(seen), exact, mask).tolist()
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


@pytest.mark.parametrize("by", ["kernel", "channel"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_mask_that_leaves_none_of_the_nearest_is_searched_for_itself(contents: Contents, text: str, by: str) -> None:
    """What is in the mask comes, however far it is; what is not never does, but for those nearest of all."""
    nearby = _nearby(_contents(contents, by), 2)
    seen = Channels(contents, ToyEmbedder()).see(text)
    near = _entries(nearby, seen)
    mask = np.ones(len(contents.entries), bool)
    mask[near] = False
    found = _entries(nearby, seen, mask=mask)
    assert found and mask[found].all()
    assert len(found) == (2 if by == "kernel" else mask.sum())
    assert _entries(nearby, seen, found[-1:], mask) == found
    assert _entries(nearby, seen, mask=~mask) == near
    assert _entries(nearby, seen, mask=np.zeros_like(mask)) == []


def test_where_the_mask_leaves_enough_of_the_nearest_these_do(
    contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searched channel by channel; the rest of what it has is not looked at."""
    nearby = _nearby(_contents(contents, "channel"), 8)
    seen = Channels(contents, ToyEmbedder()).see("账号发票")
    near = _entries(nearby, seen)
    mask = np.ones(len(contents.entries), bool)
    mask[near[0]] = False
    assert 2 <= len(near) < len(contents.entries) - 1 < FEW
    assert _entries(nearby, seen, mask=mask) == np.flatnonzero(mask).tolist()
    monkeypatch.setattr(module, "FEW", len(near) - 1)
    assert _entries(nearby, seen, mask=mask) == near[1:]


def test_the_nearest_in_a_mask_are_the_best_of_it(contents: Contents) -> None:
    """Of six entries the two with the highest kernel values, as numbers ascending."""
    seen = Channels(contents, ToyEmbedder()).see("退款啥时候到账")
    mask = np.array([approved.entry.id != "refund.time" for approved in contents.entries])
    best = np.array([seen.values[0, contents.owner == number].max() for number in range(len(mask))])
    wanted = sorted(sorted(np.flatnonzero(mask), key=lambda number: -best[number])[:2])
    assert _entries(_nearby(contents, 2), seen, mask=mask) == wanted


def test_more_are_asked_for_than_there_are(contents: Contents) -> None:
    """Then all of them come."""
    seen = Channels(contents, ToyEmbedder()).see("退款")
    assert len(_entries(_nearby(contents, 1000), seen)) == len(contents.entries)


def test_where_every_variant_is_a_landmark_nothing_is_amended(contents: Contents) -> None:
    """The regression has seen them all; where it has not, what it lacks near a text is given to the right entry."""
    seen = Channels(contents, ToyEmbedder()).see("发票抬头写错了")
    exact = _nearby(contents, 8)
    assert len(exact.variants(seen)) == 0
    assert not exact.amends(seen, exact.variants(seen)).any()
    fewer = _contents(contents, "channel")
    left = np.ones(len(contents.owner), np.float32)
    nearby = _nearby(replace(fewer, ranker=replace(fewer.ranker, left=left)), 8)
    found = nearby.amends(seen, nearby.variants(seen))
    assert contents.entries[int(found.argmax())].entry.id == "invoice.title"
    assert found.min() >= 0
