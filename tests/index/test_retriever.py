"""From a query to a decision, over a knowledge base small enough to know the right one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.contents import Contents
from index.conversation import FOLLOWS
from index.retriever import Finding, Retriever
from knowledge.model import ApprovedEntry, Escalation
from tests.index.conftest import SURE
from tests.index.desk import PHRASINGS, TOPICS, approved, contents_of, fresh, ids, matter, matters, reading, rules, said
from tests.toy import ToyEmbedder

ALL = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
QUERIES = ["多久", "退款到帐", "退宽", "账号发票", "我被烫伤了", "今天天气不错", "外壳清洗怎么办", "？", "😀", ""]


@pytest.mark.parametrize("entry_id", TOPICS)
def test_every_stored_phrasing_returns_its_own_entry_first(entry_id: str, retriever: Retriever) -> None:
    """Title and variants alike: tier exact, certain, with that very phrasing and a score of 1."""
    for owner, phrasing in PHRASINGS:
        if owner == entry_id:
            found = retriever.find(phrasing)
            first = found.candidates[0]
            assert (found.decision, ids(found)[0], first.tier, first.confidence) == ("answer", entry_id, "exact", 1.0)
            assert first.variant == phrasing
            assert first.score == pytest.approx(1, abs=1e-5)


NOISE = st.sampled_from(["", " ", "😀", "\u200b", "🙏🙏", "\t"])


@ALL
@given(st.sampled_from(PHRASINGS), NOISE, NOISE)
def test_what_normalisation_takes_away_does_not_hide_a_phrasing(
    retriever: Retriever, phrasing: tuple[str, str], before: str, after: str
) -> None:
    """White space, emoji and invisible characters around it leave it exact."""
    found = retriever.find(before + phrasing[1] + after)
    assert (ids(found)[0], found.candidates[0].tier) == (phrasing[0], "exact")


def test_an_exact_phrasing_wins_against_whatever_the_ranker_prefers(contents: Contents) -> None:
    """With the ranker turned against its entry, the entry still comes first and certain, all others with 0."""
    row = contents.variants.index("滤网更换多久")
    mine = int(contents.owner[row])
    weights = contents.ranker.weights.copy()
    weights[mine] = -weights[mine]
    hostile = fresh(replace(contents, ranker=replace(contents.ranker, weights=weights)))
    ranked = hostile.find("滤网更换多久呀")
    assert ids(ranked)[0] != "filter.change"
    assert ranked.candidates[0].tier == "ranked"
    exact = hostile.find("滤网更换多久")
    assert (ids(exact)[0], exact.decision) == ("filter.change", "answer")
    assert [candidate.confidence for candidate in exact.candidates] == [1.0] + [0.0] * 6
    assert [candidate.tier for candidate in exact.candidates] == ["exact"] + ["ranked"] * 6


@pytest.mark.parametrize("answer", [0.9, 0.4])
def test_a_phrasing_of_two_entries_asks_which_is_meant(answer: float) -> None:
    """Both are offered, each with half the certainty, however low the threshold; within one of them it is certain."""
    shared = (matter("refund.time", "钱呢"), matter("ship.track", "钱呢"), matter("care.shell"))
    made = contents_of(approved(*shared))
    sure = replace(SURE, thresholds=replace(SURE.thresholds, answer=answer))
    found = fresh(replace(made, confidence=sure)).find("钱呢")
    assert found.decision == "clarify"
    assert set(ids(found)[:2]) == {"refund.time", "ship.track"}
    assert [candidate.confidence for candidate in found.candidates] == [0.5, 0.5, 0.0]
    assert [option.entry.entry.id for option in found.options] == ids(found)[:2]
    only = fresh(made).find("钱呢", allowed=lambda one: one.entry.id == "ship.track")
    assert (only.decision, ids(only), only.candidates[0].confidence) == ("answer", ["ship.track"], 1.0)


def test_the_exact_phrasing_is_shown_even_where_another_has_the_same_vector() -> None:
    """To the toy ġ and a are one letter, so both phrasings score 1; the one that was typed is the one named."""
    made = fresh(contents_of(approved(matter("refund.time", title="ġ退款", variants=("a退款",)))))
    for query in ("ġ退款", "a退款"):
        (candidate,) = made.find(query).candidates
        assert (candidate.variant, candidate.tier) == (query, "exact")
        assert candidate.score == pytest.approx(1, abs=1e-5)


def test_a_paraphrase_is_answered_from_the_nearest_entry(retriever: Retriever) -> None:
    """Not stored, yet clearly of one matter: tier ranked, the nearest variant shown, confidence below 1."""
    found = retriever.find("退款啥时候到账")
    first = found.candidates[0]
    assert (found.decision, ids(found)[0], first.tier) == ("answer", "refund.time", "ranked")
    assert "退款到账" in first.variant
    assert 0.9 <= first.confidence < 1
    assert found.options == ()


def test_the_score_is_the_mean_cosine_to_the_variant_shown(retriever: Retriever) -> None:
    """Worked out again from the toy's two parts."""
    query = "帮我看一下退款"
    candidate = retriever.find(query).candidates[0]
    rows = ToyEmbedder().encode([query, candidate.variant])
    expected = np.mean([matrix[0] @ matrix[1] for matrix in rows.values()])
    assert candidate.score == pytest.approx(expected, abs=1e-6)


