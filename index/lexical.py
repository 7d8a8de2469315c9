"""Character and pinyin n-grams as sparse unit vectors: the lexical channel.

No segmentation dictionary: for Chinese, runs of one to three characters; for Latin words and numbers, the
word and its three- to five-character pieces. A second vocabulary of toneless pinyin syllables (with the
confusions of southern accents folded: zh/z, ch/c, sh/s, ng/n, l/n) finds what a pinyin keyboard mistyped.
Weights are tf-idf with sublinear term frequency.
Known-answer: the score of a text with itself is 1.0, of two without a shared feature 0.0.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, pinyin
from scipy import sparse

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
def sound(character: str) -> str:
    """A character's commonest reading without tone; itself where it has none."""
    found: str = pinyin(character, style=Style.NORMAL, errors="default")[0][0]
    return found


@lru_cache(maxsize=30_000)
def syllable(character: str) -> str:
    """A character's sound, accents' confusions folded; itself where it has none."""
    heard = sound(character)
    if heard == character:
        return character
    for confused, kept in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if heard.startswith(confused):
            heard = kept + heard[2:]
    if heard.endswith("ng"):
        heard = heard[:-1]
    return "n" + heard[1:] if heard.startswith("l") else heard


def pinyin_features(text: str) -> Iterator[str]:
    """Runs of two and three syllables of a normalised text."""
    sounds = [syllable(token) if len(token) == 1 else token for token in WORD.findall(text)]
    for size in (2, 3):
        for start in range(len(sounds) - size + 1):
            yield "\t".join(sounds[start : start + size])


ANALYSERS: dict[str, Callable[[str], Iterator[str]]] = {"characters": character_features, "pinyin": pinyin_features}


class Lexical:
    """One channel's vocabulary: `features` and their weights `idf`, in the order of the columns.

    A feature that is not in the vocabulary has the weight `unseen`, so a query of strange words scores low with
    everything.
    """

    def __init__(self, channel: str, features: Sequence[str], idf: NDArray[np.float32], unseen: float) -> None:
        self.channel = channel
        self.features = tuple(features)
        self.idf = idf
        self.unseen = unseen
        self._weights = dict(zip(self.features, enumerate(idf.tolist()), strict=True))

    @classmethod
    def fit(cls, channel: str, texts: Sequence[str]) -> Lexical:
        """Learn idf = ln((1 + n) / (1 + df)) + 1 from the normalised texts of a knowledge base."""
        analyse = ANALYSERS[channel]
        frequency = Counter(feature for text in texts for feature in set(analyse(text)))
        features = sorted(frequency)
        idf = np.array([math.log((1 + len(texts)) / (1 + frequency[feature])) + 1 for feature in features], np.float32)
        return cls(channel, features, idf, math.log(1 + len(texts)) + 1)

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """(len(texts), len(features)) unit rows; unknown features count in the length, and are left out after."""
        data: list[float] = []
        columns: list[int] = []
        starts = [0]
        for text in texts:
            known, length = [], 0.0
            for feature, count in Counter(ANALYSERS[self.channel](text)).items():
                column, idf = self._weights.get(feature, (-1, self.unseen))
                weight = (1 + math.log(count)) * idf
                length += weight * weight
                if column >= 0:
                    known.append((column, weight))
            known.sort()
            columns += [column for column, _ in known]
            data += [weight / math.sqrt(length) for _, weight in known]
            starts.append(len(columns))
        shape = (len(texts), len(self.features))
        return sparse.csr_matrix(
            (np.array(data, np.float32), np.array(columns, np.int32), np.array(starts, np.int32)), shape=shape
        )
