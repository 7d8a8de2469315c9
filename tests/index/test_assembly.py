"""What is put together in memory: phrasings once each, what is suspicious or shared, strangers, kindred."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from index import assembly
from index.errors import GateError
from index.strangers import strangers
from knowledge.model import Escalation
from tests.index.desk import TOPICS, approved, changed, contents_of, matter, matters, rules
from tests.toy import ToyEmbedder


def test_a_phrasing_counts_once_an_entry() -> None:
    """The title again as a variant, or the same but for width and case, is one row."""
    entry = matter("refund.time", title="退款 APP", variants=("退款ＡＰＰ", "退款 app", "钱", "😀"))
    made = contents_of(approved(entry, matter("ship.track")))
    mine = [text for text, owner in zip(made.variants, made.owner, strict=True) if owner == 0]
    assert "钱" in mine
    assert mine[0] == "退款 APP"
    assert "😀" not in mine
    keys = [key for key, owner in zip(made.keys, made.owner, strict=True) if owner == 0]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("others", [(), ("account.login", "ship.track")])
def test_an_entry_of_nothing_but_emoji_cannot_be_built(others: tuple[str, ...]) -> None:
    """It could never be found, alone or among others; it is named with the next step."""
    entries = approved(matter("refund.time", title="😀", variants=("🙏",)), *map(matter, others))
    with pytest.raises(GateError, match=r"no phrasing with a letter .* has entry refund\.time: write one"):
        contents_of(entries, rules(triggers=()))


def test_a_shared_phrasing_is_warned_of_with_both_entries(caplog: pytest.LogCaptureFixture) -> None:
    """Lint refuses it in a pack; a question set may hold some, and then the log says whose it is."""
    contents_of(approved(matter("refund.time", "钱呢"), matter("ship.track", "钱呢")))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "1 phrasings belong to two entries" in caplog.text
    assert "ship.track: '钱呢' also belongs to refund.time" in caplog.text


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
