"""The ranker: own variants score high, leave-out scores are those of a ranker fitted without."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import holdout, ranker
from index.kernel import Kernel, Rows, stack, take
from index.lexical import Lexical
from index.ranker import Ranker, fit, landmark_rows
from index.ridge import STRENGTH
from index.typicality import SHARE
from tests.index.desk import FORMS, TOPICS
from tests.toy import ToyEmbedder

Numbers = NDArray[np.int64]
Figures = NDArray[np.float64]

TEXTS = [form.format(topic) for topic in TOPICS.values() for form in FORMS]
OWNER = [number for number in range(len(TOPICS)) for _ in FORMS]
ROWS = {**ToyEmbedder().encode(TEXTS), "characters": Lexical.fit("characters", TEXTS).transform(TEXTS)}


def test_an_entrys_own_variant_scores_highest_with_it() -> None:
    """Close to 1 with its own entry, close to 0 with the others."""
    learnt, _ = fit(ROWS, OWNER, len(TOPICS))
    scores = learnt.scores(learnt.kernel.values(ROWS))
    assert scores.shape == (len(TEXTS), len(TOPICS))
    assert scores.argmax(axis=1).tolist() == OWNER
    own = scores[np.arange(len(TEXTS)), OWNER]
    assert own.min() > 0.5
    assert np.abs(scores).sum(axis=1).max() - own.max() < 0.5


def test_scores_can_be_asked_for_some_entries() -> None:
    """The columns are those asked for, in that order."""
    learnt, _ = fit(ROWS, OWNER, len(TOPICS))
    values = learnt.kernel.values(take(ROWS, slice(0, 3)))
    some = learnt.scores(values, np.array([4, 0]))
    assert some == pytest.approx(learnt.scores(values)[:, [4, 0]])


def test_a_stored_ranker_scores_as_the_learnt_one() -> None:
    """Landmarks, means, weights, residuals and typicality are all there is to it."""
    learnt, _ = fit(ROWS, OWNER, len(TOPICS))
    alone = learnt.typicality.weights
    again = Ranker.restore(
        learnt.landmarks, learnt.kernel.terms, learnt.weights, learnt.left, alone, np.array(OWNER), ROWS
    )
    values = learnt.kernel.values(ROWS)
    assert np.array_equal(again.kernel.values(ROWS), values)
    assert np.array_equal(again.scores(values), learnt.scores(values))
    assert np.array_equal(again.typicality.of(values), learnt.typicality.of(values))


def test_fitting_twice_gives_the_same_bits() -> None:
    """No random draw anywhere: the artefact depends on it."""
    (one, held), (two, held_again) = fit(ROWS, OWNER, len(TOPICS)), fit(ROWS, OWNER, len(TOPICS))
    assert one.weights.tobytes() == two.weights.tobytes()
    assert held.present.scores.tobytes() == held_again.present.scores.tobytes()


def without(out: Numbers) -> tuple[Figures, Figures]:
    """Scores of the rows `out`, and their sums without typicality's share, by regressions that never saw them.

    The centre of the vectors did.
    """
    values = Kernel.against(ROWS, slice(None)).values(ROWS).astype(float)
    kept = np.setdiff1d(np.arange(len(TEXTS)), out)
    owner = np.asarray(OWNER)[kept]
    alpha = np.linalg.solve(values[np.ix_(kept, kept)] + STRENGTH * np.eye(len(kept)), np.eye(len(TOPICS))[owner])
    typical = np.zeros((len(out), len(TOPICS)))
    for entry in range(len(TOPICS)):
        mine = kept[owner == entry]
        ones = np.linalg.solve(values[np.ix_(mine, mine)] + STRENGTH * np.eye(len(mine)), np.ones(len(mine)))
        typical[:, entry] = values[np.ix_(out, mine)] @ ones
    scores = np.asarray(values[np.ix_(out, kept)] @ alpha)
    return scores + SHARE * typical, scores.sum(axis=1)


def test_out_of_fold_is_what_a_ranker_without_the_variant_says() -> None:
    """The five best entries of every variant, had it not been stored."""
    _, held = fit(ROWS, OWNER, len(TOPICS))
    assert held.rows.tolist() == list(range(len(TEXTS)))
    for row in (0, 17, 60, len(TEXTS) - 1):
        (expected,), known = without(np.array([row]))
        assert held.present.scores[row] == pytest.approx(np.sort(expected)[::-1][:5], abs=1e-4)
        assert held.present.entries[row, 0] == expected.argmax()
        assert held.present.known[row] == pytest.approx(known[0], abs=1e-4)


def test_absent_is_what_a_ranker_without_the_whole_entry_says() -> None:
    """The entry's variants are all left out and the entry itself is never among the candidates."""
    _, held = fit(ROWS, OWNER, len(TOPICS))
    assert (held.absent.entries != np.asarray(OWNER)[:, None]).all()
    mine = np.flatnonzero(np.asarray(OWNER) == 3)
    scores, known = without(mine)
    expected = np.delete(scores, 3, axis=1)
    assert held.absent.scores[mine] == pytest.approx(-np.sort(-expected, axis=1)[:, :5], abs=1e-4)
    assert held.absent.known[mine] == pytest.approx(known, abs=1e-4)


