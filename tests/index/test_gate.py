"""What the gate lets pass."""

from __future__ import annotations

import pytest

from index.assembly import assemble
from index.comparison import Comparison, Tally
from index.contents import load
from index.gate import Lost, check, dropped
from index.resolving import resolved, resolved_policy
from index.retriever import Retriever
from knowledge.model import ApprovedEntry
from tests.service.shop import APPROVED, ENTRIES, FACTS, FILTER, REFUND, SHIP, policy, publish
from tests.toy import ToyEmbedder


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """The shop's."""
    home = tmp_path_factory.mktemp("gate")
    version = publish(home).version
    return Retriever(load(home / "artefacts" / version, "toy")[1], ToyEmbedder(), version)


def against(before: int, after: int, queries: int = 100) -> Comparison:
    """A comparison whose golden queries with an entry came out like this."""
    nothing = Tally("", 0, 0, 0, 0, 0)
    return Comparison(Tally("", queries, before, after, 0, 0), nothing, (), (), (), 0, ())


def test_a_sound_build_passes(retriever: Retriever) -> None:
    """Every phrasing counted once and found, nothing got worse."""
    entries = retriever.contents.entries
    found = check(entries, retriever, against(90, 90), 0)
    assert (found.verdict, found.lost, found.shared, found.drop) == ("pass", (), 0, 0)
    assert found.variants == sum(len(set(approved.entry.phrasings)) for approved in entries)
    assert check(entries, retriever, None, 0).verdict == "pass"


def test_a_lost_phrasing_is_refused_whatever_the_golden_queries_say(retriever: Retriever) -> None:
    """One that the artefact does not hold, and one that finds another entry: named with what they find."""
    stolen = REFUND.model_copy(update={"variants": ("没有写进去的问法", SHIP.variants[0], *REFUND.variants)})
    entry = next(one for one in retriever.contents.entries if one.entry.id == REFUND.id)
    found = check([entry.model_copy(update={"entry": stolen})], retriever, against(90, 95), 0.5)
    assert found.verdict == "refuse"
    assert found.lost == (
        Lost("refund.time", "没有写进去的问法", ()),
        Lost("refund.time", SHIP.variants[0], ("ship.no-update",)),
    )


def test_a_phrasing_shared_on_purpose_is_counted_and_not_lost() -> None:
    """It finds every entry that holds it."""
    shared = FILTER.model_copy(update={"variants": (*FILTER.variants, SHIP.variants[0])})
    entries = [
        ApprovedEntry(entry=shared if one.id == FILTER.id else one, version=1, approved_by="x", approved_at=APPROVED)
        for one in ENTRIES
    ]
    toy = ToyEmbedder()
    contents = assemble(resolved(entries, FACTS), resolved_policy(policy(), FACTS), toy.encode)
    found = check(contents.entries, Retriever(contents, toy, "x"), None, 0)
    assert (found.verdict, found.shared, found.lost) == ("pass", 2, ())


@pytest.mark.parametrize(
    ("before", "after", "tolerance", "verdict"),
    [
        (90, 90, 0, "pass"),
        (90, 95, 0, "pass"),
        (90, 89, 0, "worse"),
        (90, 89, 0.01, "pass"),
        (90, 88, 0.01, "worse"),
    ],
)
def test_golden_queries_may_not_get_worse_by_more_than_the_tolerance(
    retriever: Retriever, before: int, after: int, tolerance: float, verdict: str
) -> None:
    """What counts is how many of all find their entry first, before and after."""
    assert check(retriever.contents.entries, retriever, against(before, after), tolerance).verdict == verdict


def test_the_drop_is_a_share_of_the_queries() -> None:
    """Nothing where it rose, or where there is no query."""
    assert dropped(Tally("", 200, 100, 99, 3, 4)) == 0.005
    assert dropped(Tally("", 200, 99, 100, 4, 3)) == 0
    assert dropped(Tally("", 0, 0, 0, 0, 0)) == 0
