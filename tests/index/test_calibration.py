"""What confidence is fitted on: queries whose answer is known, none of which sees what was left out for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import calibration, ranker
from index.calibration import outcomes, weights_of
from index.evidence import NAMES, centre_all
from index.fitting import Outcomes
from index.holdout import OutOfFold
from index.kernel import Rows
from index.lexical import Lexical
from tests.index.desk import FORMS, TOPICS
from tests.toy import ToyEmbedder

STRANGERS = ("今天天气不错", "how old are you", "讲个笑话", "魑魅魍魉", "附近有没有好吃的")
SCORE, LEAD, COSINE, RIVAL, STRANGER, LENGTH, KNOWN = range(len(NAMES))


def rows_of(texts: Sequence[str], vocabulary: Lexical) -> Rows:
    """The toy's vectors and one lexical channel."""
    return {**ToyEmbedder().encode(texts), "characters": vocabulary.transform(texts)}


class Base:
    """Some entries' phrasings with their ranker's held-out rankings."""

    def __init__(self, phrasings: Sequence[Sequence[str]], strangers: Sequence[str] = STRANGERS) -> None:
        self.texts = [text for group in phrasings for text in group]
        self.owner = np.array([number for number, group in enumerate(phrasings) for _ in group])
        vocabulary = Lexical.fit("characters", self.texts)
        self.rows, self.far = rows_of(self.texts, vocabulary), rows_of(strangers, vocabulary)
        learnt, self.held = ranker.fit(
            self.rows, self.owner.tolist(), len(phrasings), self.far if len(strangers) else None
        )
        self.dense = centre_all(self.rows, learnt.kernel.means)
        self.foreign = centre_all(self.far, learnt.kernel.means)
        self.lengths = (np.array([len(text) for text in self.texts]), np.array([len(text) for text in strangers], int))

    def outcomes(self, share: float = 0.3, held: OutOfFold | None = None) -> Outcomes:
        """The rows to fit on."""
        return outcomes(held or self.held, self.owner, self.dense, self.foreign, self.lengths, share)


def desk(topics: int = 7, forms: int = len(FORMS)) -> list[list[str]]:
    """The phrasings of the test desk."""
    return [[form.format(topic) for form in FORMS[:forms]] for topic in list(TOPICS.values())[:topics]]


def share_of(found: Outcomes) -> float:
    """The weight of the queries without an entry."""
    return float(found.weights[~found.inside].sum() / found.weights.sum())


def test_there_is_a_row_for_each_of_the_three_kinds() -> None:
    """Every variant left out, every variant with its whole entry left out, every stranger, in this order."""
    base = Base(desk())
    found, variants = base.outcomes(), len(base.texts)
    assert found.features.shape == (2 * variants + len(STRANGERS), len(NAMES))
    assert found.inside.tolist() == [True] * variants + [False] * (variants + len(STRANGERS))
    assert found.right[:variants].mean() == 1.0
    lengths = np.concatenate([base.lengths[0], base.lengths[0], base.lengths[1]])
    assert found.features[:, LENGTH] == pytest.approx(np.log1p(lengths))


def test_what_has_no_entry_has_no_right_candidate() -> None:
    """Neither first nor among three, though candidates there are; right implies among implies inside."""
    found = Base(desk()).outcomes()
    assert not found.right[~found.inside].any()
    assert not found.among[~found.inside].any()
    assert (found.right <= found.among).all()
    assert (found.among <= found.inside).all()


def test_a_variant_left_out_never_sees_itself() -> None:
    """Its cosine is with the nearest other phrasing of the candidate, worked out again from the vectors."""
    base = Base(desk())
    found = base.outcomes()
    every = np.mean([base.dense[part] @ base.dense[part].T for part in base.dense], axis=0)
    np.fill_diagonal(every, -1)
    assert found.features[: len(base.texts), COSINE].max() < 1 - 1e-6
    for row in range(0, len(base.texts), 9):
        first = base.held.present.entries[row, 0]
        assert found.features[row, COSINE] == pytest.approx(every[row, base.owner == first].max(), abs=1e-5)


def test_an_absent_query_sees_nothing_of_its_entry() -> None:
    """First candidate, score and cosine are those of another entry."""
    base = Base(desk())
    found, variants = base.outcomes(), len(base.texts)
    every = np.mean([base.dense[part] @ base.dense[part].T for part in base.dense], axis=0)
    for row in range(0, variants, 9):
        first = base.held.absent.entries[row, 0]
        assert first != base.owner[row]
        features = found.features[variants + row]
        assert features[COSINE] == pytest.approx(every[row, base.owner == first].max(), abs=1e-5)
        assert features[SCORE] == pytest.approx(base.held.absent.scores[row, 0] ** 0.5, abs=1e-6)
        assert features[KNOWN] == base.held.absent.known[row]


