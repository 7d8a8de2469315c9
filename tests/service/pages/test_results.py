"""What the page shows for a response."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from service.pages.escalation import Dictionary
from service.pages.results import Search, asks, choose, results
from service.pages.words import SLOTS, WORDS
from tests.browser.canned import (
    ENGLISH,
    FIRE,
    HOLDING,
    MEANT,
    MISSPELT,
    NO_UPDATE,
    UNCLEAR,
    UNKNOWN,
    VAGUE,
    WITH_SLOTS,
    Json,
    answer,
)

WORDS_AND_SLOTS = Dictionary(WORDS["zh"], SLOTS["zh"])


def shown(query: str, chosen: int | None = None, **changes: Any) -> dict[str, Any]:
    """The parts for a query of the hand-written desk."""
    return results(answer(query) | changes, Search(query, "chat", chosen), WORDS_AND_SLOTS, datetime.now(UTC))


@pytest.mark.parametrize(
    ("query", "wanted", "chosen"),
    [
        (NO_UPDATE, None, 1),
        (NO_UPDATE, 3, 3),
        (NO_UPDATE, 99, 1),
        (UNCLEAR, None, 0),
        (UNCLEAR, 2, 2),
        (UNKNOWN, None, 0),
    ],
)
def test_only_what_may_be_sent_is_chosen_for_the_agent(query: str, wanted: int | None, chosen: int) -> None:
    """An answer is chosen; where one must choose or nothing fits, no candidate is, until the agent does."""
    assert choose(answer(query), wanted) == chosen


def test_what_there_is_to_say_follows_the_decision() -> None:
    """A reply, the question to ask, or a holding line: the escalation's, else the general one."""
    silent = answer(UNKNOWN)["escalation"] | {"holding_reply": None}
    kinds = [shown(query)["say"]["kind"] for query in (NO_UPDATE, UNCLEAR, UNKNOWN)]
    assert kinds == ["reply", "clarify", "holding"]
    assert shown(UNKNOWN, escalation=silent)["say"]["pieces"][0].text == HOLDING


def test_what_a_misspelt_query_was_read_as_is_said() -> None:
    """Beside the decision, and the phrasing's marks are those of what was meant; spelt rightly nothing is said."""
    misspelt, meant = shown(MISSPELT), shown(MEANT)
    assert (misspelt["decision"]["read_as"], meant["decision"]["read_as"]) == (f"按“{MEANT}”理解", "")
    assert misspelt["say"]["match"] == meant["say"]["match"]


def test_the_holding_line_is_not_shown_twice() -> None:
    """Where it is what there is to say, the escalation card leaves it out."""
    assert shown(UNKNOWN)["say"]["pieces"][0].text == HOLDING
    assert shown(UNKNOWN)["escalation"]["holding"] == []
    assert shown(FIRE)["escalation"]["holding"] != []


def test_who_must_be_helped_at_once_is_not_asked_to_choose() -> None:
    """Undecided, but to be escalated: what there is to say is the holding reply, not the question."""
    urgent = answer(FIRE)["escalation"]
    parts = shown(UNCLEAR, escalation=urgent)
    assert parts["decision"]["word"] == "请选择"
    assert parts["say"]["pieces"][0].text == urgent["holding_reply"]["text"]


def test_an_entry_s_own_words_wait_until_it_is_said_to_be_meant() -> None:
    """Where but an entry's rule asks for help the question is asked, or the general line said; nobody is named."""
    parts = shown(VAGUE)
    assert (parts["say"]["kind"], parts["escalation"]["guess"]) == ("clarify", True)
    assert chosen_none(VAGUE)["say"]["pieces"][0].text == HOLDING
    abstained = shown(VAGUE, decision="abstain", clarification=None)
    assert abstained["say"]["pieces"][0].text == HOLDING
    assert abstained["decision"]["hint"] == "先稳住客户，再去核实"
    assert shown(VAGUE, chosen=1)["escalation"]["guess"] is False


def test_with_nobody_in_between_who_perhaps_must_be_helped_is_not_asked() -> None:
    """What an agent sees as a guess is no question that a machine may put."""
    assert asks(answer(UNCLEAR))
    assert not asks(answer(VAGUE))
    assert not asks(answer(UNKNOWN))


def test_who_writes_english_is_not_asked_in_chinese() -> None:
    """Chinese titles are no options to read: the agent chooses. What is in another language says so."""
    parts = shown(UNCLEAR, language="en")
    assert parts["say"]["kind"] == "nothing"
    assert shown(NO_UPDATE, language="zh")["say"]["foreign"] == ""
    assert shown(NO_UPDATE, language="en")["say"]["foreign"] == "中文"
    assert shown(ENGLISH)["say"]["foreign"] == "中文"
    assert shown(FIRE, language="en")["escalation"]["foreign"] == "中文"


