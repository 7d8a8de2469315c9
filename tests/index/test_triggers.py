"""Detectors that do not depend on the entry that ranks first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from index import triggers
from index.kernel import Kernel, Rows
from index.lexical import Lexical
from index.triggers import LEAST, Triggers, fit
from knowledge.text import normalise
from tests.index.desk import FORMS, TOPICS, TRIGGERS
from tests.toy import ToyEmbedder

OTHERS = [form.format(topic) for topic in TOPICS.values() for form in FORMS]
OWN = [text for trigger in TRIGGERS for text in trigger.variants]
OWN_OF = [number for number, trigger in enumerate(TRIGGERS) for _ in trigger.variants]
ALIKE = [text for trigger in TRIGGERS for text in trigger.look_alikes]
VOCABULARY = Lexical.fit("characters", OTHERS)


def rows_of(texts: Sequence[str]) -> Rows:
    """Texts in every channel."""
    return {**ToyEmbedder().encode(texts), "characters": VOCABULARY.transform([normalise(text) for text in texts])}


ROWS = rows_of(OTHERS)
RANKER = Kernel.against(ROWS, slice(None))
NOT_KINDRED = np.zeros((2, len(OTHERS)), bool)


def learnt(kindred: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = NOT_KINDRED, alike: int = len(ALIKE)) -> Triggers:
    """Detectors of the desk's two triggers."""
    return fit(rows_of([*OWN, *ALIKE[:alike]]), OWN_OF, alike, ROWS, RANKER.terms, kindred)


def heard(detectors: Triggers, text: str) -> list[tuple[int, float, int]]:
    """The alarms of one text."""
    rows = rows_of([text])
    return detectors.detect(detectors.kernel.values(rows), RANKER.values(rows))[0]


@pytest.mark.parametrize(("number", "variant"), list(zip(OWN_OF, OWN, strict=True)))
def test_a_triggers_own_variant_alarms_and_is_the_phrase_named(number: int, variant: str) -> None:
    """Every stored variant sets off its trigger, clearest of all, and is itself the nearest."""
    trigger, over, phrase = heard(learnt(), variant)[0]
    assert trigger == number
    assert over > 0
    assert OWN[phrase] == variant


@pytest.mark.parametrize("text", ["烫伤了我", "孩子触电受伤了", "手指割破了流血"])
def test_other_words_for_it_alarm_too(text: str) -> None:
    """What is near the injury variants is heard, and the phrase named belongs to that trigger."""
    alarms = heard(learnt(), text)
    assert [trigger for trigger, *_ in alarms] == [0]
    assert OWN_OF[alarms[0][2]] == 0


@pytest.mark.parametrize("text", [*ALIKE, *OTHERS[::9], "今天天气不错"])
def test_look_alikes_and_other_matters_do_not_alarm(text: str) -> None:
    """What sounds alike, what is asked every day, and small talk stay quiet."""
    assert heard(learnt(), text) == []


def test_look_alikes_are_what_keeps_the_detector_quiet() -> None:
    """Never told about it, the detector takes 机身烫手 for an injury more than when it knows the look-alike."""
    text = rows_of([ALIKE[1]])

    def score(detectors: Triggers) -> float:
        values = np.hstack([detectors.kernel.values(text), RANKER.values(text)[:, detectors.picked]])
        return float((values @ detectors.weights.T)[0, 0])

    assert score(learnt()) < score(learnt(alike=0))


def test_what_is_nearer_to_a_look_alike_needs_a_higher_score() -> None:
    """A text that repeats a look-alike loses most; one that repeats a trigger's own variant nothing."""
    deaf = learnt()
    eager = replace(deaf, thresholds=np.full(2, -9, np.float32), ordinary=np.zeros_like(deaf.ordinary))
    for text in (ALIKE[0], OWN[0]):
        rows = rows_of([text])
        own = eager.kernel.values(rows)
        score = (np.hstack([own, RANKER.values(rows)[:, eager.picked]]) @ eager.weights.T)[0]
        near = np.array([own[0, : len(OWN)][np.equal(OWN_OF, trigger)].max() for trigger in (0, 1)])
        lead = np.maximum(own[0, len(OWN) :].max() - near, 0)
        assert lead.min() > 1 if text in ALIKE else lead[OWN_OF[0]] == 0
        found = {trigger: over for trigger, over, _ in heard(eager, text)}
        assert found == pytest.approx(dict(enumerate(score + 9 - triggers.LOOK_ALIKE_COST * lead)), abs=1e-4)


def test_what_is_nearer_to_something_ordinary_needs_a_higher_score() -> None:
    """What an ordinary phrasing is nearer by is taken off, for the triggers alone that it is ordinary for."""
    detectors = replace(learnt(), thresholds=np.full(2, -9, np.float32))
    rows = rows_of([OTHERS[3] + "烫伤"])
    own, values = detectors.kernel.values(rows), RANKER.values(rows)
    score = (np.hstack([own, values[:, detectors.picked]]) @ detectors.weights.T)[0]
    near = [float(own[0, : len(OWN)][np.equal(OWN_OF, trigger)].max()) for trigger in (0, 1)]
    lead = float(values.max()) - np.array(near)
    assert lead.min() > 0.1
    found = {trigger: over for trigger, over, _ in heard(detectors, OTHERS[3] + "烫伤")}
    assert found == pytest.approx(dict(enumerate(score + 9 - triggers.LEAD_COST * lead)), abs=1e-4)
    kin = replace(detectors, ordinary=np.array([[False], [True]]).repeat(len(OTHERS), axis=1))
    again = {trigger: over for trigger, over, _ in heard(kin, OTHERS[3] + "烫伤")}
    assert again == pytest.approx({0: score[0] + 9, 1: found[1]}, abs=1e-4)
    assert found[0] < again[0]


