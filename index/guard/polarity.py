"""What a text negates and what it affirms, in Chinese and English.

A-not-A questions, idioms and endings that only sound like a negation (不错, 来不及) are neither.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Neither yes nor no: A-not-A, idioms, and 不 or 没 as a question's last word.
NO_POLARITY = re.compile(
    r"([\u4e00-\u9fff])[不没]\1|([\u4e00-\u9fff]{2})[不没]\2|有没有|不是不|不会不|不能不|不可能不|没有不|不得不|无不|"
    r"不错|不过|没错|不好意思|不一样|不一定|不然|差不多|不小心|没关系|没事|没问题|不客气|不同|不仅|不但|不管|不论|不如|"
    r"不止|不少|不久|不足|对不起|了不起|[来赶]不及|不知道|不晓得|不清楚|不懂|不明白|搞不|弄不|看不|无理由|无条件|无线|无缘无故|"
    r"无所谓|无论|无[效痕忧奈聊语]|不锈钢|不[停断敢由妨愧止至]|不行|不对|动不动|不怎么|说不定|不得了|受不了|不耐烦|不[就也都又]|"
    r"不会是|不会又|该不会|莫名|不[是为]|不[够太]|没办法|没辙|没[谁啥用人]|别[人的家墅处名致]|[特区分级个性识告类派]别|未[来必成满]|"
    r"能不(?!能)|要不|[不没]有?(?=$|[\s,.。?!:;、~…吗呀啊呢哦嘛])"
)
# 充不进, 退不了: the verb before is what fails; 登得上 is 登上.
FAILS = re.compile(r"([\u4e00-\u9fff])不([了到上进出下开掉起来去着成住完通满及过])")
SUCCEEDS = re.compile(r"([\u4e00-\u9fff])得([了到上进出下开掉起着成住完通满过])")
DENIES = re.compile(
    r"(还不能?|不[能会让给]|不可以|没有|无法|没法|[不没别无未勿甭])"
    r"(?:可以|愿意|打算|准备|需要|想要|允许|应该|[能会想要给让再敢肯必需被把我你您们去来]|用(?=[\u4e00-\u9fff]{2}))*+"
    r"([\u4e00-\u9fff]{0,2})"
)
VERBS = frozenset("退换充发收买修寄送响亮转登连付拆签催漏坏洗赔降改丢放")
# What did not come about or does not work; the other negators also refuse (不想退, 别取消).
HAPPENED_NOT = frozenset(
    ["没", "没有", "未", "无法", "没法", "还不", "还不能", "不能", "不会", "不让", "不给", "不可以"]
)
# Whoever asks how or when it works does not say that it does.
ASKS = re.compile(
    r"怎[么样]|如何|咋|什么时候|啥时|何时|几时|多久|多长|几天|为什么|为啥|为何|哪|原因|"
    r" (?:how|when|where|what|why|who) "
)
# Verbs of one character within nouns and other words.
NOUNS = re.compile(
    r"发[票现]|收[货件]?[人款据]|收货地|充电[宝盒器头座口线]|买家|转换|修改|发给|连[着续]|改天|送[到给]|登录页|付款"
)
# Characters that no word worth negating holds.
HOLLOW = frozenset(
    "从同全自再为可能时了的吗呢啊吧在就都也和是我你您他她它们这那有没不啥什么怎么个一过着得还又才很太给把被让用能会可要去来"
)
ENGLISH_DENIES = re.compile(
    r"\b(?:(why )?(?:(?:do|does|did|is|are|was|were|wo|would|could|should|has|have|had|ca)n['’]?t|cannot|can not)"
    r"( (?:i|you|we|they|he|she|it)\b)?|not|never|without|no)"
    r"((?: (?:i|you|we|they|it|a|an|to|be|been|being|get|got|yet|even|really|have|any|that|able|want|need|me|us)\b)*)"
    r"( (?:the|my|your|this))? ([a-z]+)(?: [a-z]+)?"
)
PLEA = re.compile(r"(?:^|please|[,.;!])\s*$")
ENGLISH_HOLLOW = frozenset(
    re.findall("[a-z]+", "in on at of for what how when why where as so too here there more much only just with")
)
ENGLISH_IDIOM = re.compile(
    r"\b(?:no problem|no longer|no matter|not only|not sure|no one|why not|or not|no way|no idea)\b"
)
WORD = re.compile(r"[a-z]+")
ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s|e)$")


class Polarity(NamedTuple):
    """`negated` stems bear their negator (不退, 没收到, " not return "); `affirmed` is the text without them.

    `verbs` are the verbs of one character that are affirmed: apart, for as characters they stand in nouns, too (发票).
    """

    negated: frozenset[str]
    affirmed: str
    verbs: frozenset[str]


def polarity_of(text: str) -> Polarity:
    negated: set[str] = set()
    text = NO_POLARITY.sub("_", SUCCEEDS.sub(r"\1\2", text))

    def failed(match: re.Match[str]) -> str:
        if match[1] not in VERBS:
            return match[0]
        negated.update({f"不{match[1]}"} | ({f"不{match[1]}{match[2]}"} if match[2] != "了" else set()))
        return "_"

    def denied(match: re.Match[str]) -> str:
        negator = "没" if match[1] in HAPPENED_NOT else "不"
        stem = match[2]
        if len(stem) == 2 and not HOLLOW.intersection(stem) and (stem[0] != "到" or stem[1] in "账帐货"):
            negated.add(negator + stem)
        if stem[:1] in VERBS:
            negated.add(negator + stem[0])
        return "_"

    text = DENIES.sub(denied, FAILS.sub(failed, text))
    if WORD.search(text):
        text = _english(text, negated)
    return Polarity(frozenset(negated), text, VERBS.intersection(NOUNS.sub("_", text)))


def _english(text: str, negated: set[str]) -> str:
    """The text in stems between spaces; what an n't or a not governs goes, and its first word is negated."""

    def denied(match: re.Match[str]) -> str:
        if match[2] and not match[1]:
            return match[0]  # can't you …? asks, and denies nothing
        stem = _stem(match[5])
        if not match[4] and match[5] not in ENGLISH_HOLLOW:
            negated.add(f" not {stem} " if _refuses(text[: match.start()], match) else f" no {stem} ")
        return " _ "

    text = ENGLISH_DENIES.sub(denied, ENGLISH_IDIOM.sub("_", text))
    return WORD.sub(lambda match: f" {_stem(match[0])} ", text)


def _refuses(before: str, match: re.Match[str]) -> bool:
    """I don't want to return it, please don't cancel: no tale of what failed."""
    return "want" in match[3] or "need" in match[3] or (match[0].startswith("do") and PLEA.search(before) is not None)


def _stem(word: str) -> str:
    return ENDING.sub("", word)
