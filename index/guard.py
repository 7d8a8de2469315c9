"""Where a query contradicts an entry that it looks like: another product, code, number, unit, or the opposite.

To an embedder "不想退" is all but "想退", and 10000 mAh all but 20000 mAh. The guard reads the marks of a text (product
names, model codes, numbers with their units, what is negated) and says where those of a query and of an entry cannot
both hold. It is conservative: whatever merely adds or leaves out something is no contradiction, and where the reading
is uncertain (A-not-A questions, idioms, ranges, rough numbers) there is no mark. It ranks nothing and knows no
confidence: what a contradiction costs is its caller's to say.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, NamedTuple

from knowledge.text import normalise

Kind = Literal["product", "code", "number", "unit", "negation"]

READ = 300  # characters of a text that are read: what comes after is a story
SUPPORT = 3  # phrasings that must agree on a number before another one contradicts them
CENTRAL = 0.2  # share of the phrasings that say a number, from which the entry is about it
SAME_FRAME = 0.5  # Dice coefficient of two texts without their numbers, from which they ask the same
CLOSE = 0.15  # Dice coefficient of query and phrasing, below which an opposite is of another matter
FAMILY = 2  # codes that begin alike, from which an entry lists them all

# --- codes: letters and digits, C4 or P20 Pro ---
CODE = re.compile(
    r"(?<![a-z0-9.#_-])[a-z]{1,3}\d{1,4}[a-z]{0,2}(?: ?(pro|plus|max|mini|ultra|lite)(?! ?[a-z]))?(?![a-z0-9]|\.\d)"
)
# Standards, formats and sizes: no models, unless a product is called so.
COMMON = re.compile(r"(?:pm|usb|ipx?|rg|qc|pd|mp|win|ios|gb|bt|ver?|no|xp)\d|(?:[abco]2[abco]|p2p|h2o|co2|a4|f\d)$")
# What may stand before the code of the thing asked about; after other words (三星s24) it is another thing's.
ITS_CODE = re.compile(r"(?:^|[\s,.。?!:;、(我你您们家的款是买用了个号这那和跟台]|\b(?:the|my|your|an?|this|for|of) )$")
BESIDE = re.compile(
    r"(?:\s|的|这款|那款|型号|款|是|:|显示|报|报错|故障|代码|亮|出现|错误|跳|shows?|displays?|error|code|with|has)*"
)
NUMBER_BESIDE = re.compile(r"(?:\s|的|大|版|装|款|是|有|:|容量|功率|能量|额定)*")

# --- numbers with their units; a dimension's values are in seconds, yuan, mAh, Wh, W, litres, kg, cm ... ---
DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
TENS = {"十": 10, "百": 100, "千": 1000}
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
NUMBER = re.compile(
    r"(?<![\d.a-z])(\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百千]+)(万|千|k)?(?: ?|-)(个(?!月))?(半)?("
    + "|".join(
        unit + (r"(?![a-z0-9])" if unit.isascii() and unit != "%" else f"(?![{NOT_UNITS.get(unit, '_')}])")
        for unit in sorted(UNITS, key=len, reverse=True)
    )
    + r")(半)?"
)
PERCENT = re.compile(r"百分之(\d+(?:\.\d+)?|[零一二两三四五六七八九十百]+)")
ROUGH_BEFORE = re.compile(r"(?:[第几数每哪这那有另头前好]|[\d一二两三四五六七八九十] ?[-~–—到至、或.]|\d月) ?$")
ROUGH_AFTER = re.compile(r"[多几来]|两头|[-~–—到至、]\d")
# A time that went by is the customer's own and contradicts nothing: 三天没动, 用了两年, for 5 days.
WENT_BY_AFTER = re.compile(
    r" ?(?:[了没不还就才都过前后未也,。]|以[前后]|之[前后]|一直|仍|ago|later|already|and |now|$)"
)
WENT_BY_BEFORE = re.compile(r"(?:[都已经才过超了等用买放晚迟差满快隔]|刚|for|been|after|over|than|last|past|waited) ?$")
WITHIN = re.compile(r"之?内|以内")
SPECIFIC = frozenset({"charge", "energy", "power", "volume"})  # what a thing is sold by; the rest is often incidental
NOT_WORDS = re.compile(r"[\W_]+")

# --- negation ---
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
class Marks:
    """What of a text can be contradicted. `affirmed` is the text without what it negates, `frame` without numbers."""

    text: str
    products: frozenset[str]
    codes: frozenset[str]
    named_by: Mapping[str, str]
    its_codes: frozenset[str]
    code_beside: frozenset[tuple[str, str]]
    numbers: tuple[Number, ...]
    negated: frozenset[str]
    affirmed: str
    verbs: frozenset[str]

    @property
    def frame(self) -> str:
        """The text without its numbers, spaces and punctuation."""
        text = self.text
        for number in self.numbers:
            text = text.replace(number.text, "", 1)
        return NOT_WORDS.sub("", text)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing on which query and entry cannot both be right, each side as a person would quote it."""

    kind: Kind
    query: str
    entry: str


