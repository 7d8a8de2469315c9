"""What of a query speaks against an entry: known answers, the labelled file, and the whole shipped pack."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import knowledge
from index.guard import NO_CATALOGUE, Catalogue, Contradiction, Kind, Marks, Profile, contradictions, marks
from index.guard.numbers import Number
from index.guard.reading import numbers_in
from index.lexical import Lexical
from knowledge.formats.golden import read_golden
from knowledge.formats.yaml import load_pack
from knowledge.model import Entry
from knowledge.references import resolve_facts

CONTENT = Path(knowledge.__file__).parent / "content"
PRODUCTS = {
    "C4": ["电饭煲 C4", "电饭煲", "rice cooker"],
    "R5": ["扫地机器人", "扫地机"],
    "E2": ["无线耳机", "耳机"],
    "P20": ["充电宝", "power bank"],
}
FALSE_ALARMS = 0.01


def told(
    query: str,
    phrasings: Sequence[str],
    products: Sequence[str] = (),
    nearest: str | None = None,
    replies: Sequence[str] = (),
    known: Sequence[str] = (),
) -> list[Kind]:
    """The kinds of contradiction between a query and an entry of these phrasings, the first being the nearest."""
    catalogue = Catalogue.of(PRODUCTS, [*phrasings, *known])
    profile = Profile.of(phrasings, products, catalogue, replies)
    found = contradictions(marks(query, catalogue), profile, marks(nearest or phrasings[0], catalogue))
    return [each.kind for each in found]


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("7天", "time", 7 * 86400),
        ("七 天", "time", 7 * 86400),
        ("三个工作日", "time", 3 * 86400),
        ("一年半", "time", 1.5 * 365 * 86400),
        ("两个半小时", "time", 2.5 * 3600),
        ("3个月", "time", 90 * 86400),
        ("a 30-day guarantee", "time", 30 * 86400),
        ("２００００ｍＡｈ", "charge", 20000),
        ("两万毫安", "charge", 20000),
        ("74 Wh", "energy", 74),
        ("0.8千瓦", "power", 800),
        ("1800W", "power", 1800),
        ("5L", "volume", 5),
        ("500 ml", "volume", 0.5),
        ("五斤", "weight", 2.5),
        ("1.8米", "length", 180),
        ("16寸", "inch", 16),
        ("百分之三", "share", 3),
        ("99.9%", "share", 99.9),
        ("85折", "discount", 8.5),
        ("一百八十块钱", "money", 180),
        ("129 元", "money", 129),
        ("1,299 元", "money", 1299),
        ("20，000毫安时", "charge", 20000),
        ("1,000,000.5元", "money", 1000000.5),
        ("一万二千毫安", "charge", 12000),
        ("1万2千元", "money", 12000),
        ("1万2000元", "money", 12000),
        ("3百块", "money", 300),
        ("20k毫安", "charge", 20000),
        ("三千克", "weight", 3),
        ("八点五折", "discount", 8.5),
        ("百分之一点五", "share", 1.5),
        ("飞机晚点四小时", "time", 4 * 3600),
    ],
)
def test_numbers_have_one_value_however_they_are_written(text: str, dimension: str, value: float) -> None:
    """Digits or characters, full or half width, in whatever unit: a value in its dimension's own."""
    (number,) = marks(text).numbers
    assert number.dimension == dimension
    assert number.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "两三天",
        "2-3天",
        "20多天",
        "十几天",
        "三天多",
        "几天",
        "第七天",
        "每一天",
        "一块发",
        "316L不锈钢",
        "2024年",
        "5月20日",
        "三年级",
        "元旦",
        "三天两头",
        "打折",
        "升级",
        "三百二块钱",
        "1万2元",
        "1,20元",
        "12345,200元",
        "8点5折",
        "九点五分钟",
    ],
)
def test_what_is_rough_or_no_number_is_none(text: str) -> None:
    """Ranges, rough numbers, ordinals, dates and words that only begin like a unit contradict nothing."""
    assert marks(text).numbers == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("C4显示E1", {"c4", "e1"}),
        ("P20 Pro能上飞机吗", {"p20 pro"}),
        ("P20Pro", {"p20 pro"}),
        ("PM2.5 很高", set()),
        ("IPX5防水，USB3口，A4纸，3C标志", set()),
        ("iphone15", set()),
        ("F4级", set()),
    ],
)
def test_codes_are_letters_and_digits_but_no_standards(text: str, codes: set[str]) -> None:
    """A model or an error; not a standard, a format or a size."""
    assert marks(text).codes == codes


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("不想退货了", {"不退货", "不退"}),
        ("没收到快递", {"没收到", "没收"}),
        ("没有更新", {"没更新"}),
        ("充不进电", {"不充", "不充进"}),
        ("别取消", {"不取消"}),
        ("I don't want to return it", {" not return "}),
        ("it hasn't arrived", {" no arriv "}),
        ("Please don't cancel my order", {" not cancel "}),
    ],
)
def test_negated_stems(text: str, stems: set[str]) -> None:
    """The word after the negator and what helps it, or the verb before 不进, 不了."""
    assert marks(text).negated == stems


