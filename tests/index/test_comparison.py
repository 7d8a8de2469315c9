"""What publishing would do to answers: golden and real queries asked of both artefacts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import pytest

import index.comparison
from index.assembly import assemble
from index.cache import VectorCache
from index.comparison import Comparison, Reply, Tally, compare, curve_of, right
from index.contents import Contents
from index.resolving import resolved, resolved_policy
from index.spelling import Speller
from knowledge.formats.jsonl import Query, Turn
from knowledge.model import ApprovedEntry, Entry, Level
from tests.service.shop import APPROVED, ENTRIES, FACTS, PROMO, REFUND, SHIP, policy
from tests.toy import ToyEmbedder


def golden(
    text: str, gold: str | None, kind: str, turns: tuple[Turn, ...] = (), escalation: Level | None = None
) -> Query:
    """A golden query."""
    return Query(text=text, gold=gold, kind=kind, history=turns, escalation=escalation)


STOLEN = REFUND.variants[0]
SUMMER, WINTER = date(2026, 7, 1), date(2026, 12, 1)


def contents(entries: tuple[Entry, ...]) -> Contents:
    """What an artefact of these entries holds."""
    approved = [ApprovedEntry(entry=one, version=1, approved_by="王敏", approved_at=APPROVED) for one in entries]
    return assemble(resolved(approved, FACTS), resolved_policy(policy(), FACTS), ToyEmbedder().encode)


@pytest.fixture(scope="module")
def before() -> Contents:
    """The shop."""
    return contents(ENTRIES)


@pytest.fixture(scope="module")
def after() -> Contents:
    """The shop, in which a phrasing went from the refund entry to the promotion, and one came; one entry is gone."""
    poorer = REFUND.model_copy(update={"variants": REFUND.variants[1:]})
    richer = PROMO.model_copy(update={"variants": (*PROMO.variants, STOLEN)})
    wiser = SHIP.model_copy(update={"variants": (*SHIP.variants, "我买的东西在哪儿")})
    return contents((poorer, wiser, richer, *(one for one in ENTRIES[2:] if one.id not in (PROMO.id, "emotion.calm"))))


GOLDEN = (
    golden(STOLEN, REFUND.id, "plain"),
    golden(REFUND.variants[3], REFUND.id, "plain"),
    golden("我买的东西在哪儿", SHIP.id, "colloquial"),
    golden("月球离地球多远", None, "far"),
    golden("客户骂人怎么安抚", "emotion.calm", "plain"),
    golden("孩子手被划伤流血了", None, "escalation", escalation="required"),
)


@dataclass
class Asked:
    """A comparison with the embedder it was made with."""

    found: Comparison
    embedder: ToyEmbedder
    cache: VectorCache


def ask(before: Contents, after: Contents, real: tuple[str, ...] = (), today: date = WINTER) -> Asked:
    """Compare with the golden queries above."""
    embedder = ToyEmbedder()
    cache = VectorCache(None, embedder)
    return Asked(compare(before, after, GOLDEN, real, embedder, cache, today), embedder, cache)


@pytest.fixture(scope="module")
def compared(before: Contents, after: Contents) -> Comparison:
    """The two, asked the golden queries."""
    return ask(before, after).found


def test_golden_queries_are_counted_by_kind(compared: Comparison) -> None:
    """How many are right before and after; what says only how to escalate is not judged."""
    assert compared.judged == Tally("", 3, 2, 2, 1, 1)
    assert compared.kinds == (
        Tally("colloquial", 1, 0, 1, 1, 0),
        Tally("far", 1, 1, 1, 0, 0),
        Tally("plain", 2, 2, 1, 0, 1),
    )
    assert compared.outside == Tally("", 1, 1, 1, 0, 0)


def test_a_query_whose_entry_is_gone_is_named_and_not_counted(compared: Comparison) -> None:
    """It is neither asked nor wrong."""
    assert compared.missing == (("客户骂人怎么安抚", "emotion.calm"),)


def test_what_moved_stands_side_by_side_the_worst_first(compared: Comparison) -> None:
    """With what an agent sees first before and after, and whether that is better or worse."""
    worse, better = compared.moved[:2]
    assert (worse.text, worse.verdict, worse.gold) == (STOLEN, "worse", REFUND.id)
    assert worse.before == Reply("answer", REFUND.id, REFUND.title, 1.0, REFUND.id)
    assert worse.after == Reply("answer", PROMO.id, PROMO.title, 1.0, PROMO.id)
    assert (better.text, better.verdict, better.after.entry_id) == ("我买的东西在哪儿", "better", SHIP.id)
    assert REFUND.variants[3] not in {moved.text for moved in compared.moved}


def test_the_same_twice_moves_nothing(before: Contents) -> None:
    """Everything that is counted stands equal on both sides."""
    found = ask(before, before, (STOLEN, "快递呢")).found
    assert (found.moved, found.real_moved, found.real) == ((), (), 2)
    assert found.judged.before == found.judged.after


def test_real_queries_are_asked_as_customers_ask(before: Contents, after: Contents) -> None:
    """Of what is valid that day only: in winter the summer promotion cannot take a refund's question."""
    summer = ask(before, after, (STOLEN, REFUND.variants[3]), SUMMER).found
    assert [(moved.text, moved.after.entry_id) for moved in summer.real_moved] == [(STOLEN, PROMO.id)]
    winter = ask(before, after, (STOLEN, REFUND.variants[3]), WINTER).found
    assert PROMO.id not in {moved.after.entry_id for moved in winter.real_moved}