@dataclass(frozen=True)
class Catalogue:
    """What a whole knowledge base knows: names (normalised) → the products called so, and every code it mentions."""

    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, products: Mapping[str, Sequence[str]], phrasings: Iterable[str] = ()) -> Catalogue:
        """From product ids with what customers call them, and all phrasings of all entries."""
        names: defaultdict[str, set[str]] = defaultdict(set)
        for product, called in products.items():
            for name in (product, *called):
                names[normalise(name)].add(product)
        names.pop("", None)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for name in names:
            lengths[name[0]].add(len(name))
        codes = {code for phrasing in phrasings for code, _ in _codes(normalise(phrasing))}
        return cls(
            {name: frozenset(ids) for name, ids in names.items()},
            frozenset(codes),
            {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()},
        )

    def mentions(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and name of the products' names in a normalised text, the longest first, none within another."""
        at = 0
        while at < len(text):
            for length in self.lengths.get(text[at], ()):
                if at + length <= len(text) and text[at : at + length] in self.names and _whole(text, at, at + length):
                    yield at, at + length, text[at : at + length]
                    at += length - 1
                    break
            at += 1


NO_CATALOGUE = Catalogue()


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


SILENT = Voice(frozenset(), frozenset(), None, False, frozenset(), "")


@dataclass(frozen=True, slots=True)
class Profile:
    """An entry's side of a contradiction, gathered from all its phrasings."""

    products: frozenset[str]
    codes: frozenset[str]
    listed: frozenset[str]
    voices: Mapping[str, Voice]
    negated: frozenset[str]
    affirmed: str
    verbs: frozenset[str]

    @classmethod
    def of(
        cls,
        phrasings: Sequence[str],
        products: Sequence[str] = (),
        catalogue: Catalogue = NO_CATALOGUE,
        replies: Sequence[str] = (),
    ) -> Profile:
        """Of an entry's phrasings and product ids; the numbers of its replies (facts filled in) are known, too."""
        return cls.gathered([marks(phrasing, catalogue) for phrasing in phrasings], products, replies)

    @classmethod
    def gathered(cls, read: Sequence[Marks], products: Sequence[str] = (), replies: Sequence[str] = ()) -> Profile:
        """The same from marks at hand."""
        own = frozenset(products)
        names = {normalise(product) for product in products}
        codes = frozenset(code for one in read for code in one.codes) | {name for name in names if CODE.fullmatch(name)}
        families = Counter(_family(code) for code in codes - names)
        listed = frozenset(family for family, count in families.items() if count >= FAMILY)
        replied = [number for reply in replies for number in _numbers(normalise(reply)[: 4 * READ], [])]
        return cls(
            own,
            codes,
            listed,
            MappingProxyType(_voices([number for one in read for number in one.numbers], replied, len(read))),
            frozenset(stem for one in read for stem in one.negated),
            "\n".join(one.affirmed for one in read),
            frozenset(verb for one in read for verb in one.verbs),
        )


def marks(text: str, catalogue: Catalogue = NO_CATALOGUE) -> Marks:
    """The marks of any text; what follows the first few hundred characters is not read."""
    key = normalise(text)[:READ]
    codes = dict(_codes(key))
    spans = list(codes.values())
    named = [
        mention
        for mention in catalogue.mentions(key)
        if not any(start <= mention[0] < end and (start, end) != mention[:2] for start, end in spans)
    ]
    named_by = {product: name for _, _, name in reversed(named) for product in catalogue.names[name]}
    places = [(start, end, catalogue.names[name]) for start, end, name in named]
    product_codes = {name for _, _, name in named}
    kept = {code: span for code, span in codes.items() if not COMMON.match(code) or code in catalogue.names}
    return Marks(
        key,
        frozenset(named_by),
        frozenset(kept),
        named_by,
        frozenset(
            code
            for code, (start, _) in kept.items()
            if code not in catalogue.names and code not in catalogue.codes and ITS_CODE.search(key[:start])
        ),
        frozenset(
            (code, product)
            for code, span in kept.items()
            if code not in product_codes
            for product in _beside(key, span, places, BESIDE)
        ),
        tuple(_numbers(key, places)),
        *_polarity(key),
    )


def contradictions(query: Marks, profile: Profile, nearest: Marks) -> tuple[Contradiction, ...]:
    """Where the query cannot mean the entry; `nearest` are the marks of its phrasing most like the query."""
    return (
        *_other_product(query, profile),
        *_other_code(query, profile, nearest),
        *_other_number(query, profile, nearest),
        *_opposite(query, profile, nearest),
    )


# --- products and codes ---


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a Latin name does not continue before or after."""
    return not (
        (text[start].isascii() and start and text[start - 1].isascii() and text[start - 1].isalnum())
        or (text[end - 1].isascii() and text[end : end + 1].isascii() and text[end : end + 1].isalnum())
    )


def _codes(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for match in CODE.finditer(text):
        version = match[1] or ""
        yield f"{match[0].removesuffix(version).rstrip()} {version}".strip(), match.span()


def _family(code: str) -> str:
    return code.rstrip("0123456789")


def _beside(
    text: str, span: tuple[int, int], places: Sequence[tuple[int, int, frozenset[str]]], gap: re.Pattern[str]
) -> Iterator[str]:
    """Products whose name is parted from the span by nothing but what `gap` allows."""
    for start, end, products in places:
        between = text[end : span[0]] if end <= span[0] else text[span[1] : start]
        if len(between) <= 12 and (end <= span[0] or start >= span[1]) and gap.fullmatch(between):
            yield from products


def _other_product(query: Marks, profile: Profile) -> Iterator[Contradiction]:
    """Products named, and none of them the entry's; a code that the entry knows otherwise (E2, an error) is none."""
    if not profile.products or query.products & profile.products:
        return
    for product in sorted(query.products):
        if query.named_by[product] not in profile.codes:
            yield Contradiction("product", query.named_by[product], " / ".join(sorted(profile.products)))
            return


def _other_code(query: Marks, profile: Profile, nearest: Marks) -> Iterator[Contradiction]:
    if not profile.codes or query.codes & profile.codes:
        return
    entry = " / ".join(sorted(profile.codes))
    for code in sorted(query.codes):
        if code in query.named_by.values():
            continue
        beside = any(each == code and product in profile.products for each, product in query.code_beside)
        longer = " " in code and code.split(" ")[0] in profile.codes
        if beside or longer or _family(code) in profile.listed or _replaces(code, query, profile, nearest):
            yield Contradiction("code", code, entry)
            return


def _replaces(code: str, query: Marks, profile: Profile, nearest: Marks) -> bool:
    """Whether a code that nothing known bears stands where the entry's could: X9 怎么预约 for C4 怎么预约."""
    if code not in query.its_codes or query.products & profile.products:
        return False
    return (
        bool(nearest.products & profile.products or nearest.codes & profile.codes)
        or any(_family(code) == _family(own) for own in profile.codes)
        or _dice(NOT_WORDS.sub("", query.text.replace(code, "", 1)), NOT_WORDS.sub("", nearest.text)) >= SAME_FRAME
    )


# --- numbers ---


def _value(written: str) -> float | None:
    """三百二 is too rough, 两三 too: None. 一百八十 is 180."""
    if written[0].isdigit():
        return float(written)
    total, digit = 0, None
    for character in written:
        if character in TENS:
            total += (1 if digit is None else digit) * TENS[character]
            digit = None
        elif digit:
            return None
        else:
            digit = DIGITS[character]
    return float(total + (digit or 0))


def _numbers(text: str, places: Sequence[tuple[int, int, frozenset[str]]]) -> Iterator[Number]:
    for match in NUMBER.finditer(text):
        written, times, _, half, unit, and_half = match.groups()
        before, after = text[max(0, match.start() - 8) : match.start()], text[match.end() : match.end() + 12]
        dimension, size = UNITS[unit]
        figure = _value(written)
        if figure is None or ROUGH_BEFORE.search(before) or ROUGH_AFTER.match(after):
            continue
        if _no_number(match, figure, after):
            continue
        figure = figure * {"万": 10000, "千": 1000, "k": 1000, None: 1}[times] + 0.5 * bool(half or and_half)
        if dimension == "discount" and figure > 10:
            figure /= 10
        claim = dimension != "time" or not (WENT_BY_AFTER.match(after) or WENT_BY_BEFORE.search(before))
        within = WITHIN.match(after) is not None
        beside = frozenset(_beside(text, match.span(), places, NUMBER_BESIDE))
        yield Number(dimension, round(figure * size, 6), figure, match[0], _head(after), claim, within, beside)
    for match in PERCENT.finditer(text):
        if (figure := _value(match[1])) is not None:
            after = text[match.end() : match.end() + 12]
            yield Number("share", figure, figure, match[0], _head(after), True, False, frozenset())


def _no_number(match: re.Match[str], figure: float, after: str) -> bool:
    """What has the form of a number and means something else: 一块发, 316l, 2024年, 20日."""
    written, unit = match[1], match[5]
    chinese = not written[0].isdigit()
    return (
        (unit == "块" and chinese and figure < 10)
        or (unit in ("天", "秒") and chinese and figure == 1)
        or (unit == "年" and figure > 50)
        or (unit == "日" and not after.startswith(("内", "之内", "无")))
        or (unit == "l" and figure > 100)
        or (unit == "w" and figure > 4000)
        or (unit == "折" and figure >= 100)
    )


def _head(after: str) -> str:
    """The two characters, or the word, that a number is of."""
    after = re.sub(r"^(?:之?内|以内|的|[\s-])+", "", after)
    word = WORD.match(after)
    return word[0] if word else after[:2]


def _voices(said: Sequence[Number], replied: Sequence[Number], phrasings: int) -> dict[str, Voice]:
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


def _other_number(query: Marks, profile: Profile, nearest: Marks) -> Iterator[Contradiction]:
    for number in query.numbers:
        voice = profile.voices.get(number.dimension, SILENT)
        alike = [other.value for other in query.numbers if other.dimension == number.dimension]
        if not number.claim or (voice.own | {voice.agreed}).intersection(alike):
            continue
        if number.dimension in SPECIFIC and number.beside & profile.products and voice.own:
            yield _disagreement(number, voice.text, profile)
        elif voice.values.intersection(alike):
            continue
        elif voice.agreed is not None and (number.head in voice.heads or (voice.central and not number.within)):
            yield _disagreement(number, voice.text, profile)
        elif number.dimension in SPECIFIC and (other := _instead(query, nearest)):
            yield _disagreement(number, other.text, profile)
        else:
            continue
        return


def _instead(query: Marks, nearest: Marks) -> Number | None:
    """The first number of the nearest phrasing that the query lacks, if the rest of both is all but the same."""
    said = {(number.dimension, number.value) for number in query.numbers}
    for number in nearest.numbers:
        if number.dimension in SPECIFIC and (number.dimension, number.value) not in said:
            return number if _dice(query.frame, nearest.frame) >= SAME_FRAME else None
    return None


def _disagreement(number: Number, entry: str, profile: Profile) -> Contradiction:
    """Of the unit where the entry has the same figure in another one: 7 个月 for 7 天, 20000 Wh for 20000 mAh."""
    same = NUMBER.match(entry)
    figures = {_value(same[1]) if same else None}
    if number.dimension in SPECIFIC:
        others = SPECIFIC - {number.dimension}
        figures |= {value for name in others for value in profile.voices.get(name, SILENT).values}
    return Contradiction("unit" if number.figure in figures else "number", number.text, entry)


def _dice(one: str, other: str) -> float:
    """Twice the shared character pairs by all of both; 1.0 for equal texts, 0.0 without a shared pair."""
    first, second = {*map("".join, pairwise(one))}, {*map("".join, pairwise(other))}
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else float(one == other)


# --- negation ---


class Polarity(NamedTuple):
    """`negated` stems bear their negator (不退, 没收到, " not return "); `affirmed` is the text without them.

    `verbs` are the verbs of one character that are affirmed: apart, for as characters they stand in nouns, too (发票).
    """

    negated: frozenset[str]
    affirmed: str
    verbs: frozenset[str]


def _polarity(text: str) -> Polarity:
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


def _opposite(query: Marks, profile: Profile, nearest: Marks) -> Iterator[Contradiction]:
    """A stem negated on one side and affirmed on the other, where no phrasing says it the query's way."""
    if not (query.negated or nearest.negated) or _dice(query.text, nearest.text) < CLOSE:
        return
    for stem in sorted(query.negated - profile.negated - nearest.negated):
        bare = _bare(stem)
        if _affirms(nearest, bare) and not _affirms(query, bare) and _says(nearest, stem):
            yield Contradiction("negation", stem.strip(), bare.strip())
            return
    for stem in sorted(nearest.negated - query.negated):
        bare = _bare(stem)
        if _affirms(query, bare) and not _affirms(nearest, bare) and not _affirms(profile, bare) and _says(query, stem):
            yield Contradiction("negation", bare.strip(), stem.strip())
            return


def _bare(stem: str) -> str:
    """A stem without its negator."""
    return stem[stem.index(" ", 1) :] if stem.startswith(" ") else stem[1:]


def _affirms(of: Marks | Profile, bare: str) -> bool:
    return bare in (of.verbs if len(bare) == 1 else of.affirmed)


def _says(affirming: Marks, stem: str) -> bool:
    """Whether the affirming text is more than a question after what the other side says did not come about."""
    return not stem.startswith(("没", " no ")) or ASKS.search(affirming.affirmed) is None
