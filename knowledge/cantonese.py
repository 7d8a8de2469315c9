"""Cantonese as it is typed → the same in Mandarin words, for matching only: 點解張單仲未到 → 为什么订单还没到.

A knowledge base is written in Mandarin and encoders know little Cantonese, yet most of what differs are two hundred
small words. What nobody else writes is read so wherever it stands; what Mandarin has too, mostly in another sense (系,
点, 返, 户口), only where the text holds something that is surely Cantonese. Grammar and names are left as they are.

It takes text as normalisation has it by then: Simplified, lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

# What stands before 点 where it is a time, a place or a little: 三点, 早点, 地点, 有点.
_NOT_HOW: Final = "一二两三四五六七八九十几多早晚快慢有差半好钟宜地网观重特热焦站景起终缺优0-9"
_COUNTED: Final = "0-9一二两三四五六七八九十几多每这那哪呢𠮶"  # before a word that counts and does not point

# Word → what it says. Written in Cantonese alone.
SURE: Final[Mapping[str, str]] = {
    # who, what, where, how much
    "佢": "他",
    "哋": "们",
    "乜": "什么",
    "乜嘢": "什么",
    "做乜": "干什么",
    "做乜嘢": "干什么",
    "咩": "什么",
    "咩嘢": "什么",
    "做咩": "干什么",
    "嘢": "东西",
    "点解": "为什么",
    "边度": "哪里",
    "几耐": "多久",
    "好耐": "很久",
    "几多": "多少",
    "几多日": "多少天",
    "屋企": "家里",
    "屋企人": "家人",
    # not, and whether
    "唔": "不",
    "唔使": "不用",
    "唔好": "不要",
    "唔系": "不是",
    "唔识": "不会",
    "识唔识": "会不会",
    "唔见": "丢",
    "唔记得": "忘记",
    "唔得闲": "没空",
    "唔掂": "不行",
    "唔该": "请",
    "唔该晒": "谢谢",
    "好唔好": "好不好",
    "冇": "没",
    "冇得": "不能",
    "有冇": "有没有",
    "有冇得": "能不能",
    "系咪": "是不是",
    "系唔系": "是不是",
    "得唔得": "行不行",
    "使唔使": "要不要",
    # this, that, so (𠮶 is what 嗰 becomes in Simplified)
    "𠮶": "那",
    "𠮶阵": "那时",
    "𠮶度": "那里",
    "𠮶啲": "那些",
    "咁": "这么",
    "咁样": "这样",
    "咁耐": "这么久",
    "噉": "那",
    "噉样": "这样",
    "啲": "些",
    "我啲": "我的",
    "你啲": "你的",
    "佢啲": "他的",
    "哋啲": "们的",
    "有啲": "有点",
    "快啲": "快点",
    "早啲": "早点",
    "迟啲": "晚点",
    "平啲": "便宜点",
    "少少": "一点",
    # when
    "而家": "现在",
    "依家": "现在",
    "琴日": "昨天",
    "寻日": "昨天",
    "听日": "明天",
    "头先": "刚才",
    "啱啱": "刚刚",
    "晏昼": "下午",
    "朝早": "早上",
    # doing and being
    "嘅": "的",
    "咗": "了",
    "喺": "在",
    "喺度": "在",
    "嚟": "来",
    "畀": "给",
    "俾": "给",
    "畀人": "被人",
    "俾人": "被人",
    "畀钱": "付钱",
    "俾钱": "付钱",
    "碌卡": "刷卡",
    "找数": "付款",
    "入数": "到账",
    "帮衬": "光顾",
    "搞掂": "搞定",
    "搵": "找",
    "揾": "找",
    "攞": "拿",
    "睇": "看",
    "谂": "想",
    "揿": "按",
    "撳": "按",
    "掣": "按钮",
    "掟": "扔",
    "悭": "省",
    "嗌": "叫",
    "喐": "动",
    "瞓": "睡",
    "嬲": "生气",
    "攰": "累",
    "嘥": "浪费",
    "冧": "倒",
    "黐": "粘",
    "黐线": "神经病",
    "啱": "对",
    "大镬": "糟糕",
    "叉电": "充电",
    "插苏": "插座",
    "雪柜": "冰箱",
    # said for the tone alone
    "㗎": "",
    "喎": "",
    "㖞": "",
    "啫": "",
    "噃": "",
    "啩": "吧",
}
# The same of what Mandarin writes as well.
LIKELY: Final[Mapping[str, str]] = {
    "点": "怎么",
    "点样": "怎么",
    "系": "是",
    "净系": "只",
    "仲": "还",
    "未": "没",
    "返": "回",
    "话": "说",
    "覆": "回复",
    "同埋": "和",
    "一齐": "一起",
    "边个": "哪个",
    "边间": "哪家",
    "边款": "哪款",
    "边张": "哪张",
    "边部": "哪台",
    "边种": "哪种",
    "边位": "哪位",
    "边日": "哪天",
    "几时": "什么时候",
    "几钱": "多少钱",
    "呢": "这",
    "呢度": "这里",
    "呢排": "最近",
    "度": "这里",
    "成": "整",
    "廿": "二十",
    "蚊": "元",
    "张单": "订单",
    "部机": "机器",
    "件货": "货",
    "户口": "账号",
    "过数": "转账",
    "落单": "下单",
    "落了单": "下了单",
    "落订": "下定金",
    "落来": "下来",
    "落去": "下去",
    "入去": "进去",
    "入来": "进来",
    "入面": "里面",
    "出面": "外面",
    "写低": "写下",
    "速递": "快递",
    "寄费": "运费",
    "执错货": "发错货",
    "夹埋": "合并",
    "著数": "优惠",
    "保养": "保修",
    "质素": "质量",
    "老翻": "假货",
    "老千": "骗子",
    "老细": "老板",
    "铺头": "店",
    "阿头": "领导",
    "话事": "作主",
    "得闲": "有空",
    "细路": "孩子",
    "细路仔": "孩子",
    "机械人": "机器人",
    "手提电脑": "笔记本电脑",
    "尿袋": "充电宝",
    "水煲": "水壶",
    "煲水": "烧水",
    "第日": "改天",
    "第二个": "另一个",
    "一阵": "一会",
    "晒": "",
    "喇": "了",
    "熄": "关",
    "倾": "谈",
    "呃": "骗",
    "拣": "选",
    "嘈": "吵",
    "甩": "掉",
    "跌": "掉",
}
# Word → what must hold where it ends: 点解决 is no 点解, 三点 no question.
_WHERE: Final[Mapping[str, str]] = {
    "点解": rf"(?<![{_NOT_HOW}]点解)(?![决释答开除封脱])",
    "边度": "(?![假过])",
    "头先": "(?<![开那这前口]头先)",
    "好耐": "(?![心用看磨])",
    "唔": r"(?![\W_]|$)",  # else it is a hum
    "唔好": "(?=[再放打叫同意俾畀])",
    "有啲": "(?!嘢)",
    "点": rf"(?<![{_NOT_HOW}]点)(?![\W_钟点头心名击评数子滴半多少儿了的吗呢啊呀么]|$)",
    "张单": f"(?<![{_COUNTED}]张单)(?!据)",
    "部机": f"(?<![{_COUNTED}]部机)(?!械)",
    "件货": f"(?<![{_COUNTED}]件货)",
    "系": "(?<![联关体派维]系)(?![统列数])",
    "仲": "(?![裁介])",
    "返": "(?![现修厂利程])",
    "话": "(?<=[你我他们]话)(?![费题术])",
    "覆": "(?![盖诊述])",
    "呢": "(?=[个张部单件种款句笔只条位次几间份些])",
    "度": "(?<=们度)",
    "成": "(?=[个日晚箱版张套间部])",
    "蚊": "(?<=[十百千万几0-9]蚊)",
    "晒": "(?<![防暴]晒)(?![单图衣太])",
}


class _Reader:
    """Puts each word, the longest that stands at a place, in what it says."""

    def __init__(self, words: Mapping[str, str]) -> None:
        longest = sorted(words, key=lambda word: -len(word))
        self._found = re.compile("|".join(re.escape(word) + _WHERE.get(word, "") for word in longest))
        self._words = words

    def swaps(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end (exclusive) and what is said, of each word in the text."""
        for found in self._found.finditer(text):
            yield found.start(), found.end(), self._words[found[0]]

    def read(self, text: str) -> str:
        """The text with all of them put so."""
        return self._found.sub(lambda found: self._words[found[0]], text)


_surely, _likely = _Reader(SURE), _Reader(LIKELY)


def as_mandarin(text: str) -> str:
    """The text in Mandarin words; one that holds nothing surely Cantonese is returned as it is."""
    sure = _surely.read(text)
    return text if sure == text else _likely.read(sure)


def read_aligned(text: str, origins: Sequence[int]) -> tuple[str, list[int]]:
    """The same of a text whose characters came from `origins`, one each, with those of what it becomes.

    What a word says came from where the word stood: its first character from the word's first, its last from the last.
    """
    sure = _aligned(text, origins, _surely)
    return (text, list(origins)) if sure[0] == text else _aligned(*sure, _likely)


def _aligned(text: str, origins: Sequence[int], reader: _Reader) -> tuple[str, list[int]]:
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for start, end, said in reader.swaps(text):
        parts += text[done:start], said
        places += origins[done:start]
        places += [origins[start]] * (len(said) - 1) + [origins[end - 1]] if said else []
        done = end
    return "".join([*parts, text[done:]]), [*places, *origins[done:]]
