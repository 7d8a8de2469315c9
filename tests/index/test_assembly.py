"""What is put together in memory: what is suspicious, strangers, kindred, and nothing of what nobody could find."""

from __future__ import annotations

import numpy as np
import pytest

from index import assembly
from index.errors import GateError
from index.strangers import strangers
from knowledge.model import Escalation
from tests.index.desk import TOPICS, TRIGGERS, approved, changed, contents_of, fresh, matter, matters, rules
from tests.toy import ToyEmbedder


def test_a_variant_nearer_to_another_entry_is_reported() -> None:
    """A phrasing of 外壳清洗 filed under the refund: named with both entries, the clearest first."""
    entries = changed(matter("refund.time", "外壳清洗几天好"))
    report = contents_of(entries).report
    first = report["suspicious"][0]
    assert (first["entry_id"], first["variant"]) == ("refund.time", "外壳清洗几天好")
    assert first["nearer_to"] == "care.shell"
    assert first["score"] > first["own_score"]
    assert report["metrics"]["suspicious_variants"] == len(report["suspicious"])
    assert contents_of(matters()).report["suspicious"] == []


def test_a_suspicious_variant_says_what_its_own_entry_scores() -> None:
    """Also where that is not among the first five of the seven: next to nothing, and not nothing at all."""
    (found,) = contents_of(changed(matter("refund.time", "外壳清洗几天好"))).report["suspicious"]
    assert 0 < abs(found["own_score"]) < 0.05


def test_nothing_is_embedded_of_what_cannot_be_built() -> None:
    """No entry, and a trigger that could never be heard."""
    embedder = ToyEmbedder()
    deaf = TRIGGERS[0].model_copy(update={"variants": ("🆘🆘",)})
    for entries, policy in (((), rules()), (matters(), rules(triggers=(deaf,)))):
        with pytest.raises(GateError):
            assembly.assemble(entries, policy, embedder.encode)
    assert embedder.encoded == []


def test_an_example_without_a_normal_form_is_not_heard() -> None:
    """To an embedder 🆘🆘 is what ? is: a trigger that has other words for it hears these, and no ? either."""
    mute = TRIGGERS[0].model_copy(update={"variants": ("🆘🆘", *TRIGGERS[0].variants), "look_alikes": ("😀",)})
    told = fresh(contents_of(matters(), rules(triggers=(mute, TRIGGERS[1]))))
    assert [told.find(text).alarms for text in ("?", "？？", "！")] == [(), (), ()]
    (alarm,) = told.find("我被烫伤了").alarms
    assert (alarm.trigger.code, alarm.phrase) == ("injury", "我被烫伤了")


def test_strangers_an_entry_could_mean_are_not_kept() -> None:
    """A desk whose phrasings are some of the strangers' own words keeps only the others, in their order."""
    texts = strangers()
    entries = approved(
        matter("refund.time", title=texts[0], variants=(f"请问{texts[0]}", f"{texts[0]}呢")),
        matter("ship.track", title=texts[40], variants=(f"请问{texts[40]}", f"{texts[40]}呢")),
    )
    made = contents_of(entries, rules(triggers=()))
    vectors = ToyEmbedder().encode(texts)
    kept = made.strangers["one"]
    assert 0 < len(kept) < len(texts)
    for meant in (0, 40):
        assert not (np.abs(kept - vectors["one"][meant]).max(axis=1) < 1e-6).any()


def test_kindred_entries_are_those_for_the_triggers_target() -> None:
    """Per trigger and entry: whether both go to the same desk, the entry no less urgently."""
    required, offered = (Escalation(level=level, target="agent") for level in ("required", "offer"))
    entries = approved(
        matter("care.shell", escalation=required), matter("refund.time"), matter("ship.track", escalation=offered)
    )
    urgent, other = rules().triggers
    policy = rules(triggers=(urgent, other.model_copy(update={"level": "offer"})))
    assert assembly._kindred(entries, policy).tolist() == [[True, False, False], [True, False, True]]


def test_where_many_matters_go_says_nothing_of_the_triggers_own() -> None:
    """Beyond a handful of entries for its target a trigger has no kindred at all."""
    escalation = Escalation(level="required", target="agent")
    entries = approved(*(matter(topic, escalation=escalation) for topic in TOPICS))
    assert len(entries) == assembly.MATTERS + 1
    assert assembly._kindred(entries[:-1], rules()).all()
    assert not assembly._kindred(entries, rules()).any()
