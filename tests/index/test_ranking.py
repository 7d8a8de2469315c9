"""What a text means, over a knowledge base small enough to know the right entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from index import ranking as module
from index.assembly import assemble
from index.confidence import HEADS, Confidence
from index.contents import Contents
from index.retriever import Candidate, Retriever
from knowledge.model import Entry
from tests.index.conftest import SURE
from tests.index.desk import PHRASINGS, approved, fresh, ids, matter, reading, rules
from tests.toy import ToyEmbedder

PRODUCTS = {"c4": ("C4", "吸尘器C4"), "c5": ("C5", "吸尘器C5"), "c6": ("C6", "吸尘器C6")}


def constant(right: float, among: float, inside: float) -> Confidence:
    """A confidence that is the same for every query."""
    levels = zip(HEADS, np.log([right / (1 - right), among / (1 - among), inside / (1 - inside)]), strict=True)
    return replace(SURE, coefficients={head: (float(level), *(0.0,) * 6) for head, level in levels})


def twins(confidence: Confidence, *more: Entry) -> Contents:
    """The same matter of two products, one that is refused and one that is asked for, and whatever else."""
    asked = ("{}怎么开机", "{}开不了机", "{}电源键在哪")
    entries = approved(
        *more,
        *(
            matter(name, title=asked[0].format(code), variants=[one.format(code) for one in asked[1:]], products=(of,))
            for name, code, of in (("care.shell", "C4", "c4"), ("filter.change", "C5", "c5"))
        ),
    )
    made = assemble(entries, rules(triggers=()), ToyEmbedder().encode, products=PRODUCTS)
    return replace(made, confidence=confidence)


REFUND = matter("refund.time", title="我想退货", variants=("我想退货怎么弄", "想退货找谁"))
KEPT = matter("ship.track", title="我不想退货了", variants=("我不想退货怎么弄", "不想退货了找谁"))


@pytest.mark.parametrize(
    ("query", "kind"),
    [("C6怎么开机呀", "product"), ("C9怎么开机呀", "code"), ("我不想退货呀", "negation"), ("不想退货找谁", "negation")],
)
def test_a_query_that_contradicts_what_it_looks_like_is_not_answered(query: str, kind: str) -> None:
    """Another product, an unknown code, the opposite: what would be sure enough no longer is, and it is said why."""
    made = fresh(twins(constant(0.95, 0.96, 0.97), REFUND))
    first = made.find(query).candidates[0]
    assert [one.kind for one in first.contradictions] == [kind]
    assert first.confidence < 0.9
    assert made.find(query).decision != "answer"
    agreeing = {"C6怎么开机呀": "C4怎么开机呀", "C9怎么开机呀": "C4怎么开机呀"}.get(query, "我想退货呀")
    found = made.find(agreeing)
    assert (found.decision, found.candidates[0].contradictions) == ("answer", ())
    assert found.candidates[0].confidence == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("query", "entry_id"),
    [
        ("C4怎么开机呀", "care.shell"),
        ("C5怎么开机呀", "filter.change"),
        ("C5电源键在哪里", "filter.change"),
        ("我想退货呀", "refund.time"),
        ("我不想退货呀", "ship.track"),
        ("不想退货找谁呢", "ship.track"),
    ],
)
@pytest.mark.parametrize("hostile", [False, True])
def test_an_entry_that_says_the_same_comes_before_one_that_says_otherwise(
    query: str, entry_id: str, hostile: bool
) -> None:
    """Also where the ranker had it the other way round: it is moved up, and what is contradicted is no longer sure."""
    made = twins(constant(0.4, 0.96, 0.97), REFUND, KEPT)
    if hostile:
        order = {"refund.time": "ship.track", "care.shell": "filter.change"}
        order |= {other: one for one, other in order.items()}
        ids_ = [one.entry.id for one in made.entries]
        weights = made.ranker.weights[[ids_.index(order[one]) for one in ids_]]
        made = replace(made, ranker=replace(made.ranker, weights=weights))
    found = fresh(made).find(query)
    assert ids(found)[0] == entry_id
    assert found.candidates[0].contradictions == ()
    assert any(one.contradictions for one in found.candidates[1:])
    confidences = [candidate.confidence for candidate in found.candidates]
    assert confidences == sorted(confidences, reverse=True)


def test_a_clarification_counts_all_that_is_known_of_the_three(contents: Contents) -> None:
    """One of three is meant with 0.9, each alone hardly: they are offered, though in order of rank they sum to less."""
    thresholds = replace(SURE.thresholds, clarify=0.85)
    made = fresh(replace(contents, confidence=replace(constant(0.1, 0.9, 0.95), thresholds=thresholds)))
    found = made.find("账号发票")
    assert sum(option.confidence for option in found.options) < 0.85
    assert (found.decision, len(found.options)) == ("clarify", 3)
    less = replace(thresholds, clarify=0.91)
    strict = fresh(replace(contents, confidence=replace(constant(0.1, 0.9, 0.95), thresholds=less)))
    assert strict.find("账号发票").decision == "abstain"


def test_each_probability_is_its_own() -> None:
    """Of the first, of three, of any: each as the confidence says."""
    made = fresh(twins(constant(0.4, 0.7, 0.97), REFUND))
    ranked = made._ranking.rank("想退货呀", None)
    assert (ranked.top, ranked.among, ranked.inside) == pytest.approx((0.4, 0.7, 0.97))


def test_what_was_asked_last_is_taken_off(retriever: Retriever) -> None:
    """Of several things that were asked, the last is what was just answered."""
    ranking = retriever._ranking

    def after(*asked: str) -> float:
        return ranking.rank_after("多久", ["滤网更换"], asked, None).top

    assert after("退款到账", "滤网更换") == after("滤网更换") < after("滤网更换", "退款到账")


def test_what_is_contradicted_is_not_asked_about() -> None:
    """What a contradiction takes from the options, it takes from asking, too."""
    thresholds = replace(SURE.thresholds, clarify=0.6)
    made = fresh(twins(replace(constant(0.7, 0.75, 0.8), thresholds=thresholds), REFUND))
    assert [made.find(query).decision for query in ("C4怎么开机呀", "C9怎么开机呀")] == ["clarify", "abstain"]


def test_a_stored_phrasing_is_never_contradicted() -> None:
    """Approved words are certain, whatever can be read into them."""
    made = fresh(twins(SURE, REFUND, KEPT))
    for variant in made.contents.variants:
        first = made.find(variant).candidates[0]
        assert (first.tier, first.confidence, first.contradictions) == ("exact", 1.0, ())


def test_confidence_never_rises_down_the_list_where_several_are_contradicted() -> None:
    """The first three are of other products, the fourth is of none: it comes before what cannot be meant."""
    asked = ("{}怎么开机", "{}开不了机", "{}电源键在哪")
    names = zip(("account.login", "care.shell", "filter.change"), PRODUCTS, strict=True)
    entries = approved(
        *(
            matter(
                name, title=asked[0].format(code), variants=[one.format(code) for one in asked[1:]], products=(code,)
            )
            for name, code in names
        ),
        matter("invoice.title", title="开发票", variants=("发票怎么开",)),
        matter("ship.track", title="查快递", variants=("快递到哪了",)),
    )
    made = assemble(entries, rules(triggers=()), ToyEmbedder().encode, products=PRODUCTS)
    found = fresh(replace(made, confidence=constant(0.4, 0.7, 0.97))).find("C9怎么开机呀")
    assert sum(bool(one.contradictions) for one in found.candidates) >= 3
    confidences = [candidate.confidence for candidate in found.candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert found.candidates[0].contradictions == ()


def test_a_misspelt_query_is_read_as_it_was_meant(retriever: Retriever) -> None:
    """快底物刘 is 快递物流, and the finding says that it was read so; the guard and the score see that reading too."""
    found = retriever.find("快底物刘怎样")
    assert (found.decision, ids(found)[0], found.read_as) == ("answer", "ship.track", "快递物流怎样")
    assert found.candidates == replace_tiers(retriever.find("快递物流怎样").candidates)


def replace_tiers(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The same, none of them a stored phrasing."""
    return tuple(replace(candidate, tier="ranked") for candidate in candidates)