def test_a_query_between_two_matters_is_clarified(retriever: Retriever) -> None:
    """Half of two topics: both are options, and not more than three."""
    found = retriever.find("账号发票")
    assert found.decision == "clarify"
    assert {option.entry.entry.id for option in found.options[:2]} == {"account.login", "invoice.title"}
    assert len(found.options) <= 3


@pytest.mark.parametrize("query", ["魑魅魍魉", "zzqx", "！"])
def test_what_nothing_in_the_knowledge_base_answers_is_abstained_from(query: str, retriever: Retriever) -> None:
    """No entry is sure, so none is offered; the ranking is still there to look at."""
    found = retriever.find(query)
    assert found.decision == "abstain"
    assert found.options == ()
    assert len(found.candidates) == 7


@pytest.mark.parametrize("query", ["😀", "😀🙏❤️", "", "  \u200b", "\x00"])
def test_a_query_without_words_abstains(query: str, retriever: Retriever) -> None:
    """Emoji, white space and control characters say nothing: no candidate, no alarm, no error."""
    assert retriever.find(query) == Finding("abstain", (), (), (), 1, False)
    assert retriever.nearest(query) == (None, 0.0)


def test_confidence_never_rises_down_the_list(retriever: Retriever) -> None:
    """Best first, in (0..1), and together no more than 1 among the first five."""
    for query in QUERIES:
        confidences = [candidate.confidence for candidate in retriever.find(query).candidates]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0 <= value <= 1 for value in confidences)
        assert sum(confidences[:5]) <= 1 + 1e-9


@ALL
@given(st.sampled_from([*QUERIES, *(text for _, text in PHRASINGS[::7])]), st.integers(0, 12))
def test_the_limit_changes_only_how_many_come_back(retriever: Retriever, query: str, limit: int) -> None:
    """Decision, options, alarms and repeats are the same; the candidates are the first of the long list."""
    long, short = (retriever.find(query, said("多久"), limit=most) for most in (10, limit))
    assert short.candidates == long.candidates[:limit]
    assert replace(short, candidates=long.candidates) == long


def test_whether_anything_is_meant_is_told_apart_from_what(retriever: Retriever) -> None:
    """`inside` is a probability not below the first's confidence: 1 for a phrasing, much lower for a stranger."""
    for query in QUERIES:
        found = retriever.find(query)
        assert 0 <= found.inside <= 1
        assert found.inside >= max([candidate.confidence for candidate in found.candidates], default=0)
    assert retriever.find("退款到账多久").inside == 1
    between, strange = retriever.find("账号发票"), retriever.find("魑魅魍魉")
    assert between.inside > 2 * between.candidates[0].confidence
    assert strange.inside < between.inside