def test_a_row_is_no_neighbour_of_its_own() -> None:
    """When thresholds are set, or no ordinary row would ever come near one."""
    square = np.array(
        [[1.0, 0.2, 0.1, 0.3], [0.2, 1.0, 0.6, 0.5], [0.1, 0.6, 1.0, 0.4], [0.3, 0.5, 0.4, 1.0]], np.float32
    )
    costs = triggers._costs(square, np.array([0]), 2, np.array([[True, True]]))
    ordinary, alike = np.array([0.3, 0.4, 0.3, 0.1]), np.array([0.2, 0, 0.5, 0.2])
    assert costs[:, 0] == pytest.approx(triggers.LEAD_COST * ordinary + triggers.LOOK_ALIKE_COST * alike)


def test_the_nearest_phrase_is_the_alarming_triggers_own() -> None:
    """Both triggers in one text: each names its nearest own variant, clearest first."""
    alarms = heard(learnt(), "我被烫伤了，咱们法院见")
    assert {trigger: OWN[phrase] for trigger, _, phrase in alarms} == {0: "我被烫伤了", 1: "咱们法院见"}
    excess = [over for _, over, _ in alarms]
    assert excess == sorted(excess, reverse=True)
    assert min(excess) >= 0


def test_many_rows_are_judged_each_for_itself() -> None:
    """One list of alarms a row, the same as alone."""
    detectors, texts = learnt(), [OWN[0], OTHERS[0], OWN[-1]]
    rows = rows_of(texts)
    together = detectors.detect(detectors.kernel.values(rows), RANKER.values(rows))
    assert [[(trigger, phrase) for trigger, _, phrase in found] for found in together] == [
        [(trigger, phrase) for trigger, _, phrase in heard(detectors, text)] for text in texts
    ]
    assert together[1] == []


def test_other_variants_rarely_reach_a_threshold() -> None:
    """By the build's own leave-one-out scores at most the stated share alarms: none of these 112."""
    rows = ROWS
    detectors = learnt()
    alarms = detectors.detect(detectors.kernel.values(rows), RANKER.values(rows))
    assert sum(bool(found) for found in alarms) <= triggers.FALSE_ALARMS * len(OTHERS) + 1


def test_a_threshold_is_the_strictest_of_its_reasons() -> None:
    """Quantiles of 0..1 in a thousand steps: 0.995 for the others, 0.95 for look-alikes, and never below the least."""
    steps, low = np.linspace(0, 1, 1001, dtype=np.float32), np.full(50, -1, np.float32)
    none = np.zeros(0, np.float32)
    assert triggers._threshold(steps, none) == pytest.approx(0.995)
    assert triggers._threshold(low, steps) == pytest.approx(0.95)
    assert triggers._threshold(steps * 0.5, steps) == pytest.approx(0.95)
    assert triggers._threshold(low, low) == LEAST
    assert triggers._threshold(none, none) == LEAST


def test_kindred_entries_do_not_raise_the_threshold() -> None:
    """Variants of an entry for the same target count as half the matter, so they are not held against it."""
    kindred = NOT_KINDRED.copy()
    kindred[0, : len(FORMS)] = True
    rows = rows_of([OTHERS[3]])
    plain, kin = learnt(), learnt(kindred)
    values = RANKER.values(rows)

    def score(detectors: Triggers) -> float:
        return float((np.hstack([detectors.kernel.values(rows), values]) @ detectors.weights.T)[0, 0])

    assert score(plain) < 0.1
    assert score(kin) > 0.25
    assert kin.thresholds[0] == pytest.approx(plain.thresholds[0], abs=0.1)


def test_only_so_many_counter_examples_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spread evenly over the ranker's landmarks, first and last included; own variants still alarm."""
    monkeypatch.setattr(triggers, "COUNTER_EXAMPLES", 12)
    detectors = learnt()
    assert detectors.picked.tolist() == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 111]
    assert detectors.weights.shape == (2, len(OWN) + len(ALIKE) + 12)
    assert heard(detectors, OWN[0])[0][0] == 0


def test_stored_triggers_detect_as_the_learnt_ones() -> None:
    """What an artefact keeps is enough."""
    one = learnt()
    again = Triggers.restore(
        one.texts,
        RANKER.terms,
        picked=one.picked,
        weights=one.weights,
        thresholds=one.thresholds,
        example_of=one.example_of,
        ordinary=one.ordinary,
    )
    for text in (*OWN, "烫伤了我", OTHERS[5]):
        assert heard(again, text) == heard(one, text)