def test_what_was_never_typed_is_no_stored_phrasing(contents: Contents) -> None:
    """A misspelt stored phrasing is found, and is not certain."""
    made, _ = reading(contents, "快递物流多久")
    found = made.find("魑魅")
    first = found.candidates[0]
    assert (found.decision, found.read_as, first.variant, first.tier) == (
        "answer",
        "快递物流多久",
        "快递物流多久",
        "ranked",
    )
    assert first.confidence < 1


@pytest.mark.parametrize("query", ["退款到账多久", "退款到账怎样"])
def test_a_query_that_is_answered_is_not_read_otherwise(contents: Contents, query: str) -> None:
    """Neither a stored phrasing nor what is clear as it stands: nobody even asks."""
    made, reader = reading(contents, "滤网更换多久")
    assert (ids(made.find(query))[0], reader.asked) == ("refund.time", 0)


def test_a_reading_that_is_no_surer_is_not_taken(contents: Contents, retriever: Retriever) -> None:
    """今天天气不错 stands as it was typed, to the last figure."""
    made, reader = reading(contents, "魑魅魍魉")
    assert made.find("今天天气不错") == retriever.find("今天天气不错")
    assert reader.asked == 1


def test_beyond_the_nearest_entries_the_right_one_is_still_among_them(
    contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many entries only the nearest are ranked; stored phrasings stay exact and first."""
    monkeypatch.setattr(module, "NEAREST", 4)
    monkeypatch.setattr(module, "ALL", 4)
    few = fresh(contents)
    for entry_id, phrasing in PHRASINGS[::5]:
        found = few.find(phrasing)
        assert (ids(found)[0], found.candidates[0].tier) == (entry_id, "exact")
    narrowed = few.find("退款啥时候到账")
    assert ids(narrowed)[0] == "refund.time"
    assert len(narrowed.candidates) < 7
    # Not a character in common with any variant: what is nearest by vectors still comes, and is worth little.
    assert 1 <= len(few.find("魑魅").candidates) < 7
    assert few.find("魑魅").decision != "answer"


def test_a_narrow_filter_reaches_entries_far_from_the_query(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few allowed entries are all ranked, also where other entries' variants crowd the neighbourhood of the query."""
    monkeypatch.setattr(module, "NEAREST", 1)
    monkeypatch.setattr(module, "ALL", 1)
    first, *_, last = (approved.entry for approved in retriever.contents.entries)
    wanted = last.id
    finding = retriever.find(first.title, allowed=lambda approved: approved.entry.id == wanted)
    assert [candidate.entry.entry.id for candidate in finding.candidates] == [wanted]


def test_a_wide_filter_reaches_entries_far_from_the_query_too(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More are allowed than are all ranked, and none of them is among the nearest: the nearest of the allowed come."""
    monkeypatch.setattr(retriever._ranking._nearby, "_nearest", 2)
    monkeypatch.setattr(module, "ALL", 2)
    some = {"account.login", "care.shell", "exchange.steps"}
    found = retriever.find("退款到账怎样快递物流发票抬头滤网更换", allowed=lambda approved: approved.entry.id in some)
    assert len(found.candidates) == 2
    assert set(ids(found)) < some
