"""What the escalation card shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from service.pages.escalation import Dictionary, card, is_guess, reasons_text
from service.pages.words import SLOTS, WORDS
from tests.browser.canned import FIRE, NO_UPDATE, SAFETY, UNCLEAR, UNKNOWN, VAGUE, Json, answer

CHINESE = Dictionary(WORDS["zh"], SLOTS["zh"])
ENGLISH = Dictionary(WORDS["en"], SLOTS["en"], {"安全事故": "Safety incident", "物流专员": "Logistics"})


def shown(response: Json, chosen: int = 0, said: str = "", above: bool = False) -> dict[str, Any] | None:
    """The card's parts in Chinese."""
    return card(response, chosen, above, said, CHINESE, datetime.now(UTC))


def test_no_level_no_card() -> None:
    """Nothing to escalate takes no room."""
    assert shown(answer(UNCLEAR)) is None


def test_the_card_is_that_of_the_chosen_candidate() -> None:
    """Each candidate has its own; one that asks for nothing has none."""
    found = [shown(answer(NO_UPDATE), chosen) for chosen in (1, 2, 3)]
    assert [each and each["target"] for each in found] == ["物流专员", "仓库", None]


def test_an_entry_s_rule_is_a_guess_until_the_entry_is_chosen() -> None:
    """It hangs on a condition, and no clock runs; what was heard is no guess, whatever else there is."""
    guessed, meant = shown(answer(VAGUE)), shown(answer(VAGUE), 1)
    assert guessed and meant
    assert (guessed["guess"], guessed["condition"], guessed["left"]) == (True, f"如果是「{SAFETY['title']}」", "")
    assert guessed["span"] == meant["span"] == "30 分钟内"
    assert (meant["guess"], meant["condition"], meant["left"][:1]) == (False, "", "剩")
    for code in ("trigger", "asked_for_human", "repeated"):
        hint = answer(VAGUE)["escalation"]
        heard = hint | {"reasons": [*hint["reasons"], {"code": code, "detail": "x"}]}
        assert not is_guess(answer(VAGUE) | {"escalation": heard}, 0)
    assert not is_guess(answer(UNKNOWN), 0)


def test_the_holding_reply_is_left_out_where_it_stands_above() -> None:
    """One text is not shown twice."""
    with_it, without = shown(answer(FIRE)), shown(answer(FIRE), above=True)
    assert with_it and with_it["holding"]
    assert without and without["holding"] == []


def test_reasons_are_told_in_people_s_words() -> None:
    """An entry by its title; a trigger says what it heard, where nobody sees it, and what that was near to."""
    told = reasons_text(answer(FIRE)["escalation"]["reasons"], CHINESE)
    assert told == f"安全事故「冒烟了」 ≈ 「底座冒白烟」 · 「{SAFETY['title']}」这条的规定"
    reasons = [{"code": "trigger", "detail": "安全事故: 冒烟了"}, {"code": "repeated", "detail": "×3"}]
    assert reasons_text(reasons, ENGLISH, "冒烟了") == "Safety incident · asked again"
    near = [{"code": "trigger", "detail": "安全事故: 有白烟 ≈ 冒烟了"}]
    assert reasons_text(near, ENGLISH) == "Safety incident“有白烟” ≈ “冒烟了”"
    assert reasons_text(near, ENGLISH, "有白烟") == "Safety incident ≈ “冒烟了”"
    long = [{"code": "trigger", "detail": f"安全事故: {'烟' * 39}… ≈ 冒烟了"}]
    assert reasons_text(long, ENGLISH, "烟" * 60) == "Safety incident ≈ “冒烟了”"
    assert ENGLISH.name("物流专员") == "Logistics"
    assert reasons_text(answer(UNKNOWN)["escalation"]["reasons"], CHINESE) == "没有把握的答案"
