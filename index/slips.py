"""Slips of the keyboard, made on purpose: what teaching writes wrongly now and then, as customers do.

A Chinese character gives way to one that sounds alike (a pinyin keyboard's commonest error), and a Latin word loses,
doubles or swaps a letter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from index.lexical import syllable

SHORTEST = 4  # letters of a word that can slip: in shorter ones another word results
SPARSE = 10  # places that can slip to every slip after the first


class Slips:
    """Slips drawn from the characters of `texts`: the commoner a homophone there, the likelier it is taken."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(character for text in texts for character in text if _is_chinese(character))
        alike: dict[str, list[str]] = defaultdict(list)
        for character in sorted(counts):
            alike[syllable(character)].append(character)
        self._others: dict[str, tuple[list[str], np.ndarray]] = {}
        for characters in alike.values():
            for character in characters:
                others = [other for other in characters if other != character]
                if others:
                    shares = np.array([counts[other] for other in others], np.float64)
                    self._others[character] = (others, shares / shares.sum())

    def slipped(self, text: str, random: np.random.Generator) -> str:
        """The text with a slip, a long one with several; itself where nothing in it can slip."""
        places = [place for place in range(len(text)) if text[place] in self._others]
        places += [place for place in range(len(text)) if _inside_word(text, place)]
        if not places:
            return text
        pieces = list(text)
        for place in random.choice(places, 1 + (len(places) - 1) // SPARSE, replace=False):
            if text[place] in self._others:
                others, shares = self._others[text[place]]
                pieces[place] = others[random.choice(len(others), p=shares)]
            else:
                letter, following = text[place], text[place + 1]
                pieces[place] = ("", letter + letter, following + letter)[slip := int(random.integers(3))]
                pieces[place + 1] = "" if slip == 2 else pieces[place + 1]
        return "".join(pieces)


def _is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _inside_word(text: str, place: int) -> bool:
    """Whether a letter at `place` and its successor belong to one Latin word long enough, and it does not begin it."""
    begin, end = place, place
    while begin > 0 and _is_letter(text[begin - 1]):
        begin -= 1
    while end < len(text) and _is_letter(text[end]):
        end += 1
    return begin < place < end - 1 and end - begin >= SHORTEST


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()