def test_an_absent_entry_is_last_where_there_is_no_other_to_list() -> None:
    """With three entries in all, its own comes third, at −∞, so that no caller takes it for a candidate."""
    three = slice(0, 3 * len(FORMS))
    _, held = fit(take(ROWS, three), OWNER[three], 3)
    assert held.absent.entries[:, 2].tolist() == OWNER[three]
    assert np.isneginf(held.absent.scores[:, 2]).all()
    assert np.isfinite(held.absent.scores[:, :2]).all()


STRANGERS = ("今天天气不错", "how old are you", "讲个笑话")


def strange_rows() -> Rows:
    """The strangers in the channels of the desk."""
    return {
        **ToyEmbedder().encode(STRANGERS),
        "characters": Lexical.fit("characters", TEXTS).transform(STRANGERS),
    }


def test_what_all_entries_know_of_a_text_leaves_typicality_out() -> None:
    """The sum of the regression's scores: near 1 for a stored text, less for a stranger's."""
    learnt, held = fit(ROWS, OWNER, len(TOPICS), strange_rows())
    values = learnt.kernel.values(ROWS)
    expected = (learnt.scores(values) - SHARE * learnt.typicality.of(values)).sum(axis=1)
    assert learnt.known(values) == pytest.approx(expected, abs=1e-4)
    assert learnt.known(values).min() > 0.8
    assert held.far.known == pytest.approx(learnt.known(learnt.kernel.values(strange_rows())))
    assert held.far.known.max() < learnt.known(values).min() - 0.1


def test_strangers_are_ranked_and_not_learnt_from() -> None:
    """With and without them the ranker is the same to the bit; their five best entries stand in order of score."""
    alone, none = fit(ROWS, OWNER, len(TOPICS))
    learnt, held = fit(ROWS, OWNER, len(TOPICS), strange_rows())
    assert learnt.weights.tobytes() == alone.weights.tobytes()
    assert (none.far.entries.shape, none.far.scores.shape) == ((0, 5), (0, 5))
    scores = learnt.scores(learnt.kernel.values(strange_rows()))
    assert held.far.scores == pytest.approx(-np.sort(-scores, axis=1)[:, :5])
    assert held.far.entries[:, 0].tolist() == scores.argmax(axis=1).tolist()
    assert held.far.scores.max() < 0.5


# --- noisy bases ---


