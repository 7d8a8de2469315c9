"""The texts a build learns from: once each, with whose they are, and nobody without any."""

from __future__ import annotations

import logging

import pytest

from index.errors import GateError
from index.texts import phrasings_of, trigger_texts_of
from tests.index.desk import TRIGGERS, approved, matter, rules


def test_a_phrasing_counts_once_an_entry() -> None:
    """The title again as a variant, or the same but for width and case, is one; an emoji is none."""
    entry = matter("refund.time", title="退款 APP", variants=("退款 ＡＰＰ", "退款  app", "钱", "😀"))
    found = phrasings_of(approved(entry, matter("ship.track", title="钱", variants=("快递",))))
    assert found.variants == ("退款 APP", "钱", "钱", "快递")
    assert found.keys == ("退款 app", "钱", "钱", "快递")
    assert found.owner.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("others", [(), ("account.login", "ship.track")])
def test_an_entry_of_nothing_but_emoji_is_refused(others: tuple[str, ...]) -> None:
    """It could never be found, alone or among others; it is named with the next step."""
    entries = approved(matter("refund.time", title="😀", variants=("🙏",)), *map(matter, others))
    with pytest.raises(GateError, match=r"no phrasing with a letter .* has entry refund\.time: write one"):
        phrasings_of(entries)


def test_no_entry_at_all_is_refused() -> None:
    """There is nothing to find."""
    with pytest.raises(GateError, match="no approved entry to build from: import or approve some first"):
        phrasings_of(())


def test_a_shared_phrasing_is_warned_of_with_its_entries(caplog: pytest.LogCaptureFixture) -> None:
    """Lint refuses it in a pack; a question set may hold some: the log counts each once and says whose it is."""
    names = ("care.shell", "refund.time", "ship.track")
    phrasings_of(approved(*(matter(name, "钱呢") for name in names)))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "1 phrasings belong to several entries" in caplog.text
    assert "  钱呢: care.shell, refund.time, ship.track" in caplog.text
    caplog.clear()
    phrasings_of(approved(matter("refund.time", "钱呢", "钱呢！"), matter("ship.track")))
    assert caplog.records == []


def test_triggers_have_the_texts_that_can_be_told_apart() -> None:
    """Variants in order with their triggers, then look-alikes; what is nothing but emoji is none."""
    mute = TRIGGERS[0].model_copy(update={"variants": ("🆘", "烫伤"), "look_alikes": ("😀", "烫手")})
    found = trigger_texts_of(rules(triggers=(mute, TRIGGERS[1])))
    assert found.variants == ("烫伤", *TRIGGERS[1].variants)
    assert found.owner == (0, 1, 1, 1, 1)
    assert found.every == (*found.variants, "烫手", *TRIGGERS[1].look_alikes)


def test_a_trigger_that_hears_nothing_is_refused() -> None:
    """It would never sound; it is named with the next step."""
    deaf = TRIGGERS[1].model_copy(update={"variants": ("🆘🆘", "⚡")})
    with pytest.raises(GateError, match=r"no variant with a letter .* has trigger legal: write one"):
        trigger_texts_of(rules(triggers=(TRIGGERS[0], deaf)))
