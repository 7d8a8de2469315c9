"""Spelling: what a customer probably meant to type, told from how people write.

A pinyin keyboard's commonest error is a character that sounds alike: 推货 for 退货, 积芬 for 积分. A language model of
three characters, learnt from the knowledge base's own phrasings and, at a quarter of their weight, from a background of
other desks' (so that a word the base has not is still known for one), says where such a character makes the text much
likelier. Only a character beside which something stands that people rarely write is doubted, and only one that is
written beside its neighbour takes its place; what denies or counts is neither changed nor put in. A Latin word
gives way to the commonest that one slip of the fingers makes of it, if it is written far more often: refnud, refund.

The noisy channel of Kernighan, Church and Gale ("A spelling correction program based on a noisy channel model", 1990);
probabilities are smoothed by Witten and Bell's method C (1991). Latin words: Norvig, "How to write a spelling
corrector" (2007).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray

from index.embedder import LONGEST
from index.lexical import sound, syllable
from knowledge.text import normalise

Codes = NDArray[np.uint64]
Numbers = NDArray[np.float64]
Contexts = tuple[Codes, Numbers, Numbers]  # what stands before, how often, and before how many different characters

SHIPPED = Path(__file__).parent / "spelling.npz"
BACKGROUND = 0.25  # what a run of the background counts, one of the base being 1
COST = 6.5  # nats by which a text must become likelier, a character that is read otherwise
BLURRED = 1.5  # more where the characters sound alike to some ears only: zh/z, ch/c, sh/s, ng/n, l/n
RARE = 20.0  # times that two characters are written together up to which either is doubted
COMMONER = 15  # times that another word is more often written than the one that gives way to it
MOST = 4  # characters of a text that are read otherwise, and no more than every third; one of the shortest
UNSEEN = 3000  # characters thought to be left that no text showed
SHIFT = np.uint64(17)  # bits of a character's code point; the few beyond are one
LAST = np.uint64((1 << 17) - 1)  # what masks a run's last character
KEPT = frozenset("不没未无非别莫勿休否零〇一二两三四五六七八九十百千万亿半")
BEGIN, END = "\x02", "\x03"  # which no normalised text holds
# Words long enough to be told when misspelt, and no part of a code, an address or a compound.
LATIN = re.compile(r"(?<![a-z0-9@_/-])(?<![a-z0-9]\.)[a-z]{4,}(?![a-z0-9@_/-]|\.[a-z0-9])")


@dataclass(frozen=True)
class Writing:
    """How texts are written: runs (n,) of three characters, ascending, how often each, and how often each word."""

    runs: Codes
    counts: Numbers
    words: Counter[str]


class Speller:
    """How the phrasings of a base are written, and the background beside them."""

    def __init__(self, keys: Sequence[str], background: Writing | None = None) -> None:
        """From normalised phrasings; the background is the shipped one unless given."""
        own, others = writing_of(keys), load_background() if background is None else background
        counts = np.concatenate([own.counts, BACKGROUND * others.counts])
        self._runs = _summed(np.concatenate([own.runs, others.runs]), counts)
        self._words = own.words + others.words
        self._commonest = max(self._words.values(), default=0)
        self._pairs = _summed(self._runs[0] & (LAST << SHIFT | LAST), self._runs[1])
        self._characters = _summed(self._pairs[0] & LAST, self._pairs[1])
        self._openings, self._firsts = _contexts(*self._runs), _contexts(*self._pairs)
        self._written = float(self._characters[1].sum())
        alike = defaultdict(list)
        for code in self._characters[0].tolist():
            if _is_doubtful(chr(code)):
                alike[syllable(chr(code))].append(code)
        self._alike = {heard: np.array(codes, np.uint64) for heard, codes in alike.items()}

    def corrected(self, text: str) -> str | None:
        """The text as it was probably meant, normalised.

        None where it stands as well as anything alike, and where an engine would see its two ends alone.
        """
        typed = normalise(text)
        if len(typed) > LONGEST:
            return None
        text = LATIN.sub(lambda word: self._spelt(word[0]), typed)
        codes = _coded(BEGIN + BEGIN + text + END)
        doubtful = np.array([_is_doubtful(chr(code)) for code in codes.tolist()], bool)
        meant = list(text)
        for _ in range(min(MOST, max(1, len(text) // 3))):
            places, others, costs = self._readings(codes, doubtful)
            gains = self._gains(codes, places, others) - costs
            if not len(gains) or gains.max() <= 0:
                break
            best = int(gains.argmax())
            place, other = int(places[best]), others[best]
            codes[place], doubtful[place], meant[place - 2] = other, False, chr(other)
        return found if (found := "".join(meant)) != typed else None

    def _spelt(self, word: str) -> str:
        """The commonest word that one slip makes of it, if next to nobody writes the word itself."""
        if COMMONER * self._words[word] >= self._commonest:
            return word  # without trying every slip, as no word is written so often
        known = {other: self._words[other] for other in _slips_of(word) if other in self._words}
        best = max(known, key=lambda other: (known[other], other), default=word)
        return best if known.get(best, 0) > COMMONER * self._words[word] else word

    def _readings(self, codes: Codes, doubtful: NDArray[np.bool_]) -> tuple[NDArray[np.int64], Codes, Numbers]:
        """What could stand elsewhere: the place, another character there, and what it costs to believe in it."""
        written = _found(self._pairs, codes[:-1] << SHIFT | codes[1:])
        rare = written <= RARE
        places, others, costs = [], [], []
        for place in (2 + np.flatnonzero(doubtful[2:-1] & (rare[1:-1] | rare[2:]))).tolist():
            same, cost = self._alike_to(int(codes[place]))
            known = _found(self._pairs, codes[place - 1] << SHIFT | same) > 0
            known |= _found(self._pairs, same << SHIFT | codes[place + 1]) > 0
            places.append(np.full(int(known.sum()), place))
            others.append(same[known])
            costs.append(cost[known])
        if not places:
            return np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0)
        return np.concatenate(places), np.concatenate(others), np.concatenate(costs)

    def _alike_to(self, code: int) -> tuple[Codes, Numbers]:
        """The characters that sound like one, and what each costs."""
        same = self._alike.get(syllable(chr(code)), np.zeros(0, np.uint64))
        same = same[same != code]
        return same, np.array([COST + BLURRED * (sound(chr(other)) != sound(chr(code))) for other in same.tolist()])

    def _gains(self, codes: Codes, places: NDArray[np.int64], others: Codes) -> Numbers:
        """By how many nats the text is likelier with each of the others in its place."""
        before = np.append(codes, codes[-1])[places[:, None] + np.arange(-2, 3)]
        after = before.copy()
        after[:, 2] = others
        return self._likelihood(after) - self._likelihood(before)

    def _likelihood(self, windows: Codes) -> Numbers:
        """The log probability (n,) of the last three of five characters (n, 5), nothing after the text's end."""
        total = np.zeros(len(windows))
        for first in range(3):
            over = windows[:, first + 1] == ord(END)
            total += np.where(over, 0.0, np.log(self._probability(*windows[:, first : first + 3].T)))
        return total

    def _probability(self, first: Codes, second: Codes, third: Codes) -> Numbers:
        """Of the third character after the first two (n,), falling back on shorter runs as far as these are new."""
        seen = _found(self._characters, third)
        found = (seen + 0.5) / (self._written + 0.5 * (len(self._characters[0]) + UNSEEN))
        pair = second << SHIFT | third
        found = _blended(self._firsts, second, _found(self._pairs, pair), found)
        opening = first << SHIFT | second
        return _blended(self._openings, opening, _found(self._runs, opening << SHIFT | third), found)