@pytest.mark.parametrize(
    "text",
    [
        "不错",
        "不过还行",
        "没错",
        "不好意思问一下",
        "颜色不一样",
        "要不要发票",
        "能不能退货",
        "是不是正品",
        "有没有货",
        "不然呢",
        "差不多了",
        "不小心拍的",
        "没关系",
        "不是不想退",
        "不得不退",
        "七天无理由",
        "可以退不",
        "到货了没有",
        "喜不喜欢",
        "can't you send it today",
        "no problem",
    ],
)
def test_what_has_no_polarity(text: str) -> None:
    """A-not-A, idioms, double negation and a question's last word negate nothing."""
    assert marks(text).negated == frozenset()


def test_another_product_contradicts() -> None:
    """E1 of the rice cooker is not the robot's; a second product named beside the entry's own is no matter."""
    entry = ["电饭煲显示E1", "C4 报 E2"]
    assert told("扫地机显示E1", entry, ["C4"]) == ["product"]
    assert told("R5显示E1", entry, ["C4"]) == ["product"]
    assert told("电饭煲和扫地机都显示E1", entry, ["C4"]) == []
    assert told("显示E2", entry, ["C4"]) == []  # E2 is earbuds elsewhere, and an error here
    assert told("扫地机显示E1", entry, []) == []  # an entry of no product is not of another


def test_a_code_that_the_entry_lacks_contradicts() -> None:
    """Beside the product's name, in place of its code, as a version of it, or of the list that the entry gives."""
    entry = ["C4怎么预约煮粥", "电饭煲怎么定时"]
    assert told("X9怎么预约煮粥", entry, ["C4"]) == ["code"]
    assert told("电饭煲X9怎么定时", entry, ["C4"]) == ["code"]
    assert told("C4 Pro怎么预约煮粥", entry, ["C4"]) == ["code"]
    assert told("显示E7怎么办", ["电饭煲显示E1怎么办", "E2是什么故障"], ["C4"]) == ["code"]
    assert told("怎么定时", entry, ["C4"]) == []
    assert told("电饭煲怎么定时，跟我的X9一样吗", entry, ["C4"]) == []


def test_the_beginning_of_a_text_is_read() -> None:
    """Three hundred characters; what comes after them is a story."""
    said = "我在你们店买了东西,"
    assert [number.text for number in marks(said * 29 + "支持7天无理由吗").numbers] == ["7天"]
    assert marks(said * 30 + "支持7天无理由吗").numbers == ()


def test_codes_of_other_things_do_not_contradict() -> None:
    """三星S25 is the customer's phone: no model stands where the entry's would."""
    entry = ["充电宝能快充吗", "P20支持什么协议"]
    assert told("三星S25能快充吗", entry, ["P20"]) == []
    assert told("三星S25用P20能快充吗", entry, ["P20"]) == []
    assert told("红米K70能用充电宝快充吗", entry, ["P20"]) == []


def test_a_number_that_all_phrasings_agree_on_contradicts_another() -> None:
    """30 天无理由 for an entry of 7 天; a time that went by, or the same time in hours, does not."""
    entry = ["七天无理由退货", "7天无理由吗", "支持7天无理由退吗", "怎么退"]
    assert told("你们支持30天无理由吗", entry) == ["number"]
    assert told("7个月无理由退货", entry) == ["unit"]
    assert told("168小时无理由退货", entry) == []
    assert told("我买了三天了，能无理由退吗", entry) == []
    assert told("三天没更新了", ["五天没更新了", "等了五天没动静", "五天没更新"]) == []


def test_a_product_of_another_size_contradicts() -> None:
    """A number beside the product's name against those of the entry's replies: 5L and 4 升, 10000 and 20000 mAh."""
    cooker, reply = ["电饭煲几个人用", "C4多大容量"], ["C4 是 4 升，适合 2–6 人。"]
    assert told("5L的电饭煲几个人用", cooker, ["C4"], replies=reply) == ["number"]
    assert told("电饭煲四升的几个人用", cooker, ["C4"], replies=reply) == []
    assert told("4000毫升的电饭煲几个人用", cooker, ["C4"], replies=reply) == []
    bank, facts = ["充电宝能充几次手机", "手机4000毫安能充几次"], ["20000 mAh，额定 12000 mAh"]
    assert told("10000mAh的充电宝能充几次手机", bank, ["P20"], replies=facts) == ["number"]
    assert told("手机5000毫安，充电宝能充几次", bank, ["P20"], replies=facts) == []