def test_the_newest_real_queries_are_asked_once_each(before: Contents, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blank ones and repetitions count for nothing, and there is a limit."""
    monkeypatch.setattr(index.comparison, "MOST_REAL", 2)
    asked = ask(before, before, ("快递呢", "快递呢", "  ", "退款呢", "太旧了"))
    assert asked.found.real == 2
    assert "太旧了" not in asked.embedder.encoded


def test_each_text_is_embedded_once_for_both_and_real_ones_are_not_kept(before: Contents, after: Contents) -> None:
    """What customers said leaves no vector in the cache of the home."""
    asked = ask(before, after, ("快递呢", "退款呢"))
    assert max(Counter(asked.embedder.encoded).values()) == 1
    assert {"快递呢", "退款呢", STOLEN} <= set(asked.embedder.encoded)
    embedded = len(asked.embedder.encoded)
    asked.cache.encode([STOLEN])
    assert len(asked.embedder.encoded) == embedded
    asked.cache.encode(["快递呢"])
    assert len(asked.embedder.encoded) == embedded + 1


def test_a_real_query_as_it_was_meant_is_not_kept_either(before: Contents, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading of a misspelt one is a customer's words as well; it is embedded once for both sides."""
    monkeypatch.setattr(Speller, "corrected", lambda speller, text: "快递怎么了呢" if text == "块递怎么了呢" else None)
    asked = ask(before, before, ("块递怎么了呢",))
    assert Counter(asked.embedder.encoded)["快递怎么了呢"] == 1
    embedded = len(asked.embedder.encoded)
    asked.cache.encode(["快递怎么了呢"])
    assert len(asked.embedder.encoded) == embedded + 1


def test_the_history_is_asked_with_the_query(before: Contents) -> None:
    """A follow-up is what it is on both sides, so nothing moves; its turns are embedded too."""
    embedder = ToyEmbedder()
    query = golden("那要几天呢", REFUND.id, "follow-up", (Turn("customer", "退款"), Turn("agent", "您好")))
    compare(before, before, (query,), (), embedder, VectorCache(None, embedder), WINTER)
    assert {"退款", "退款，那要几天呢"} <= set(embedder.encoded)


def test_progress_is_told_to_its_end(before: Contents) -> None:
    """In steps of twenty queries, and once they are all asked."""
    told: list[tuple[str, int, int]] = []
    queries = tuple(golden(f"问题{number}", None, "far") for number in range(30))
    embedder = ToyEmbedder()
    cache = VectorCache(None, embedder)
    compare(before, before, queries, (), embedder, cache, WINTER, lambda *line: told.append(line))
    assert [line for line in told if line[0] == "compare"] == [
        ("compare", 20, 60),
        ("compare", 40, 60),
        ("compare", 60, 60),
        ("compare", 60, 60),
    ]


def test_right_is_the_entry_first_or_no_answer() -> None:
    """A query that nothing answers may be clarified, and may show what nobody would call an answer."""
    answered = Reply("answer", "a", "A", 0.9, "a")
    asked = Reply("clarify", "a", "A", 0.5, "a")
    unshown = Reply("abstain", None, None, 0.1, "a")
    assert right(golden("x", "a", "plain"), answered) and right(golden("x", "a", "plain"), unshown)
    assert not right(golden("x", "b", "plain"), answered)
    assert not right(golden("x", None, "far"), answered)
    assert right(golden("x", None, "far"), asked) and right(golden("x", None, "far"), unshown)


def test_the_curve_is_the_builds_own(before: Contents) -> None:
    """With its threshold and the policy's target."""
    curve = curve_of(before)
    assert curve.points == before.confidence.curve
    assert (curve.thresholds, curve.target) == (before.confidence.thresholds, 0.97)