def shuffled(every: int) -> list[int]:
    """The desk with every so-many-th variant filed under another entry, each time another one."""
    return [
        (owner + 1 + row // every % (len(TOPICS) - 1)) % len(TOPICS) if row % every == 0 else owner
        for row, owner in enumerate(OWNER)
    ]


QUERIES = [f"{topic}{end}" for topic in TOPICS.values() for end in ("怎么弄呀", "好了没有", "什么情况啊", "谁能帮忙")]
GOLD = [number for number in range(len(TOPICS)) for _ in range(4)]


def hits(learnt: Ranker) -> int:
    """How many clean queries find their entry first."""
    asked = {
        **ToyEmbedder().encode(QUERIES),
        "characters": Lexical.fit("characters", TEXTS).transform(QUERIES),
    }
    return int((learnt.scores(learnt.kernel.values(asked)).argmax(axis=1) == GOLD).sum())


def test_edited_knowledge_is_not_noisy() -> None:
    """Its variants count for their own entry alone, and all are trusted."""
    _, held = fit(ROWS, OWNER, len(TOPICS))
    assert held.trust.tolist() == [1.0] * len(TEXTS)


def test_a_small_base_of_like_entries_is_not_noisy() -> None:
    """Two products with the same matters: left out, a phrasing is nearer to its twin, and yet is filed rightly."""
    texts = [f"{product}{asked}" for product in ("C4", "C5") for asked in ("怎么开机", "开不了机", "电源键在哪")]
    texts += ["外壳清洗", "清洗外壳"]
    owner = [0, 0, 0, 1, 1, 1, 2, 2]
    vocabulary = Lexical.fit("characters", texts)
    rows = {**ToyEmbedder().encode(texts), "characters": vocabulary.transform(texts)}
    learnt, held = fit(rows, owner, 3)
    assert held.trust.tolist() == [1.0] * len(texts)
    assert learnt.scores(learnt.kernel.values(rows)).argmax(axis=1).tolist() == owner


def test_a_noisy_base_is_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a third of the variants misfiled, these are found again by their own topic, and clean queries no worse."""
    filed = shuffled(3)
    corrected, held = fit(ROWS, filed, len(TOPICS))
    wrong = np.asarray(filed) != np.asarray(OWNER)
    assert wrong.mean() == pytest.approx(1 / 3, abs=0.01)
    by_itself = corrected.scores(corrected.kernel.values(ROWS)).argmax(axis=1) == OWNER
    monkeypatch.setattr(ranker, "NOISY", 2.0)
    plain, untouched = fit(ROWS, filed, len(TOPICS))
    uncorrected = plain.scores(plain.kernel.values(ROWS)).argmax(axis=1) == OWNER
    assert by_itself.mean() > 0.95
    assert by_itself[wrong].mean() > uncorrected[wrong].mean()
    assert hits(corrected) >= hits(plain)
    assert hits(corrected) >= 0.95 * len(QUERIES)
    assert untouched.trust.tolist() == [1.0] * len(TEXTS)
    # What looks misfiled is hardly trusted for calibration, the rest wholly.
    assert held.trust[wrong].mean() < 0.3
    assert held.trust[~wrong].mean() > 0.9


def test_what_looks_misfiled_weighs_as_it_would_in_edited_knowledge() -> None:
    """There 3 % look so, of which one in e leads by .1 more; what does not look so is trusted wholly."""
    lead = np.linspace(-1, 1.2, 2201, dtype=np.float32)
    trust = ranker._trust(lead)
    assert (trust[lead <= ranker.MISFILED_LEAD] == 1).all()
    for start, share in ((0.2, 0.03), (0.3, 0.03 / math.e), (0.5, 0.03 / math.e**3)):
        assert trust[lead > start].sum() / len(lead) == pytest.approx(share, rel=0.03)
    assert (np.diff(trust[(lead > ranker.MISFILED_LEAD) & (lead < 1.1)]) <= 0).all()
    alike = ranker._trust(np.array([0.1, *[0.6] * 9], np.float32))
    assert alike[0] == 1 and 0 < alike[1] < 0.01 and (alike[1:] == alike[1]).all()


def test_single_phrasings_of_a_noisy_base_leave_the_others_their_weight() -> None:
    """They are trusted wholly, as nothing is known of them, and take no part of what the misfiled weigh."""
    filed = shuffled(3)
    _, without = fit(ROWS, filed, len(TOPICS))
    places = np.arange(0, len(TEXTS), 8)
    rows = stack(ROWS, take(ROWS, places))
    _, held = fit(rows, [*filed, *range(len(TOPICS), len(TOPICS) + len(places))], len(TOPICS) + len(places))
    assert without.trust.min() < 0.3
    assert (held.trust[len(TEXTS) :] == 1).all()
    assert held.trust[: len(TEXTS)].sum() == pytest.approx(without.trust.sum(), rel=0.2)


def test_a_noisy_base_on_landmarks_is_corrected_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same beyond the exact rows."""
    monkeypatch.setattr(ranker, "EXACT_ROWS", 50)
    monkeypatch.setattr(ranker, "LANDMARKS", 70)
    corrected, held = fit(ROWS, shuffled(3), len(TOPICS))
    assert held.trust.min() < 0.3
    assert hits(corrected) >= 0.95 * len(QUERIES)


def test_a_corrected_base_is_always_the_same() -> None:
    """To the bit."""
    (one, held), (two, again) = (fit(ROWS, shuffled(3), len(TOPICS)) for _ in range(2))
    assert one.weights.tobytes() == two.weights.tobytes()
    assert held.trust.tobytes() == again.trust.tobytes()


def test_single_phrasings_are_never_noisy() -> None:
    """Left out they cannot be found, which says nothing of how they are filed."""
    _, held = fit(take(ROWS, slice(0, None, len(FORMS))), list(range(len(TOPICS))), len(TOPICS))
    assert held.trust.tolist() == [1.0] * len(TOPICS)


def test_one_entry_with_one_phrasing_can_be_learnt() -> None:
    """The smallest knowledge base there is: it scores its own text above a stranger's."""
    rows = ToyEmbedder().encode(["退款多久"])
    learnt, held = fit(rows, [0], 1)
    own, stranger = learnt.scores(learnt.kernel.values(ToyEmbedder().encode(["退款多久", "xyz"])))[:, 0]
    assert own > stranger
    assert held.present.entries.shape == (1, 1)


def test_beyond_the_exact_rows_landmarks_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half the rows as landmarks: fewer weights, the same entries first."""
    monkeypatch.setattr(ranker, "EXACT_ROWS", 50)
    monkeypatch.setattr(ranker, "LANDMARKS", 56)
    learnt, held = fit(ROWS, OWNER, len(TOPICS))
    assert learnt.weights.shape == (len(TOPICS), 56)
    assert np.bincount(np.asarray(OWNER)[learnt.landmarks]).tolist() == [8] * 7
    assert learnt.scores(learnt.kernel.values(ROWS)).argmax(axis=1).tolist() == OWNER
    assert (held.present.entries[:, 0] == OWNER).mean() > 0.95


def test_calibration_rows_are_whole_entries_drawn_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of seven entries with sixteen rows, sixty rows are about every second entry, with all its rows."""
    monkeypatch.setattr(holdout, "CALIBRATION_ROWS", 60)
    _, held = fit(ROWS, OWNER, len(TOPICS))
    drawn = np.asarray(OWNER)[held.rows]
    assert np.unique(drawn).tolist() == [0, 2, 4, 6]
    assert len(drawn) == 4 * len(FORMS)


def test_landmarks_take_turns_between_entries() -> None:
    """Every entry's first variant, then every entry's second …, in order of rows."""
    entry_of = [0, 0, 0, 1, 2, 2]
    assert landmark_rows(entry_of, 3).tolist() == [0, 3, 4]
    assert landmark_rows(entry_of, 5).tolist() == [0, 1, 3, 4, 5]
    assert landmark_rows(entry_of, 99).tolist() == [0, 1, 2, 3, 4, 5]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.integers(1, 40))
def test_landmarks_are_shared_fairly(entry_of: list[int], count: int) -> None:
    """As many as asked for; no entry has two more than another that still had some to give."""
    marks = landmark_rows(entry_of, count).tolist()
    assert marks == sorted(set(marks))
    assert len(marks) == min(count, len(entry_of))
    taken = {entry: sum(entry_of[row] == entry for row in marks) for entry in set(entry_of)}
    for entry, number in taken.items():
        if number < entry_of.count(entry):
            assert max(taken.values()) <= number + 1