@pytest.mark.parametrize(
    ("query", "phrasing"),
    [
        ("1,299元的能分期吗", "1299元的能分期吗"),
        ("20，000毫安时的能带上飞机吗", "20000mAh的能带上飞机吗"),
        ("一万二千毫安的能带上飞机吗", "12000mAh的能带上飞机吗"),
        ("1万2千毫安的能带上飞机吗", "12000mAh的能带上飞机吗"),
        ("五点五折的活动还有吗", "5.5折的活动还有吗"),
    ],
)
def test_the_same_number_written_otherwise_does_not_contradict(query: str, phrasing: str) -> None:
    """With separators, in characters, in 万 and 千, after a 点: the entry is of that very number."""
    entry = [phrasing, f"请问{phrasing}", f"我想问{phrasing}"]
    assert told(query, entry) == []
    assert told(phrasing, [query, f"请问{query}", f"我想问{query}"]) == []


def test_the_same_words_with_another_number_contradict() -> None:
    """Where nothing but a capacity or a power differs from the nearest phrasing."""
    entry = ["3L的锅够几个人吃", "锅多大"]
    assert told("5L的锅够几个人吃", entry) == ["number"]
    assert told("3W的锅够几个人吃", entry) == ["unit"]
    assert told("5L的锅能放进洗碗机吗", entry) == []


def test_the_opposite_contradicts_what_no_phrasing_says() -> None:
    """不想退 against 想退; but not where one phrasing of the entry says it so."""
    assert told("我不想退货了", ["我想退货", "怎么退货"]) == ["negation"]
    assert told("扫地机充不进电", ["扫地机能充电吗"]) == ["negation"]
    assert told("快递已经更新了", ["快递没更新", "三天没更新了"]) == ["negation"]
    assert told("please don't cancel my order", ["cancel my order"]) == ["negation"]
    assert told("我不想退货了", ["我想退货", "不退货了怎么撤销"]) == []
    assert told("能不能退货", ["我想退货"]) == []
    assert told("退款没到账", ["退款什么时候到账"]) == []  # whoever asks when it comes says that it has not


def test_both_sides_can_be_read() -> None:
    """What the query says and what the entry says, as one would quote them."""
    catalogue = Catalogue.of(PRODUCTS)
    profile = Profile.of(["C4怎么预约"], ["C4"], catalogue)
    (found,) = contradictions(marks("扫地机怎么预约", catalogue), profile, marks("C4怎么预约", catalogue))
    assert found == Contradiction("product", "扫地机", "C4")


def test_the_longest_name_is_the_one_mentioned() -> None:
    """扫地机器人 and not 扫地机; a Latin name only as a whole word."""
    catalogue = Catalogue.of({"R5": ["扫地机"], "R6": ["扫地机器人"], "P2": []})
    assert [name for _, _, name in catalogue.mentions("扫地机器人和扫地机")] == ["扫地机器人", "扫地机"]
    assert marks("P20", catalogue).products == frozenset()
    assert marks("P2怎么用", catalogue).products == {"P2"}


TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("不没别无能充退收到了吗天年块升折一二两三十百千万半个第多几0123456789.%-~ cep'tno,wlmah", max_size=40),
)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=4))
def test_any_text_can_be_read(query: str, nearest: str, phrasings: list[str]) -> None:
    """Whatever is typed and stored, nothing is raised."""
    catalogue = Catalogue.of({"C4": ["电饭煲"], "E": ["充"]}, phrasings)
    profile = Profile.of(phrasings, ["C4"], catalogue, replies=[nearest])
    found = contradictions(marks(query, catalogue), profile, marks(nearest, catalogue))
    assert len(found) <= 4


@given(TEXTS, st.lists(TEXTS, max_size=3), st.sampled_from([NO_CATALOGUE, Catalogue.of(PRODUCTS)]))
def test_a_text_never_contradicts_itself(text: str, others: list[str], catalogue: Catalogue) -> None:
    """An entry that has the very words is not contradicted by them."""
    query = marks(text, catalogue)
    assert contradictions(query, Profile.of([text, *others], (), catalogue), query) == ()


