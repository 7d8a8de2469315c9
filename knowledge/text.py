"""The one normalisation that stored and live text go through before they are compared.

It serves matching only: what is shown is never altered. Steps: lone surrogates out, NFKC (full and half
width, ligatures), lower case, Traditional to Simplified, variant characters, Cantonese in Mandarin words, invisible and
control characters, emoji, runs of punctuation and white space.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import opencc

from knowledge.cantonese import as_mandarin, read_aligned

# Characters customers type for others by shape or fashion; OpenCC leaves them, as they are no script variants.
VARIANT_CHARACTERS = str.maketrans(
    {
        "旳": "的",
        "菿": "到",
        "莪": "我",
        "沵": "你",
        "侽": "男",
        "囡": "女",
        "咑": "打",
        "吥": "不",
        "媞": "是",
        "妳": "你",
        "枱": "台",
    }
)
INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
# Pictographs carry mood, not matter; keycap digits and letters have become plain ones by NFKC.
EMOJI = re.compile(r"[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\U0001f000-\U0001faff]")
REMEMBERED = 256  # characters up to which a text's form is remembered: queries and phrasings, not documents
REPEATED = re.compile(r"([^\w\s])\1+")
STRETCHED = re.compile(r"([^\W\d_])\1{3,}")
SPACES = re.compile(r"\s+")
BETWEEN_CJK = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
CJK = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1)
def _complicator() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def simplified(text: str) -> str:
    """The text in Simplified characters; of a Simplified one, itself."""
    return str(_simplifier().convert(text))


def traditional(text: str) -> str:
    """The text in Traditional characters; of a Traditional one, itself."""
    return str(_complicator().convert(text))


def encodable(text: str) -> str:
    """The text without lone surrogates and NUL, which no embedder accepts."""
    return "".join(character for character in text if not "\ud800" <= character <= "\udfff" and character != "\0")


def normalise(text: str) -> str:
    """The form in which texts are compared; idempotent, may be empty (emoji only)."""
    return _remembered(text) if len(text) <= REMEMBERED else _normalised(text)


@lru_cache(maxsize=4096)
def _remembered(text: str) -> str:
    # On its way to an answer a query is normalised by everyone who looks at it, seven times.
    return _normalised(text)


def _normalised(text: str) -> str:
    text = as_mandarin(_fold(text))
    # Conversion or removal can bring together what the next pass would fold once more (NFKC is not closed under them).
    for _ in range(3):
        again = as_mandarin(_fold(text))
        if again == text:
            break
        text = again
    return text


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", encodable(text)).lower()
    text = _simplifier().convert(text).translate(VARIANT_CHARACTERS)
    text = INVISIBLE.sub("", text)
    text = EMOJI.sub(" ", text)
    text = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
    text = REPEATED.sub(r"\1", text)
    text = STRETCHED.sub(r"\1\1\1", text)
    text = SPACES.sub(" ", text).strip()
    return BETWEEN_CJK.sub("", text)


def is_cjk(text: str) -> bool:
    """Whether the text holds at least one Chinese character."""
    return CJK.search(text) is not None


@dataclass(frozen=True, slots=True)
class Aligned:
    """A folded text that knows from where in the original each of its characters came."""

    text: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end (exclusive) in the original of a part, at least one character long, of the folded text."""
        return self.origins[start], self.origins[end - 1] + 1


def aligned(text: str) -> Aligned:
    """The text folded character by character, so that what is found in it can be shown where it stands.

    It differs from the normal form only where that brings several characters together: repeated and stretched ones
    stay. White space between words is one space.
    """
    characters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        folded = " " if character.isspace() else _folded(character)
        if folded == " " and characters[-1:] == [" "]:
            continue
        characters += folded
        origins += [place] * len(folded)
    read, places = read_aligned("".join(characters), origins)
    return Aligned(read, tuple(places))


@lru_cache(maxsize=2**14)
def _folded(character: str) -> str:
    return _fold(character)
