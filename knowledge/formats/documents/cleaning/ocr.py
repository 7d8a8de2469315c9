"""Slips of optical character recognition, set right only where the neighbours leave no doubt.

Two kinds. Some are no Mandarin as they stand: a character that no manual uses (冇 in a text that is not Cantonese, 屮),
but for the words that do use it, and one beside neighbours with which it makes no word (耍 before 求). Others might be
meant, though seldom (木, 末, 川): they are set right only in a text that was recognised, as slips of the first kind show,
and never where they end or begin a word of their own. Everything else is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from knowledge.formats.documents.blocks import Block, Cleaned, mended
from knowledge.text import CJK, simplified

CANTONESE: Final = re.compile(r"[嘅咗喺嗰啲佢哋嚟冚]")
LEAST_CANTONESE: Final = 3
LEAST_SURE: Final = 2  # sure slips by which a text is known to have been recognised
CLAUSE: Final = r"(?:^|[，。、；：？！“”（\s])"
Slip = tuple[str, str, str, str]  # what stands there, what was meant, what stands before it and behind it

SURE: Final[tuple[Slip, ...]] = (
    ("冇", "有", "(?<!有)", ""),
    ("吋", "时", r"(?<![\d一二三四五六七八九十寸英两几])", ""),
    ("屮", "中", "", ""),
    ("冃", "目", "", ""),
    ("冋", "回", "", ""),
    ("讣", "让", "", "(?![告文闻])"),
    ("丿", "了", "", ""),
    ("木", "本", "(?:登记|记录|笔记|记事)", "(?=[上中里内，。、；]|$)"),
    ("捉", "提", "(?<![捕活抓])", "(?:供|示|醒|交|倡|升|纲|议)"),
    ("耍", "要", "(?<!玩)", "求"),
    ("耍", "要", "(?:需|必|主|重|务必)", "(?!赖|弄|滑|花|大牌|大刀|小聪明|流氓)"),
    ("口", "自", "(?<![入出进窗门人])", "己(?!经)"),
    ("白", "自", "(?<![明坦表告])", "己"),
    ("白", "日", "工作", "(?=[内，。、；]|之内|以内)"),
    ("人", "大", "(?:不宜|不得|不可|不要|不能|请勿|切勿)", "(?=声(?:喧哗|喧闹|说话|喊叫|叫嚷|吵闹))"),
    ("悄", "情", "(?:热|感|表|详)", "(?![悄然])"),
    ("巒", "督", "监", ""),
    ("峦", "督", "监", ""),
    ("入", "人", "(?:客服|服务|工作|销售|营业|业务|管理|技术|相关)", "员"),
    ("己", "已", "(?<![自知利克一异舍律守由各为])", "(?:经|将|为您|登记|记录|收到|提交|发货|处理)"),
    ("曰", "日", r"\d", "(?![：:“])"),
)
LIKELY: Final[tuple[Slip, ...]] = (
    (
        "木",
        "本",
        f"(?:{CLAUSE}|在|到|为|向|与|和|按|是|给|定|欢迎来到|欢迎光临|关于|根据|遵守|代表)",
        "(?:规范|公司|服务|部门|岗位|标准|企业|店|人员|单位|制度|办法|手册|流程)",
    ),
    ("捉", "提", "(?<![捕活抓])", "(?:出|高|前|问|取|及|货)"),
    ("捉", "提", "(?:所|客户|用户|顾客)", "(?=的)"),
    (
        "耍",
        "要",
        "(?:不|只|就|都|应|还|想|定|表现)",
        "(?!赖|弄|态度|脾气|滑|花|大牌|大刀|小聪明|心眼|嘴皮|手段|流氓|性子|无赖|威风|得)",
    ),
    ("耍", "要", "(?:记录|规范|话)", "(?=规范|记录|清|简|及时)"),
    ("八", "人", "(?<![乘旅顾游请常])客", r"(?![\d点月日折号个年成名位十百千万亿元块口岁小天])"),
    ("川", "用", "(?:使|应|采|专|常|费|选|运|作|适)", "(?![菜贝渝藏黔西东北南陕剧])"),
    ("川", "用", "(?<![四银利通汶合伊])", "(?:语|户(?!籍)|途|法(?!院)|心)(?!川)"),
    ("叶", "吐", "", "(?=字(?:清|准))"),
    ("悄", "情", "(?:心|事)", "(?![悄然无地])"),
    ("儿", "几", "(?:打|有|过|最近)", "(?=(?:通|个|次|天(?!气)|分钟|位|种|项|小时)(?!子))"),
    ("儿", "几", "[前后]", "(?=(?:通|次|天(?!气)|分钟|位|种|项|小时)(?!子))"),
    ("入", "人", "(?:客|本|专|工作)", "(?=[，。、；的])"),
    (
        "末",
        "未",
        f"(?:{CLAUSE}|[尚仍还暂均并从如若因])",
        "(?:处理|解决|及时|收到|发货|付款|接通|回复|答复|能|经)",
    ),
)
# Between digits; a formula such as H2O ends in its letter.
DIGITS: Final = re.compile(r"(?<=\d)(?<![A-Za-z]\d)[OoＯ]+(?=[\d%年月日元]|$)|(?<=\d)[lI](?=\d)")
TWINS: Final = {"o": "0", "l": "1", "i": "1", "ｏ": "0"}


def _rules(slips: Sequence[Slip]) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(f"({before}){slip}({after})"), rf"\g<1>{meant}\g<2>") for slip, meant, before, after in slips]


SURELY, PROBABLY = _rules(SURE), _rules(LIKELY)


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Every slip that is surely one; nothing in a Cantonese text, and no Traditional one among Simplified."""
    text = "\n".join(block.text for block in blocks)
    if len(CANTONESE.findall(text)) >= LEAST_CANTONESE:
        return Cleaned(list(blocks), [])
    strays = _strays(text)
    recognised = sum(len(pattern.findall(text)) for pattern, _ in SURELY) >= LEAST_SURE
    rules = [*SURELY, *PROBABLY] if recognised else SURELY

    def mend(text: str) -> tuple[str, int]:
        count = 0
        for pattern, meant in rules:
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