def test_titles_worded_for_agents_are_never_put_to_a_customer() -> None:
    """Where an option is a script, or there is but one, there is no question to copy: the agent chooses."""
    found = answer(UNCLEAR)
    scripts = [found["suggestions"][0] | {"kind": "script"}, *found["suggestions"][1:]]
    single = found["clarification"] | {"options": found["clarification"]["options"][:1]}
    assert shown(UNCLEAR, suggestions=scripts)["say"]["kind"] == "nothing"
    assert shown(UNCLEAR, clarification=single)["say"]["kind"] == "nothing"
    assert shown(UNCLEAR, suggestions=scripts)["say"]["pieces"][0].text.startswith("请从候选话术里选一条")


def test_a_reply_says_who_approved_which_version_when_and_until() -> None:
    """Version, approver and day always, the end of validity where there is one."""
    assert shown(NO_UPDATE)["say"]["meta"] == ["v3", "王敏 批准", "2026-11-20"]
    assert shown(NO_UPDATE, chosen=3)["say"]["meta"][-1] == "有效至 2026-12-31"


def test_links_keep_the_search() -> None:
    """A candidate's link is this search with that candidate, a related entry's a search for its title."""
    search = Search("退款 & 换货", "email")
    parts = results(answer(NO_UPDATE), search, WORDS_AND_SLOTS, datetime.now(UTC))
    assert parts["candidates"][1]["href"] == "/?q=%E9%80%80%E6%AC%BE+%26+%E6%8D%A2%E8%B4%A7&channel=email&n=2"
    assert parts["related"][0]["href"] == search.link(query="快递把包裹弄丢了")


def test_nothing_found_at_all_is_still_a_result() -> None:
    """No suggestion, no reply to hold the customer: the page says so."""
    empty: Json = {"suggestions": [], "decision": "abstain"}
    parts = shown(WITH_SLOTS, **empty)
    assert parts["candidates"] == []
    assert parts["decision"]["word"] == "暂无话术"


def chosen_none(query: str, **changes: Any) -> dict[str, Any]:
    """The parts once the agent has said that no option was meant."""
    search = Search(query, "chat", None, none=True)
    return results(answer(query) | changes, search, WORDS_AND_SLOTS, datetime.now(UTC))


def test_the_options_of_a_clarification_are_numbered_like_the_candidates() -> None:
    """Each leads to its reply; an option that is no candidate to a search for its title."""
    first, second = shown(UNCLEAR)["options"]
    assert (first["n"], first["entry_id"], first["title"]) == (1, "refund.time", "退款多久能到账")
    assert second["href"] == Search(UNCLEAR).link(chosen=2)
    reordered = answer(UNCLEAR)["suggestions"][1:]
    first, second = shown(UNCLEAR, suggestions=reordered)["options"]
    assert (first["n"], first["href"]) == ("", Search().link(query="退款多久能到账"))
    assert second["n"] == 1


def test_once_it_is_known_there_is_nothing_to_choose() -> None:
    """A chosen candidate, none of the options, and any other decision have no options."""
    assert shown(UNCLEAR, chosen=1)["options"] == []
    assert chosen_none(UNCLEAR)["options"] == []
    assert shown(NO_UPDATE)["options"] == []


def test_where_none_was_meant_the_customer_is_steadied() -> None:
    """By the escalation's own holding reply where it has one, else by the general one; never twice."""
    parts = chosen_none(UNCLEAR)
    assert (parts["say"]["kind"], parts["say"]["pieces"][0].text) == ("holding", HOLDING)
    urgent = answer(FIRE)["escalation"]
    parts = chosen_none(UNCLEAR, escalation=urgent)
    assert parts["say"]["pieces"][0].text == urgent["holding_reply"]["text"]
    assert parts["escalation"]["holding"] == []
    assert Search("退款").link(chosen="none") == parts["none_href"] == "/?q=%E9%80%80%E6%AC%BE&n=none"


def test_none_means_nothing_where_there_was_nothing_to_choose() -> None:
    """An address made by hand changes no other decision."""
    for query in (NO_UPDATE, UNKNOWN):
        assert chosen_none(query)["say"] == shown(query)["say"]


def test_the_part_that_matched_is_marked() -> None:
    """Against what the customer said last, of a conversation too; what contradicts it is told."""
    said = "客户：在吗\n客服：在的\n客户：" + WITH_SLOTS
    match = results(answer(WITH_SLOTS), Search(said), WORDS_AND_SLOTS, datetime.now(UTC))["say"]["match"]
    assert [part.text for part in match["variant"] if part.hit] == ["差价"]
    assert match["contradictions"] == ["客户说“两次”，这条说的是“一次”，请核对"]


def test_where_nothing_is_approved_it_says_whom_to_ask() -> None:
    """At the decision itself, not only in the card below."""
    assert shown(UNKNOWN)["decision"]["hint"] == "先稳住客户，再问人工客服"