def test_only_allowed_entries_come_back(retriever: Retriever) -> None:
    """The others are not there at all: their phrasings are not exact, and an empty selection abstains."""

    def some(one: ApprovedEntry) -> bool:
        return one.entry.id in {"refund.time", "ship.track"}

    for query in ("外壳清洗多久", "退款到账多久", "你好"):
        assert set(ids(retriever.find(query, allowed=some))) == {"refund.time", "ship.track"}
    assert retriever.find("外壳清洗多久", allowed=some).candidates[0].tier == "ranked"
    assert retriever.find("退款到账多久", allowed=some).candidates[0].tier == "exact"
    none = retriever.find("退款到账多久", allowed=lambda one: False)
    assert (none.decision, none.candidates) == ("abstain", ())


def test_an_alarm_does_not_depend_on_what_is_allowed(retriever: Retriever) -> None:
    """Safety is heard whatever entries the caller asked for."""
    found = retriever.find("我被烫伤了", allowed=lambda one: False)
    assert [alarm.trigger.code for alarm in found.alarms] == ["injury"]


def test_an_elliptical_query_leans_on_what_was_said_before(retriever: Retriever) -> None:
    """多久 alone belongs to every matter; after 滤网更换 it is clear."""
    alone = retriever.find("多久")
    assert (alone.decision == "answer", alone.used_history) == (False, False)
    found = retriever.find("多久", said("滤网更换"))
    assert (ids(found)[0], found.used_history) == ("filter.change", True)
    assert found.candidates[0].confidence > 2 * alone.candidates[0].confidence
    both = retriever.find("多久", [*said("滤网更换"), *said("请问滤网更换的事", role="agent")])
    assert (both.decision, ids(both)[0]) == ("answer", "filter.change")


def test_only_the_last_turn_is_leaned_on(retriever: Retriever) -> None:
    """Of two matters talked of, the later one."""
    assert ids(retriever.find("多久", said("滤网更换", "退款到账")))[0] == "refund.time"


def test_a_clear_query_does_not_lean(retriever: Retriever) -> None:
    """What is answered on its own is not bent by the conversation."""
    found = retriever.find("退款到账多久", said("滤网更换"))
    assert (ids(found)[0], found.used_history) == ("refund.time", False)


@ALL
@given(
    st.sampled_from([text + end for _, text in PHRASINGS[::3] for end in ("", "呀", "啊？")]),
    st.lists(st.sampled_from([*QUERIES, *(text for _, text in PHRASINGS[::5])]), max_size=4),
)
def test_history_never_disturbs_what_is_clear_in_itself(retriever: Retriever, query: str, history: list[str]) -> None:
    """Whatever was said before, a query that is answered alone has the same answer, to the last figure."""
    alone = retriever.find(query)
    if alone.decision == "answer":
        found = retriever.find(query, said(*history))
        assert (found.decision, found.candidates, found.used_history) == ("answer", alone.candidates, False)
        assert found.inside == alone.inside


def test_what_the_desk_said_last_counts_too(retriever: Retriever) -> None:
    """The desk asked about a matter, and the answer says nothing by itself."""
    found = retriever.find("多久", said("滤网更换", role="agent"))
    assert (ids(found)[0], found.used_history) == ("filter.change", True)


def test_a_turn_that_does_not_make_it_clearer_is_not_used(retriever: Retriever) -> None:
    """Small talk before an unclear query changes nothing."""
    found = retriever.find("多久", said("魑魅"))
    assert (found.used_history, found.candidates) == (False, retriever.find("多久").candidates)


