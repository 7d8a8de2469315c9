"""Slips of optical character recognition, set right only where the neighbours leave no doubt.

Two kinds. A character that no Mandarin manual uses (冇 in a text that is not Cantonese, 屮) stands for the one it looks
like wherever it stands, except in the words that do use it. A character that has uses of its own (木, 捉, 耍) is set right
only beside the neighbours listed with it, where it makes no word and its look-alike does. Everything else is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from knowledge.formats.documents.blocks import Block, Cleaned, mended
from knowledge.text import CJK, simplified

CANTONESE: Final = re.compile(r"[嘅咗喺嗰啲佢哋嚟冚]")
LEAST_CANTONESE: Final = 3
# Slip, what it stands for; the neighbours that show it is none (before, after).
STRANGERS: Final = (
    ("冇", "有", "", ""),
    ("吋", "时", r"[\d一二三四五六七八九十寸英两几]", ""),
    ("屮", "中", "", ""),
    ("冃", "目", "", ""),
    ("冋", "回", "", ""),
    ("讣", "让", "", "[告文闻]"),
    ("丿", "了", "", ""),
)
# Slip, what it stands for; the neighbours that show it is one (before, after), either of the pairs.
LOOK_ALIKES: Final[tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]] = (
    (
        "木",
        "本",
        (
            ("", "(?:规范|公司|服务|部门|岗位|标准|企业|店|人员|单位|制度|办法|手册|流程)"),
            ("(?:登记|记录|笔记|记事)", r"(?=[上中里内，。、；]|$)"),
        ),
    ),
    ("捉", "提", (("", "(?:出|供|高|示|前|醒|交|倡|升|问|纲|议|取|及|货)"), ("(?:所|客户|用户|顾客)", "(?=的)"))),
    (
        "耍",
        "要",
        (
            ("", "求"),
            ("(?:需|必|主|重|不|只|就|都|应|还|想|定|务必|表现)", "(?!赖|弄|态度|脾气|滑|花招|大牌|小聪明)"),
            ("(?:记录|规范|话)", "(?=规范|记录|清|简|及时)"),
        ),
    ),
    ("口", "自", (("", "己"),)),
    ("白", "自", (("", "己"),)),
    ("八", "人", (("(?:客|本|专|个|某|任何|工作)", r"(?![\d点月日折号个年成])"),)),
    ("川", "用", (("(?:使|应|采|专|常|通|费|选|运|作|利|适)", ""), ("", "(?:语|户|途|法|心)(?!川)"))),
    ("人", "大", (("", "(?=声(?:喧哗|喧闹|说话|喊叫|叫嚷|吵闹))"),)),
    ("叶", "吐", (("", "(?=字(?:清|明|要|准))"),)),
    ("悄", "情", (("(?:热|感|心|表|详|事)", "(?!悄)"),)),
    ("巒", "督", (("(?:监)", ""),)),
    ("峦", "督", (("(?:监)", ""),)),
    ("儿", "几", (("(?:打|有|过|前|后|最近)", "(?=(?:通|个|次|天(?!气)|分钟|位|种|项|小时)(?!子))"),)),
    ("入", "人", (("", "(?:员)"), ("(?:客|本|专|工作)", "(?=[，。、；的])"))),
    ("末", "未", (("", "(?:处理|解决|及时|收到|发货|付款|接通|回复|答复|能|经)"),)),
    ("己", "已", (("(?<!自)", "(?:经|将|为您|登记|记录|收到|提交|发货|处理)"),)),
    ("曰", "日", (((r"\d"), ""),)),
    ("白", "日", (("(?:工作)", "(?=[内，。、；]|之内|以内)"),)),
)
DIGITS: Final = re.compile(r"(?<=\d)[OoＯ]+(?=[\d%年月日元]|$)|(?<=\d)[lI|](?=\d)")
TWINS: Final = {"o": "0", "l": "1", "i": "1", "|": "1", "ｏ": "0"}


def _rules() -> list[tuple[re.Pattern[str], str]]:
    rules = []
    for slip, meant, before, after in STRANGERS:
        guard = (f"(?<!{before})" if before else "") + slip + (f"(?!{after})" if after else "")
        rules.append((re.compile(guard), meant))
    for slip, meant, contexts in LOOK_ALIKES:
        rules += [(re.compile(f"({before}){slip}({after})"), rf"\g<1>{meant}\g<2>") for before, after in contexts]
    return rules


RULES: Final = _rules()


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Every slip that is surely one; nothing in a Cantonese text, and no Traditional one among Simplified."""
    text = "".join(block.text for block in blocks)
    if len(CANTONESE.findall(text)) >= LEAST_CANTONESE:
        return Cleaned(list(blocks), [])
    strays = _strays(text)

    def mend(text: str) -> tuple[str, int]:
        count = 0
        for pattern, meant in RULES:
            text, found = pattern.subn(meant, text)
            count += found
        text, found = DIGITS.subn(lambda match: "".join(TWINS[one.lower()] for one in match[0]), text)
        kept = "".join(simplified(character) if character in strays else character for character in text)
        return kept, count + found + sum(one != other for one, other in zip(text, kept, strict=True))

    return mended(blocks, "ocr", mend)


def _strays(text: str) -> frozenset[str]:
    """Traditional characters that stand singly in a Simplified text: 來 among hundreds of Simplified ones."""
    chinese = CJK.findall(text)
    odd = [character for character in chinese if simplified(character) != character]
    return frozenset(odd) if odd and len(odd) <= len(chinese) / 100 else frozenset()