def test_a_stranger_is_held_against_the_other_strangers() -> None:
    """Never against itself; two that say the same are as near as can be."""
    base = Base(desk(), (*STRANGERS, STRANGERS[0]))
    far = base.outcomes().features[-len(STRANGERS) - 1 :]
    assert far[[0, -1], STRANGER] == pytest.approx([1, 1], abs=1e-5)
    assert far[1:-1, STRANGER].max() < 1 - 1e-3


@pytest.mark.parametrize("block", [1, 10])
def test_blocks_change_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows are compared at a time."""
    base = Base(desk(3))
    whole = base.outcomes()
    monkeypatch.setattr(calibration, "BLOCK", block)
    again = base.outcomes()
    assert again.features == pytest.approx(whole.features, abs=1e-5)
    assert np.array_equal(again.right, whole.right)


def test_a_single_phrasing_tells_only_what_absent_looks_like() -> None:
    """Left out, it cannot be found, so it is no present row; its entry's being absent is one."""
    base = Base([*desk(6), ["一共就这一句"]])
    found = base.outcomes()
    assert int(found.inside.sum()) == 6 * len(FORMS)
    assert len(found.inside) == 12 * len(FORMS) + 1 + len(STRANGERS)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.9])
def test_weights_give_queries_without_an_entry_their_share(share: float) -> None:
    """Half of it to each kind, and one to every present row."""
    found = Base(desk()).outcomes(share)
    variants = 7 * len(FORMS)
    assert share_of(found) == pytest.approx(share)
    assert found.weights[:variants].tolist() == [1] * variants
    assert found.weights[variants : 2 * variants].sum() == pytest.approx(found.weights[2 * variants :].sum())


@given(st.lists(st.floats(0.1, 1), max_size=30), st.integers(0, 30), st.integers(0, 30), st.floats(0, 0.99))
def test_weights_hold_whatever_kinds_there_are(trust: list[float], absent: int, far: int, share: float) -> None:
    """The present rows' weights stay; without one of the other kinds the other has the whole share."""
    found = weights_of(np.array(trust), absent, far, share)
    assert found[: len(trust)].tolist() == trust
    assert len(found) == len(trust) + absent + far
    assert (found >= 0).all()
    if trust and absent + far:
        assert found[len(trust) :].sum() / found.sum() == pytest.approx(share)
    if absent and far:
        assert found[len(trust) : len(trust) + absent].sum() == pytest.approx(found[len(trust) + absent :].sum())


def test_trust_is_a_present_rows_weight_and_leaves_the_share() -> None:
    """Half-trusted rows count half, and the queries without an entry so much less."""
    base = Base(desk())
    trust = np.where(base.owner == 0, 0.5, 1).astype(np.float32)
    found = base.outcomes(0.3, replace(base.held, trust=trust))
    assert found.weights[: len(base.texts)].tolist() == trust.tolist()
    assert share_of(found) == pytest.approx(0.3)


def test_with_five_entries_or_fewer_nothing_is_absent() -> None:
    """A query whose entry is out would have fewer candidates than a live one; strangers take over."""
    for entries in (2, 5):
        found = Base(desk(entries)).outcomes()
        assert len(found.inside) == entries * len(FORMS) + len(STRANGERS)
        assert np.isfinite(found.features).all()
        assert share_of(found) == pytest.approx(0.3)


def test_one_entry_is_enough() -> None:
    """It leads by its score, there is no rival, and its phrasings are found for lack of another."""
    found = Base(desk(1, 3)).outcomes()
    assert found.inside.tolist() == [True] * 3 + [False] * len(STRANGERS)
    assert found.right[:3].all()
    assert not found.features[:, RIVAL].any()
    assert found.features[:, LEAD].tolist() == found.features[:, SCORE].tolist()


def test_one_phrasing_in_all_leaves_only_strangers() -> None:
    """Nothing can be measured on it, and nothing breaks."""
    found = Base([["退款多久"]]).outcomes()
    assert found.inside.tolist() == [False] * len(STRANGERS)
    assert np.isfinite(found.weights).all()


@pytest.mark.parametrize("entries", [1, 3, 7])
def test_without_strangers_the_nearest_is_as_far_as_can_be(entries: int) -> None:
    """As for a live query of such a base: −1 for all, and the absent have the whole share."""
    base = Base(desk(entries), ())
    found = base.outcomes()
    assert found.features[:, STRANGER].tolist() == [-1.0] * len(found.inside)
    assert share_of(found) == pytest.approx(0.3 if entries > 5 else 0.0)
