"""Character and pinyin n-grams as sparse unit vectors: the lexical channel.

No segmentation dictionary: for Chinese, runs of one to three characters; for Latin words and numbers, the
word and its three- to five-character pieces. A second vocabulary of toneless pinyin syllables (with the
confusions of southern accents folded: zh/z, ch/c, sh/s, ng/n, l/n) finds what a pinyin keyboard mistyped.
Weights are tf-idf with sublinear term frequency; features are hashed, so nothing but the idf is learnt.
Known-answer: the score of a text with itself is 1.0, of two without a shared feature 0.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, pinyin
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

BUCKETS = 2**20
WORD = re.compile(r"[a-z0-9.+#]+|[^\W\d_a-z]", re.UNICODE)
CHANNELS = ("characters", "pinyin")


def character_features(text: str) -> Iterator[str]:
    """Features of a normalised text: character runs of Chinese, words and pieces of the rest."""
    tokens = WORD.findall(text)
    for position, token in enumerate(tokens):
        if len(token) > 1:
            padded = f"^{token}$"
            for size in (3, 4, 5):
                for start in range(len(padded) - size + 1):
                    yield padded[start : start + size]
        for size in (1, 2, 3):
            if position + size <= len(tokens):
                yield "\t".join(tokens[position : position + size])


@lru_cache(maxsize=30_000)
def syllable(character: str) -> str:
    """A character's commonest reading without tone, accents' confusions folded; itself where it has none."""
    sound: str = pinyin(character, style=Style.NORMAL, errors="default")[0][0]
    if sound == character:
        return character
    for confused, kept in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if sound.startswith(confused):
            sound = kept + sound[2:]
    if sound.endswith("ng"):
        sound = sound[:-1]
    return "n" + sound[1:] if sound.startswith("l") else sound


def pinyin_features(text: str) -> Iterator[str]:
    """Runs of two and three syllables of a normalised text."""
    sounds = [syllable(token) if len(token) == 1 else token for token in WORD.findall(text)]
    for size in (2, 3):
        for start in range(len(sounds) - size + 1):
            yield "\t".join(sounds[start : start + size])


ANALYSERS: dict[str, Callable[[str], Iterator[str]]] = {"characters": character_features, "pinyin": pinyin_features}


class Lexical:
    """One channel's vocabulary weights.

    `columns` (sorted, int32) are the hashed features seen at build time and `idf` their weights; a feature
    never seen has the weight `unseen`, so a query of strange words scores low with everything.
    """

    def __init__(self, channel: str, columns: NDArray[np.int32], idf: NDArray[np.float32], unseen: float) -> None:
        self.channel = channel
        self.columns = columns
        self.idf = idf
        self.unseen = unseen
        self._hasher = HashingVectorizer(
            analyzer=ANALYSERS[channel], n_features=BUCKETS, norm=None, alternate_sign=False, dtype=np.float32
        )

    @classmethod
    def fit(cls, channel: str, texts: Sequence[str]) -> Lexical:
        """Learn idf = ln((1 + n) / (1 + df)) + 1 from the normalised texts of a knowledge base."""
        empty = cls(channel, np.zeros(0, np.int32), np.zeros(0, np.float32), 1.0)
        counts = empty._hasher.transform(texts).tocsc() if len(texts) else sparse.csc_matrix((0, BUCKETS), dtype=np.float32)
        frequency = np.diff(counts.indptr)
        columns = np.flatnonzero(frequency).astype(np.int32)
        idf = np.log((1 + len(texts)) / (1 + frequency[columns])) + 1
        return cls(channel, columns, idf.astype(np.float32), float(np.log(1 + len(texts)) + 1))

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """(len(texts), len(columns)) unit rows; unseen features count in the length, and are left out after."""
        counts = self._hasher.transform(texts)
        counts.data = 1 + np.log(counts.data)
        place = np.searchsorted(self.columns, counts.indices)
        known = place < len(self.columns)
        known[known] = self.columns[place[known]] == counts.indices[known]
        weights = np.full(len(place), self.unseen, np.float32)
        weights[known] = self.idf[place[known]]
        counts.data *= weights
        counts = normalize(counts, copy=False)
        rows = np.repeat(np.arange(len(texts), dtype=np.int32), np.diff(counts.indptr))[known]
        return sparse.csr_matrix((counts.data[known], (rows, place[known])), shape=(len(texts), len(self.columns)), dtype=np.float32)
