"""Texts in every channel: embedded once, remembered for a while, the same whoever else asks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from index.channels import Channels
from index.contents import Contents
from tests.toy import ToyEmbedder


def test_a_text_is_embedded_once_as_long_as_it_is_remembered(
    contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks again shares the embedding; the least recently seen text is forgotten first."""
    monkeypatch.setattr("index.channels.REMEMBERED", 2)
    embedder = ToyEmbedder()
    channels = Channels(contents, embedder)
    channels.see("退款")
    channels.see("退款")
    channels.see("发票")
    channels.see("退款😀")
    channels.see("滤网")
    assert embedder.encoded == ["退款", "发票", "滤网"]
    channels.see("退款")
    channels.see("发票")
    assert embedder.encoded == ["退款", "发票", "滤网", "发票"]


def test_long_texts_that_begin_and_end_alike_are_not_mixed_up(contents: Contents) -> None:
    """The embedder sees the same two ends of both, yet the lexical channel does not, whichever came first."""
    head, tail = "甲乙丙丁" * 75, "子丑寅卯" * 75
    one, other = head + "退款到账多久" + tail, head + "滤网更换多久" + tail
    channels = Channels(contents, ToyEmbedder())
    first = channels.see(one).values
    assert not np.array_equal(first, channels.see(other).values)
    assert np.array_equal(channels.see(other).values, Channels(contents, ToyEmbedder()).see(other).values)


def test_the_same_text_has_the_same_values_whatever_stands_beside_it(contents: Contents) -> None:
    """To the last digit, alone or in a full batch at any place: confidence must not depend on who else asks."""
    channels = Channels(contents, ToyEmbedder())
    texts = [
        (query, query) for query in ("退款多久", "发票抬头", "滤网更换", "外壳清洗", "客服电话", "优惠", "保修", "换货")
    ]
    together = channels._look_at(texts)
    for place, one in enumerate(texts):
        turned = texts[place:] + texts[:place]
        for other in (channels._look_at([one])[0], channels._look_at(turned)[0]):
            assert np.array_equal(other.values, together[place].values)
            assert np.array_equal(other.examples, together[place].examples)


def test_without_triggers_there_are_no_examples(contents: Contents) -> None:
    """Their kernel values are a row of nothing."""
    assert Channels(replace(contents, triggers=None), ToyEmbedder()).see("退款").examples.shape == (1, 0)