@dataclass(frozen=True)
class Shipped:
    """The shipped pack with everything read, and how to find a query's nearest phrasing of an entry."""

    entries: tuple[Entry, ...]
    catalogue: Catalogue
    read: dict[str, list[Marks]]
    replied: dict[str, list[Number]]
    lexical: Lexical
    rows: dict[str, sparse.csr_matrix]

    def profile(self, entry: Entry, without: int | None = None) -> Profile:
        kept = [each for place, each in enumerate(self.read[entry.id]) if place != without]
        return Profile.gathered(kept, entry.products, self.replied[entry.id])

    def nearest(self, text: str, entry: Entry) -> Marks:
        scores = (self.lexical.transform([text]) @ self.rows[entry.id].T).toarray()[0]
        return self.read[entry.id][int(np.argmax(scores))]

    def nearest_others(self, entry: Entry) -> list[Marks]:
        """Of each of an entry's phrasings, the nearest other."""
        rows = self.rows[entry.id]
        scores = (rows @ rows.T).toarray()
        np.fill_diagonal(scores, -1)
        return [self.read[entry.id][place] for place in scores.argmax(axis=1).tolist()]


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    """The pack, its facts in its replies."""
    pack = load_pack(CONTENT)
    names = {product: each.names for product, each in pack.facts.products.items() if each.names}
    catalogue = Catalogue.of(names, [text for entry in pack.entries for text in entry.phrasings])
    read = {entry.id: [marks(text, catalogue) for text in entry.phrasings] for entry in pack.entries}
    replied = {
        entry.id: numbers_in([resolve_facts(reply.text, pack.facts, reply.language) for reply in entry.replies])
        for entry in pack.entries
    }
    texts = [each.text for all_of_one in read.values() for each in all_of_one]
    lexical = Lexical.fit("characters", texts)
    rows = {name: lexical.transform([each.text for each in phrasings]) for name, phrasings in read.items()}
    return Shipped(pack.entries, catalogue, read, replied, lexical, rows)


def test_variants_rarely_contradict_their_own_entry(shipped: Shipped) -> None:
    """Each left out of its entry's profile, and of the known codes where no other has them: 1 % at the most."""
    holders = Counter(code for each in shipped.read.values() for one in each for code in one.codes)
    alarms, total = [], 0
    for entry in shipped.entries:
        others = shipped.nearest_others(entry)
        for place, (text, nearest) in enumerate(zip(entry.phrasings, others, strict=True)):
            total += 1
            query = shipped.read[entry.id][place]
            if lost := {code for code in query.codes if holders[code] == 1}:
                query = marks(text, replace(shipped.catalogue, codes=shipped.catalogue.codes - lost))
            if found := contradictions(query, shipped.profile(entry, place), nearest):
                alarms.append(f"{entry.id}: {text}: {found}")
    assert len(alarms) <= FALSE_ALARMS * total, "\n".join(alarms)


def test_golden_queries_rarely_contradict_their_entry(shipped: Shipped) -> None:
    """1 % at the most of those that an entry answers."""
    entries = {entry.id: entry for entry in shipped.entries}
    alarms, total = [], 0
    for path in sorted((CONTENT / "golden").glob("entries-*.yaml")):
        for row in read_golden(path):
            if row.gold is not None:
                total += 1
                query, entry = marks(row.text, shipped.catalogue), entries[row.gold]
                if found := contradictions(query, shipped.profile(entry), shipped.nearest(query.text, entry)):
                    alarms.append(f"{entry.id}: {row.text}: {found}")
    assert len(alarms) <= FALSE_ALARMS * total, "\n".join(alarms)


# Floors from the first measured run, a little below it.
RECALL = {"product": 0.95, "code": 0.95, "number": 0.7, "unit": 0.8, "negation": 0.7}


@pytest.mark.parametrize("kind", RECALL)
def test_the_labelled_queries_are_told_apart(shipped: Shipped, kind: str) -> None:
    """Of each kind: precision .97 at least, and the recall that was measured."""
    entries = {entry.id: entry for entry in shipped.entries}
    outcomes: Counter[tuple[bool, bool]] = Counter()
    for row in read_golden(CONTENT / "golden" / "guard.yaml"):
        if row.kind == kind and row.resembles is not None:
            query, entry = marks(row.text, shipped.catalogue), entries[row.resembles]
            found = contradictions(query, shipped.profile(entry), shipped.nearest(query.text, entry))
            outcomes[row.gold != row.resembles, bool(found)] += 1
    hits = outcomes[True, True]
    assert hits / (hits + outcomes[False, True]) >= 0.97
    assert hits / (hits + outcomes[True, False]) >= RECALL[kind]


def test_a_query_against_five_entries_is_quick(shipped: Shipped) -> None:
    """Under a quarter of a millisecond in the median, the query's own marks included."""
    chosen = shipped.entries[:: len(shipped.entries) // 5][:5]
    at_hand = [(shipped.profile(entry), shipped.read[entry.id][1]) for entry in chosen]
    texts = [entry.variants[7] for entry in shipped.entries]
    taken = []
    for turn in range(200):
        began = time.perf_counter()
        query = marks(texts[turn % len(texts)], shipped.catalogue)
        for profile, nearest in at_hand:
            contradictions(query, profile, nearest)
        taken.append(time.perf_counter() - began)
    assert sorted(taken)[len(taken) // 2] < 0.00025
