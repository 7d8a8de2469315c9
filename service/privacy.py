"""mask: what a customer's text loses before it is kept.

The one way by which text from outside reaches the database. Telephone numbers, identity numbers, bank cards, e-mail
addresses, postal addresses with a number, names where somebody says that it is one, and order, tracking and account
numbers become words in square brackets; full width, gaps and invisible characters do not hide them. A name without any
word that announces it, and a place without a house number, are kept: 北京市朝阳区要几天到 asks about a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.lint.rules.personal_data import places
from knowledge.text import aligned

LABELS = {
    "an e-mail address": "[email]",
    "an identity number": "[id-card]",
    "a mobile number": "[phone]",
    "a bank card number": "[bank-card]",
}
# A landline with its area code; a number with a country's; a mobile number in groups of its own, as 138.1234.5678.
TELEPHONE = re.compile(
    r"(?<!\d)0\d{2,3}[ \-–]?\d{7,8}(?!\d)|\+\d[\d \-–]{6,16}\d(?!\d)|"
    r"(?<![\d.])1[3-9]\d([ \-–./])(?:\d{4}\1\d{4}|\d{5}\1\d{3})(?!\d)"
)
# Digits as one says them, 一三八零零一三八零零零: no count of anything is written so.
SPOKEN = re.compile(r"[零〇一二三四五六七八九幺]{8,}")
# Eight digits and more, or three groups of four and more. A date with hyphens is neither.
RUN = re.compile(r"\d{17}x(?![a-z0-9])|\d{8,}|(?<!\d)\d{4,}(?:[ \-–]\d{4,}){2,}(?!\d)")
# SF1234567, and what is said to be somebody's number: 订单号 A-2231, 微信 lucky_77, QQ 445566. Texts come folded, in
# lower case and simplified characters.
TRACKING = re.compile(r"(?<![a-z0-9])[a-z]{2,4}\d{7,}[a-z]{0,2}(?![a-z0-9])")
# A taxpayer's or company's code of letters and digits, a passport's number.
CODE = re.compile(r"(?<![a-z0-9])(?:(?=(?:[a-z]*\d){8})[0-9a-z]{15,20}|[a-z]\d{8})(?![a-z0-9])")
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z][·. ]?(?=[a-z]{0,5}\d)[a-z0-9]{5,6}(?![a-z0-9])"
)
SAID_NUMBER = re.compile(
    r"(?:[订运货工]单号?|[单序][列]?号|编号|物流号|快递号|会员号|账号|帐号|流水号|护照号?|order(?: ?(?:no|number|id))?|"
    r"tracking(?: ?(?:no|number))?|passport(?: ?(?:no|number))?)(?:码|是|为|[:.#]| |no\.?|的)*"
    r"(?=[a-z_-]*\d)([a-z0-9][a-z0-9_-]{4,})"
)
MESSENGER = re.compile(
    r"(?:微信号?|加微|vx|wx|wechat|qq号?|扣扣|line|telegram)(?:是|为|[:.]| |id|号)*([a-z0-9][a-z0-9_-]{4,19})"
)

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方"
    "石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申"
    "尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜肖詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司"
    "柏宁柯阮桂闵解强柴华车冉房边净阴闫佘苑连娄邸古佟蓝宫巫岑栾仇农晏池荆商仲迟符冷荣桑敖蒲巩尚封"
)
COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|夏侯|令狐|长孙|宇文"
# What follows a name rather than belongs to it.
AFTER_NAME = "想要在的是说买订下收电手住和先女小老同把有没来能我你您这那就也都又还给请帮从到用叫去被让将对跟与等已昨今前上刚不为什怎哪身号再一两三呀啊哦哈呢吧嘛的了"
ANNOUNCED = re.compile(
    rf"(?:我叫|名叫|本人|姓名|名字|收件人|收货人|寄件人|联系人|联络人|接收人|户主|机主|户名|持卡人|购买人|下单人|收款人|申请人|当事人|真名|全名)"
    rf"(?:(?:写|打|填)?错了|改成|改为|换成|变更为|应该是|写成|写|填|是|叫|为|[:]| )*"
    rf"((?:{COMPOUND}|[{SURNAMES}])[\u4e00-\u9fff](?:(?![{AFTER_NAME}])[\u4e00-\u9fff])?)"
)
NAMED = re.compile(
    r"(?:my (?:full )?name(?: is|['’]s)|name ?:|recipient(?: is| ?:)|consignee(?: is| ?:)?|receiver(?: is| ?:)|attn ?:?|"
    r"(?:ship|addressed|send it) to (?:mr|mrs|ms|miss)\.?) ?"
    r"((?:(?:mr|mrs|ms|miss)\.? )?[a-z][a-z'’.-]+"
    r"(?: (?!(?:and|i|my|from|please|phone|at|in|here|but|the|order|with|who|tel|email|address)\b)[a-z][a-z'’.-]+){0,2})"
)
# A postal address is a place and, right after it, a house: 文三路 88号3幢501室. Houses are looked for first, so that the
# time stays linear in the text.
HOUSES = re.compile(
    r"(?:(?:(?<![0-9a-z零一二三四五六七八九十百])[0-9a-z零一二三四五六七八九十百]{1,5} ?"
    r"(?:号楼|号院|号|弄|栋|幢|座|单元|楼|层|室|组|户|房|排|门|段|期|床)之?(?:院|楼)?|[-–]\d{1,4}|\d{2,4}(?!\d))[ ,、]?)++"
)
PLACE = re.compile(
    r"(?:省|自治区|市|自治州|地区|区|县|旗|镇|乡|街道|路|街|大道|巷|弄|胡同|里|道|村|庄|屯|小区|花园|家园|苑|公寓|大厦|广场|新城|中心|园|"
    r"学院|大学|中学|医院|宿舍|校区|府|湾|城)[ ,、]?$"
)
PLACES = re.compile(r"[\u4e00-\u9fff0-9a-z ,、]*$")  # what may belong to a place's name
LONGEST_PLACE = 40  # characters
# Words after which a place begins: what stands before it is the sentence's.
BEFORE_PLACE = re.compile(
    r"^.*(?:住在|住址|地址|寄到|送到|发到|寄往|送往|改成|改为|换成|改到|寄给|搬到|位于|家在|抬头|[我住是在往到址,、 ])"
)
ENGLISH_ADDRESS = re.compile(
    r"\d{1,5}[a-z]? (?:[a-z0-9.'-]+ ){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|way)\b\.?"
    r"(?:,? (?:apt|apartment|unit|suite|flat|room|#) ?[0-9a-z-]+)?"
)


def mask(text: str) -> str:
    """The text with a label in place of every number, name or address by which somebody could be found.

    Masking twice changes nothing. Text without any is returned as it is.
    """
    kept, end = [], 0
    for first, last, label in _labelled(text):
        kept += [text[end:first], label]
        end = last
    return "".join([*kept, text[end:]])


def spans_of(text: str) -> list[tuple[int, int]]:
    """Start and end of everything that `mask` takes out, in order."""
    return [(start, end) for start, end, _ in _labelled(text)]


def _labelled(text: str) -> list[tuple[int, int, str]]:
    folded = aligned(text)
    found = sorted(_without_overlap(folded.text))
    return [(*folded.span(start, stop), label) for start, stop, label in found]


def _without_overlap(text: str) -> list[tuple[int, int, str]]:
    """Start, end and label of each; where two overlap, the one that says more precisely what it is."""
    taken: list[tuple[int, int, str]] = []
    for start, end, label in _found(text):
        if all(end <= first or last <= start for first, last, _ in taken):
            taken.append((start, end, label))
    return taken


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """In order of precision: where two overlap, the first wins."""
    known = [(LABELS[kind], start, end) for kind, _, start, end in places(text)]
    for wanted in LABELS.values():
        yield from ((start, end, label) for label, start, end in known if label == wanted)
    yield from ((*found.span(), "[phone]") for found in TELEPHONE.finditer(text))
    yield from _addresses(text)
    for pattern, label in (
        (ANNOUNCED, "[name]"),
        (NAMED, "[name]"),
        (SAID_NUMBER, "[number]"),
        (MESSENGER, "[account]"),
    ):
        yield from ((*found.span(1), label) for found in pattern.finditer(text))
    yield from ((*found.span(), "[plate]") for found in PLATE.finditer(text))
    for pattern, label in ((CODE, "[number]"), (TRACKING, "[number]"), (RUN, "[number]"), (SPOKEN, "[number]")):
        yield from ((*found.span(), label) for found in pattern.finditer(text))


def _addresses(text: str) -> Iterator[tuple[int, int, str]]:
    yield from ((*found.span(), "[address]") for found in ENGLISH_ADDRESS.finditer(text))
    spans: list[tuple[int, int]] = []
    for house in HOUSES.finditer(text):
        before = text[max(0, house.start() - LONGEST_PLACE) : house.start()]
        place = PLACES.search(before)
        if place is None or not PLACE.search(place[0]):
            continue
        # The comma or space between place and house is neither's beginning.
        lead = BEFORE_PLACE.match(place[0].rstrip(" ,、"))
        start = house.start() - len(place[0]) + (lead.end() if lead else 0)
        end = house.start() + len(house[0].rstrip(" ,、"))
        if spans and start < spans[-1][1]:
            start = spans.pop()[0]  # 南京路189号 津汇广场2座: the second house goes with the first
        spans.append((start, end))
    yield from ((start, end, "[address]") for start, end in spans)
