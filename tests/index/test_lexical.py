"""Character and pinyin n-grams: features, weights and scores known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import CHANNELS, Lexical, character_features, pinyin_features, syllable
from knowledge.text import normalise

STORED = ("退款多久到账", "发票抬头怎么改", "滤网几个月换一次", "r5 洗碗机漏水")


def score(vocabulary: Lexical, one: str, other: str) -> float:
    """The cosine of two normalised texts."""
    rows = vocabulary.transform([one, other]).toarray()
    return float(rows[0] @ rows[1])


def test_chinese_is_cut_into_runs_of_one_to_three_characters() -> None:
    """No dictionary: every character, pair and triple, once for each place."""
    assert sorted(character_features("退款吗")) == sorted(["退", "款", "吗", "退\t款", "款\t吗", "退\t款\t吗"])


def test_words_and_numbers_are_one_token_and_pieces_of_three_to_five() -> None:
    """A Latin word counts whole, with its ends marked in its pieces, so that a typo still shares some."""
    assert sorted(character_features("r5")) == sorted(["r5", "^r5", "r5$", "^r5$"])
    assert list(character_features("a")) == ["a"]
    assert "r5\t漏" in set(character_features("r5 漏水"))


@pytest.mark.parametrize(
    ("character", "sound"),
    [("张", "zan"), ("产", "can"), ("水", "sui"), ("退", "tui"), ("灵", "nin"), ("林", "nin"), ("a", "a"), ("%", "%")],
)
def test_syllables_fold_what_accents_confuse(character: str, sound: str) -> None:
    """zh, ch, sh lose their h, a final ng its g, l becomes n; what has no reading stays itself."""
    assert syllable(character) == sound


def test_pinyin_runs_are_of_two_and_three_syllables() -> None:
    """A single syllable says too little to count."""
    assert sorted(pinyin_features("退款吗")) == sorted(["tui\tkuan", "kuan\tma", "tui\tkuan\tma"])
    assert list(pinyin_features("退")) == []


def test_weights_are_smoothed_inverse_document_frequencies() -> None:
    """ln((1 + n) / (1 + df)) + 1: of two texts, one for what both hold, ln(3/2) + 1 for what one holds."""
    vocabulary = Lexical.fit("characters", ["甲", "甲 乙乙"])
    weights = dict(zip(vocabulary.features, vocabulary.idf.tolist(), strict=True))
    assert weights["甲"] == pytest.approx(1)
    assert weights["乙"] == pytest.approx(math.log(1.5) + 1)
    assert vocabulary.unseen == pytest.approx(math.log(3) + 1)
    assert list(vocabulary.features) == sorted(vocabulary.features)


def test_a_repeated_feature_counts_by_its_logarithm() -> None:
    """乙 twice and 乙乙 once, of equal idf: the weights stand as 1 + ln 2 to 1."""
    vocabulary = Lexical.fit("characters", ["乙乙"])
    row = vocabulary.transform(["乙乙"]).toarray()[0]
    weights = dict(zip(vocabulary.features, row, strict=True))
    assert weights["乙"] / weights["乙\t乙"] == pytest.approx(1 + math.log(2))


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_stored_text_scores_one_with_itself(channel: str) -> None:
    """Known answer: all its features are known, so nothing of its length is lost."""
    vocabulary = Lexical.fit(channel, STORED)
    for text in STORED:
        assert score(vocabulary, text, text) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("channel", CHANNELS)
def test_texts_without_a_shared_feature_score_zero(channel: str) -> None:
    """Known answer: 0.0, not merely little."""
    assert score(Lexical.fit(channel, STORED), STORED[0], STORED[1]) == 0.0


def test_unseen_features_lower_the_score() -> None:
    """More strange words, less score; only strange words, none and no NaN."""
    vocabulary = Lexical.fit("characters", STORED)
    scores = [score(vocabulary, STORED[0], STORED[0] + tail) for tail in ("", "魑", "魑魅", "魑魅魍魉")]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4
    assert vocabulary.transform(["魑魅魍魉", ""]).nnz == 0


def test_the_weight_of_the_unseen_by_hand() -> None:
    """甲 known with idf 1, 乙 and 甲乙 unseen with ln 2 + 1: what is left of 甲 is 1/√(1 + 2(ln 2 + 1)²)."""
    row = Lexical.fit("characters", ["甲"]).transform(["甲乙"]).toarray()
    assert row.tolist() == [[pytest.approx(1 / math.sqrt(1 + 2 * (math.log(2) + 1) ** 2))]]


def test_pinyin_finds_what_a_pinyin_keyboard_mistyped() -> None:
    """退宽 sounds like 退款: the pinyin channel scores 1.0 where the characters share but one of three features."""
    assert score(Lexical.fit("pinyin", ["退款", "发票"]), "退款", "退宽") == pytest.approx(1)
    assert score(Lexical.fit("characters", ["退款", "发票"]), "退款", "退宽") < 0.4


def test_a_vocabulary_is_its_features_and_weights() -> None:
    """Given back what `fit` learnt, it transforms the same: an artefact stores nothing else."""
    learnt = Lexical.fit("characters", STORED)
    again = Lexical("characters", learnt.features, learnt.idf, learnt.unseen)
    texts = ["退款漏水魑魅", *STORED]
    assert np.array_equal(learnt.transform(texts).toarray(), again.transform(texts).toarray())


@given(st.sampled_from(CHANNELS), st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_rows_are_never_longer_than_one(channel: str, texts: list[str]) -> None:
    """Whatever is typed, a row's length is at most 1 and no weight is negative; columns are in order."""
    rows = Lexical.fit(channel, STORED).transform([normalise(text) for text in texts])
    assert rows.shape[0] == len(texts)
    assert np.linalg.norm(rows.toarray(), axis=1).max() <= 1 + 1e-5
    assert rows.nnz == 0 or rows.data.min() > 0
    assert rows.has_sorted_indices