def test_a_long_message_tells_its_matter_itself(retriever: Retriever) -> None:
    """Up to eighty characters it may lean on what was said before; beyond, it costs no text more."""
    history = [*said("滤网更换多久"), *said("请问滤网更换的事", role="agent")]
    short, long = "多久" * (FOLLOWS // 2), "多久" * (FOLLOWS // 2) + "多"
    assert [retriever.find(query, history).used_history for query in (short, long)] == [True, False]
    assert retriever.find(long, history).candidates == retriever.find(long).candidates


@pytest.mark.parametrize("remark", ["魑魅魍魉", "魑魅魍魉魑魅魍魉魑魅魍魉魑魅魍魉"])
def test_a_remark_does_not_ask_again_what_was_answered(remark: str, retriever: Retriever) -> None:
    """Words that no entry knows, short or long, after a question that was: nothing is answered."""
    for question in ("退款到账多久", "滤网更换怎么办"):
        assert retriever.find(remark, said(question)).decision != "answer"


@pytest.mark.parametrize(
    ("history", "query", "repeats"),
    [
        ((), "退款到账多久", 1),
        (("退款到账多久",), "退款到账多久", 2),
        (("退款到账多久", "退款到账怎么办"), "请问退款到账的事", 3),
        (("滤网更换多久",), "退款到账多久", 1),
        (("多久",), "退款到账多久", 1),
        (("魑魅魍魉", "魑魅魍魉😀"), "魑魅魍魉", 3),
        (("退款到账多久",) * 5, "退款到账多久", 4),
        (("多久", "退款到账"), "多久", 2),
        (("退款快递",), "退款到账多久", 1),  # 退款 comes first, and may not be meant
    ],
)
def test_repeats_are_counted(history: Sequence[str], query: str, repeats: int, retriever: Retriever) -> None:
    """The same words, or words for the same entry, in the last three turns and this one; unsure turns do not count."""
    assert retriever.find(query, said(*history)).repeats == repeats


def test_what_is_answered_by_what_was_said_before_repeats_nothing(retriever: Retriever) -> None:
    """A follow-up asks something else of the same matter."""
    history = [*said("滤网更换多久"), *said("请问滤网更换的事", role="agent")]
    found = retriever.find("多久", history)
    assert (found.decision, ids(found)[0], found.used_history, found.repeats) == ("answer", "filter.change", True, 1)


def test_turns_are_read_among_the_same_entries_as_the_query() -> None:
    """Of two entries' phrasing, the one that is allowed was asked; of all entries neither was."""
    made = fresh(contents_of(approved(matter("refund.time", "钱呢"), matter("ship.track", "钱呢"))))
    asked, history = "快递物流多久", said("钱呢")
    assert made.find(asked, history).repeats == 1
    assert made.find(asked, history, lambda one: one.entry.id == "ship.track").repeats == 2


def test_turns_without_words_are_no_turns(retriever: Retriever) -> None:
    """Emoji between the turns neither count nor push older ones out."""
    history = said("我被烫伤了", "退款到账", "😀", "🙏", "😡")
    found = retriever.find("多久", history)
    assert (ids(found)[0], found.used_history) == ("refund.time", True)
    assert [alarm.text for alarm in found.alarms] == ["我被烫伤了"]


def test_alarms_are_heard_in_query_and_history(retriever: Retriever) -> None:
    """Each trigger once, the query's own first, then the latest turn's; the text says where it was heard."""
    found = retriever.find("咱们法院见", said("老人触电受伤", "孩子手指割破流血", "找律师告你们"))
    assert [(alarm.trigger.code, alarm.phrase, alarm.text) for alarm in found.alarms] == [
        ("legal", "咱们法院见", "咱们法院见"),
        ("injury", "孩子手指割破流血", "孩子手指割破流血"),
    ]


def test_only_three_turns_are_looked_back_at(retriever: Retriever) -> None:
    """What was said before them is the past."""
    assert retriever.find("退款到账多久", said("我被烫伤了", "一", "二", "三")).alarms == ()
    assert len(retriever.find("退款到账多久", said("我被烫伤了", "一", "二")).alarms) == 1


def test_a_policy_without_triggers_never_alarms() -> None:
    """And is no error."""
    made = contents_of(matters())
    assert fresh(replace(made, triggers=None)).find("我被烫伤了").alarms == ()


def test_what_sounds_like_an_entry_that_must_escalate_is_told_apart() -> None:
    """Where a look-alike is clearly nearer than all its phrasings, an entry is told apart; near them it is not."""
    must = Escalation(level="required", target="agent")
    entries = approved(*(matter(entry_id, escalation=must) for entry_id in TOPICS))
    told = fresh(contents_of(entries))
    assert "care.shell" in told.find("机身烫手正常吗？外壳", limit=7).look_alikes
    assert "care.shell" not in told.find("外壳清洗多久呢").look_alikes
    never = replace(SURE, thresholds=replace(SURE.thresholds, answer=1.0))
    near = fresh(replace(told.contents, confidence=never)).find("有律师认证的发票抬头吗", limit=7)
    assert near.look_alikes == set(TOPICS) - {"invoice.title"}  # than which the look-alike is nearer, but not clearly
    unseen = replace(told.contents.ranker, landmarks=np.zeros_like(told.contents.ranker.landmarks))
    blind = fresh(replace(told.contents, ranker=unseen))  # as if only the first entry had landmarks
    assert blind.find("机身烫手正常吗？外壳", limit=7).look_alikes <= {blind.contents.entries[0].entry.id}
    easy = fresh(contents_of(approved(*(matter(entry_id) for entry_id in TOPICS))))
    assert easy.find("机身烫手正常吗？外壳", limit=7).look_alikes == frozenset()
    quiet = fresh(contents_of(entries, rules(triggers=())))
    assert quiet.find("机身烫手正常吗？外壳", limit=7).look_alikes == frozenset()


def test_the_nearest_variant_alone_is_the_reference(retriever: Retriever) -> None:
    """Entry and cosine of the nearest variant in the embedder's first part, whatever the ranker says."""
    entry_id, score = retriever.nearest("发票抬头麻烦吗")
    assert entry_id == "invoice.title"
    assert score == pytest.approx(1, abs=1e-5)
    query = ToyEmbedder().encode(["发票麻烦"])["one"][0]
    stored = ToyEmbedder().encode(list(retriever.contents.variants))["one"] @ query
    entry_id, score = retriever.nearest("发票麻烦")
    assert score == pytest.approx(stored.max(), abs=1e-6)
    assert entry_id == retriever.contents.entries[retriever.contents.owner[stored.argmax()]].entry.id


def test_threads_share_a_retriever(contents: Contents, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight threads over a memory of three texts find what one finds."""
    monkeypatch.setattr("index.channels.REMEMBERED", 3)
    asked = [(query, history) for query in QUERIES for history in ((), said("退款到账"), said("我被烫伤了", "多久"))]
    expected = [fresh(contents).find(*one) for one in asked]
    shared = fresh(contents)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: shared.find(*one), asked * 3))
    assert found == expected * 3


def test_it_says_what_it_runs_on(retriever: Retriever) -> None:
    """Version of the artefact and name of the embedder, for the answer and for readiness."""
    assert (retriever.version, retriever.embedder_name) == ("0123456789ab", "toy")


def test_one_entry_is_enough() -> None:
    """The smallest knowledge base answers its phrasing, and there being no choice, never asks which is meant."""
    unsure = replace(SURE, thresholds=replace(SURE.thresholds, answer=1.0, clarify=0.0))
    made = fresh(replace(contents_of(approved(matter("refund.time"))), confidence=unsure))
    assert made.find("退款到账多久").decision == "answer"
    found = made.find("退款")
    assert (found.decision, found.options, len(found.candidates)) == ("abstain", (), 1)


def test_an_alarm_is_heard_in_what_was_typed_and_in_what_was_meant(contents: Contents) -> None:
    """The reading adds alarms and takes none away."""
    typed, meant = "我被烫伤了", "退款到账怎样我要起诉你们"
    made, _ = reading(contents, meant)
    found = made.find(typed)
    alone = [{alarm.trigger.code for alarm in fresh(contents).find(text).alarms} for text in (typed, meant)]
    assert found.read_as == meant
    assert {alarm.trigger.code for alarm in found.alarms} == alone[0] | alone[1] == {"injury", "legal"}


def test_a_misspelt_turn_counts_as_having_asked(retriever: Retriever) -> None:
    """Who asks the same again, spelt rightly now, has asked twice."""
    assert retriever.find("快递物流怎样", said("快底物刘怎样")).repeats == 2


def test_texts_are_embedded_as_queries_are(retriever: Retriever) -> None:
    """One row a text and part, the same as the query's own."""
    texts = ["退款多久到账", "你好"]
    rows = retriever.embed(texts)
    for place, text in enumerate(texts):
        seen = retriever._ranking.channels.see(text).rows
        assert all(np.array_equal(matrix[place], seen[part][0]) for part, matrix in rows.items())