@cache
def load_background(path: Path = SHIPPED) -> Writing:
    """How people write, as `save_background` wrote it."""
    with np.load(path) as stored:
        words = stored["words"].tobytes().decode("ascii").split()
        runs = np.cumsum(stored["steps"], dtype=np.uint64)
        return Writing(
            runs, stored["counts"].astype(np.float64), Counter(dict(zip(words, stored["times"].tolist(), strict=True)))
        )


def save_background(path: Path, keys: Sequence[str]) -> None:
    """Count how normalised texts are written; the runs as steps from one to the next, which pack well."""
    found = writing_of(keys)
    words = sorted(found.words)
    np.savez_compressed(
        path,
        steps=np.diff(found.runs, prepend=np.uint64(0)),
        counts=found.counts.astype(np.uint32),
        words=np.frombuffer(" ".join(words).encode("ascii"), np.uint8),
        times=np.array([found.words[word] for word in words], np.uint32),
    )


def writing_of(keys: Iterable[str]) -> Writing:
    """What normalised texts show of it; their ends are characters too.

    A run is one number, its characters' code points one behind the other.
    """
    joined = "".join(f"{BEGIN}{BEGIN}{key}{END}" for key in keys)
    codes = _coded(joined)
    runs = (codes[:-2] << SHIFT | codes[1:-1]) << SHIFT | codes[2:]
    # What runs over a text's end into the next is none.
    return Writing(
        *_summed(runs[(codes[:-2] != ord(END)) & (codes[1:-1] != ord(END))], None), Counter(LATIN.findall(joined))
    )


def _slips_of(word: str) -> Iterator[str]:
    """Every word with a letter less, two swapped, another or one more."""
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        yield from (before + letter + after for letter in ascii_lowercase)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in ascii_lowercase)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


def _summed(keys: Codes, counts: Numbers | None) -> tuple[Codes, Numbers]:
    """The distinct keys, ascending, and the sum of each one's counts; how many there are of it where none is given."""
    known, place = np.unique(keys, return_inverse=True)
    return known, np.bincount(place, counts, len(known)).astype(np.float64)


def _contexts(runs: Codes, counts: Numbers) -> Contexts:
    """What runs begin with, all but their last character."""
    known, begins = np.unique(runs >> SHIFT, return_index=True)
    return known, np.add.reduceat(counts, begins), np.diff(begins, append=len(runs)).astype(np.float64)


def _found(table: tuple[Codes, Numbers], asked: Codes) -> Numbers:
    """The count (n,) of each that was asked for (n,), 0 of what is not in the table."""
    known, counts = table
    places = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[places] == asked, counts[places], 0.0)


def _blended(contexts: Contexts, before: Codes, written: Numbers, shorter: Numbers) -> Numbers:
    """The probability after `before`, from how often that was `written` and what a `shorter` run says."""
    known, times, kinds = contexts
    often, different = _found((known, times), before), _found((known, kinds), before)
    return np.where(often > 0, (written + different * shorter) / np.maximum(often + different, 1e-9), shorter)


def _coded(text: str) -> Codes:
    """Each character as its code point."""
    return np.minimum(np.frombuffer(text.encode("utf-32-le"), np.uint32), LAST).astype(np.uint64)


def _is_doubtful(character: str) -> bool:
    """Whether it is a Chinese character that may be read otherwise, or stand for another."""
    return "\u4e00" <= character <= "\u9fff" and character not in KEPT
