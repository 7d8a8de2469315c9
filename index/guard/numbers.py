"""Numbers with their units, as a text says them and as an entry means them.

Ranges, rough numbers and what only has the form of a number (2024年, 一块发) are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.guard.products import beside

SUPPORT = 3  # phrasings that must agree on a number before another one contradicts them
CENTRAL = 0.2  # share of the phrasings that say a number, from which the entry is about it
NUMBER_BESIDE = re.compile(r"(?:\s|的|大|版|装|款|是|有|:|容量|功率|能量|额定)*")
DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
TIMES = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10000}
DAY = 86400.0
DIMENSIONS: dict[str, dict[str, float]] = {
    "time": {
        "秒钟 秒 seconds second": 1,
        "分钟 minutes minute mins min": 60,
        "小时 钟头 hours hour hrs h": 3600,
        "工作日 天 日 days day": DAY,
        "星期 礼拜 周 weeks week": 7 * DAY,
        "个月 months month": 30 * DAY,
        "年 years year": 365 * DAY,
    },
    "money": {"块钱 元 块 yuan rmb": 1},
    "charge": {"毫安时 毫安 mah": 1},
    "energy": {"瓦时 wh": 1},
    "power": {"千瓦 kw": 1000, "瓦 watts watt w": 1},
    "volume": {"毫升 ml": 0.001, "升 litres litre liters liter l": 1},
    "weight": {"公斤 千克 kg": 1, "斤": 0.5},
    "length": {"毫米 mm": 0.1, "厘米 公分 cm": 1, "米": 100},
    "inch": {"英寸 寸 inches inch": 1},
    "share": {"% percent": 1},
    "discount": {"折": 1},
}
UNITS = {
    unit: (dimension, size)
    for dimension, sizes in DIMENSIONS.items()
    for units, size in sizes.items()
    for unit in units.split()
}
# Characters after which a unit is the beginning of another word.
NOT_UNITS = {
    "年": "级代货会终末底纪轻",
    "周": "一二三四五六日末年边到岁",
    "天": "线猫津气然才",
    "块": "递发寄走儿买付退一给送",
    "元": "旦宵素器",
    "升": "级降温压",
    "折": "叠旧扣腾断磨",
    "米": "饭粉线粥色白",
    "秒": "杀回到退发",
}
# 1,299 and 1299, 一千二百, 1万2千, 一万二千, 20k, 八点五: what stands in one is never read as a number by itself.
FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
WRITTEN = (
    rf"(?<![\d.a-z十百千万])(?<![\d〇零一二两三四五六七八九十百]点)(?<!\d,)((?:{FIGURE}|[〇零一二两三四五六七八九十百千])"
    rf"(?:[〇零一二两三四五六七八九十百千万]|(?<=[百千万])(?:{FIGURE}))*(?:点[〇零一二三四五六七八九]+)?k?)"
)
PART = re.compile(rf"{FIGURE}|.")
ROUGH = re.compile(r"[百千万][1-9一二两三四五六七八九]$")
NUMBER = re.compile(
    WRITTEN
    + r"(?: ?|-)(个(?!月))?(半)?("
    + "|".join(
        unit + (r"(?![a-z0-9])" if unit.isascii() and unit != "%" else f"(?![{NOT_UNITS.get(unit, '_')}])")
        for unit in sorted(UNITS, key=len, reverse=True)
    )
    + r")(半)?"
)
PERCENT = re.compile("百分之" + WRITTEN)
ROUGH_BEFORE = re.compile(r"(?:[第几数每哪这那有另头前好]|[\d一二两三四五六七八九十] ?[-~–—到至、或.]|\d月) ?$")
ROUGH_AFTER = re.compile(r"[多几来]|两头|[-~–—到至、]\d")
# A time that went by is the customer's own and contradicts nothing: 三天没动, 用了两年, for 5 days.
WENT_BY_AFTER = re.compile(
    r" ?(?:[了没不还就才都过前后未也,。]|以[前后]|之[前后]|一直|仍|ago|later|already|and |now|$)"
)
WENT_BY_BEFORE = re.compile(r"(?:[都已经才过超了等用买放晚迟差满快隔]|刚|for|been|after|over|than|last|past|waited) ?$")
WITHIN = re.compile(r"之?内|以内")

WORD = re.compile(r"[a-z]+")


class Number(NamedTuple):
    """A number with its unit: `value` in the dimension's own unit, `figure` as written, `head` what it is of.

    `claim` is False for a time that went by, `within` true for 3 天内; `beside` are the products named next to it.
    """

    dimension: str
    value: float
    figure: float
    text: str
    head: str
    claim: bool
    within: bool
    beside: frozenset[str]


@dataclass(frozen=True, slots=True)
class Voice:
    """What an entry says in one dimension: every value, those of its products, and the one its phrasings agree on.

    `central` where so many phrasings say it that the entry is about it.
    """

    values: frozenset[float]
    own: frozenset[float]
    agreed: float | None
    central: bool
    heads: frozenset[str]
    text: str


def value_of(written: str) -> float | None:
    """一百八十 is 180, 1万2千 12 000, 八点五 8.5; None for what is rough: 两三, and 三百二, whose 二 are tens."""
    whole, _, decimals = written.partition("点")
    if ROUGH.search(whole):
        return None
    total = section = 0.0
    digit: float | None = None
    for part in PART.findall(whole):
        if part == "万":
            total, section, digit = (section + (digit or 0)) * TIMES[part], 0.0, None
        elif part in TIMES:
            section, digit = section + (1 if digit is None else digit) * TIMES[part], None
        elif digit:
            return None
        else:
            digit = DIGITS[part] if part in DIGITS else float(part.replace(",", ""))
    return total + section + (digit or 0) + float("0." + "".join(str(DIGITS[one]) for one in decimals or "零"))


def numbers_of(text: str, places: Sequence[tuple[int, int, frozenset[str]]]) -> Iterator[Number]:
    for match in NUMBER.finditer(text):
        written, _, half, unit, and_half = match.groups()
        before, after = text[max(0, match.start() - 8) : match.start()], text[match.end() : match.end() + 12]
        dimension, size = UNITS[unit]
        figure = value_of(written)
        if figure is None or ROUGH_BEFORE.search(before) or ROUGH_AFTER.match(after):
            continue
        if _no_number(written, unit, figure, after):
            continue
        figure += 0.5 * bool(half or and_half)
        if dimension == "discount" and figure > 10:
            figure /= 10
        claim = dimension != "time" or not (WENT_BY_AFTER.match(after) or WENT_BY_BEFORE.search(before))
        within = WITHIN.match(after) is not None
        named = frozenset(beside(text, match.span(), places, NUMBER_BESIDE))
        yield Number(dimension, round(figure * size, 6), figure, match[0], _head(after), claim, within, named)
    for match in PERCENT.finditer(text):
        if (figure := value_of(match[1])) is not None:
            after = text[match.end() : match.end() + 12]
            yield Number("share", figure, figure, match[0], _head(after), True, False, frozenset())


def _no_number(written: str, unit: str, figure: float, after: str) -> bool:
    """What has the form of a number and means something else: 一块发, 316l, 2024年, 20日, 九点五分钟."""
    chinese = not written[0].isdigit()
    return (
        (unit == "块" and chinese and figure < 10)
        or (unit in ("天", "秒") and chinese and figure == 1)
        or (unit == "年" and figure > 50)
        or (unit == "日" and not after.startswith(("内", "之内", "无")))
        or (unit == "l" and figure > 100)
        or (unit == "w" and figure > 4000)
        or (unit == "折" and figure >= 100)
        or ("点" in written and UNITS[unit][0] == "time")
    )


def _head(after: str) -> str:
    """The two characters, or the word, that a number is of."""
    after = re.sub(r"^(?:之?内|以内|的|[\s-])+", "", after)
    word = WORD.match(after)
    return word[0] if word else after[:2]


def voices_of(said: Sequence[Number], replied: Sequence[Number], phrasings: int) -> dict[str, Voice]:
    found: dict[str, Voice] = {}
    for dimension in {number.dimension for number in (*said, *replied)}:
        phrased = [number for number in said if number.dimension == dimension]
        answered = [number for number in replied if number.dimension == dimension]
        claims = [number for number in phrased if number.claim]
        agree = len({number.value for number in claims}) == 1 and len(claims) >= SUPPORT
        found[dimension] = Voice(
            frozenset(number.value for number in (*phrased, *answered)),
            frozenset(number.value for number in (*answered, *(number for number in phrased if number.beside))),
            claims[0].value if agree else None,
            agree and len(claims) >= CENTRAL * phrasings,
            frozenset(number.head for number in claims),
            (*(claims if agree else ()), *answered, *phrased)[0].text,
        )
    return found
