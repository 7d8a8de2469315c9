"""mojibake: texts came through their files and tools unharmed.

Errors anywhere: the replacement character U+FFFD, UTF-8 read as Latin-1 (Ã©) or as GBK (鐢ㄦ埛, 锟斤拷), pinyin put in
by a font converter (務(wù)). Traditional and Martian characters (旳 冇 吋) are what customers type and fine in
variants; in a Chinese title, reply or fact they are a warning.

PASS:
    title: 怎么联系客服
    variants: [怎麼聯絡客服, 客服旳电话]

FAIL:
    title: 怎么联系客服旳服務(wù)
    variants: [cafÃ© 订单, 客服电话是锟斤拷]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from knowledge.lint.context import Context, Text
from knowledge.lint.finding import Finding
from knowledge.text import CJK, normalise

RULE = "mojibake"

LATIN = re.compile(r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]{2,}")
GBK = re.compile(r"锟斤拷|烫烫烫|屯屯屯")
CHINESE = re.compile(r"[\u3100-\u9fff\ue000-\uf8ff€]{3,}")
PINYIN = re.compile(r"[\u3400-\u9fff][(（][a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*[)）]")
# Typed for others by shape or sound, and left by the normalisation, as they are words too: 吋 is an inch.
RESIDUE = {"吋": "时", "哋": "的"}


def check(context: Context) -> Iterator[Finding]:
    """At most one finding of each severity for each text."""
    for text in context.texts:
        if (damage := _damage(text.value)) is not None:
            message = f'"{damage}" is damaged: type it again'
            yield Finding(RULE, "error", text.entry_id, text.field, message)
        elif odd := _odd_characters(text):
            message = f"{'、'.join(odd)}: write {'、'.join(_plain(character) for character in odd)}"
            yield Finding(RULE, "warning", text.entry_id, text.field, message)


def _damage(text: str) -> str | None:
    if "\ufffd" in text:
        return "\ufffd"
    for pattern in (GBK, PINYIN):
        if (found := pattern.search(text)) is not None:
            return found[0]
    for pattern, codecs in ((LATIN, ("cp1252", "latin-1")), (CHINESE, ("gb18030",))):
        for found in pattern.finditer(text):
            if any(_is_misread(found[0], codec) for codec in codecs):
                return found[0]
    return None


def _is_misread(run: str, codec: str) -> bool:
    """Whether the run's bytes in the codec are UTF-8, as they are only when it was read wrongly."""
    try:
        return len(run.encode(codec).decode("utf-8")) < len(run)
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False


def _odd_characters(text: Text) -> list[str]:
    if text.part == "variant" or text.language != "zh":
        return []
    return [character for character in dict.fromkeys(text.value) if _plain(character) != character]


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    """The character that a reply has in its place; any but a Chinese one is left."""
    return RESIDUE.get(character, normalise(character)) if CJK.match(character) else character
