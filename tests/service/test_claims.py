"""Why somebody else must or may be told: the entry, the triggers, repeats and doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from index.ranking import Decision
from index.retriever import Alarm, Candidate, Finding, Retriever
from knowledge.model import Escalation
from service.api.requests import SuggestionRequest
from service.claims import claims_of
from service.desk import Desk
from service.settings import Settings
from tests.service.asking import INJURY, LEAK, NOTHING, REFUND, ask, ids, turns
from tests.service.shop import BRUSH, ENTRIES, FILTER, FRIDAY, publish, serving, state_of


def test_where_nothing_fits_it_abstains_with_an_honest_line(client: TestClient) -> None:
    """An abstention is an answer: nothing to choose, somebody to hand over to, and what to say meanwhile."""
    body = ask(client, NOTHING)
    assert (body["decision"], body["suggestions"], body["clarification"]) == ("abstain", [], None)
    hint = body["escalation"]
    assert (hint["level"], hint["target"]) == ("offer", "agent")
    assert [reason["code"] for reason in hint["reasons"]] == ["low_confidence"]
    assert hint["holding_reply"]["text"] == "请稍等"


def test_until_it_is_clear_an_entry_offers_its_escalation(client: TestClient, tmp_path: Path) -> None:
    """One of two that may be meant requires nothing yet; it does once it is meant, and where both of them would."""
    either = "怎样拆"
    likelier = ids(ask(client, either))[0]
    must = Escalation(level="required", target="logistics")
    for required, level in (({likelier}, "offer"), ({FILTER.id, BRUSH.id}, "required")):
        changed = [entry.model_copy(update={"escalation": must}) for entry in ENTRIES if entry.id in required]
        publish(tmp_path, (*changed, *(entry for entry in ENTRIES if entry.id not in required)))
        with serving(Settings(home=tmp_path)) as desk:
            unclear = ask(desk, either)
            clear = ask(desk, {FILTER.id: "滤网多久更换", BRUSH.id: "边刷多久更换"}[likelier])
        assert (unclear["decision"], unclear["escalation"]["level"]) == ("clarify", level)
        assert (clear["decision"], clear["escalation"]["level"]) == ("answer", "required")


def test_an_entry_that_requires_it_escalates_with_its_own_words(client: TestClient) -> None:
    """Level, priority and holding reply are the entry's; what it leaves open is the target's."""
    hint = ask(client, LEAK)["escalation"]
    assert (hint["level"], hint["target"], hint["priority"]) == ("required", "logistics", "urgent")
    assert hint["holding_reply"]["text"] == "请先断电，我马上请专员联系您。"
    assert [item["field"] for item in hint["collect"]] == ["order_no", "phone"]


def test_a_trigger_escalates_whatever_ranks_first(client: TestClient) -> None:
    """Heard in the query or in what the customer said before; what the agent said does not count."""
    for body in (ask(client, INJURY), ask(client, REFUND, history=turns(INJURY, "您好"))):
        hint = body["escalation"]
        assert (hint["level"], hint["target"], hint["priority"]) == ("required", "agent", "urgent")
        assert hint["reasons"][0] == {"code": "trigger", "detail": f"人身伤害: {INJURY}"}
    assert ask(client, REFUND, history=turns(INJURY, "您好"))["decision"] == "answer"
    assert ask(client, REFUND, history=turns(INJURY, role="agent"))["escalation"]["level"] == "none"


def test_a_reason_shows_what_was_said_and_what_it_was_near_to(client: TestClient) -> None:
    """The stored phrasing is named too; of a long story forty characters are shown."""
    told = f"{INJURY}，{INJURY}，{INJURY}，{INJURY}，{INJURY}"
    reasons = ask(client, told)["escalation"]["reasons"]
    assert {"code": "trigger", "detail": f"人身伤害: {told[:39]}… ≈ {INJURY}"} in reasons


def test_asking_again_raises_the_escalation(client: TestClient) -> None:
    """Offered at the second time, required from the third on."""
    expected: tuple[tuple[str, str, list[str]], ...]
    expected = (("none", "normal", []), ("offer", "normal", ["×2"]), ("required", "high", ["×3"]))
    for times in range(3):
        hint = ask(client, REFUND, history=turns(*[REFUND] * times))["escalation"]
        repeats = [reason["detail"] for reason in hint["reasons"] if reason["code"] == "repeated"]
        assert (hint["level"], hint["priority"], repeats) == expected[times]


def test_a_look_alike_is_no_reason_to_escalate(client: TestClient) -> None:
    """An unanswered entry that must escalate counts unless it is told apart; with an alarm it counts again."""
    retriever = state_of(client).live.retriever
    leak = next(found for found in retriever.contents.entries if found.entry.id == "quality.leak")
    likely = Finding("abstain", (Candidate(leak, 0.6, 0.5, "x", "ranked"),), (), (), 1, False, inside=0.9)
    alike = replace(likely, look_alikes=frozenset({"quality.leak"}))
    alarm = Alarm(retriever.contents.policy.triggers[0], "x", "x")
    levels = [
        [claim.level for claim in claims_of(finding, retriever, "zh") if claim.reason.code == "entry"]
        for finding in (likely, alike, replace(alike, alarms=(alarm,)))
    ]
    assert levels == [["required"], [], ["required"]]


@pytest.mark.parametrize(
    ("decision", "inside", "level"),
    [
        ("abstain", 0.3, ["required"]),
        ("abstain", 0.2, []),
        ("clarify", 0.3, ["offer"]),
        ("clarify", 0.6, ["required", "offer"]),
    ],
)
def test_less_is_enough_where_nothing_is_said(
    decision: Decision, inside: float, level: list[str], client: TestClient
) -> None:
    """A customer who is asked back says what is meant; one who gets no answer may be missed for good."""
    retriever = state_of(client).live.retriever
    leak = next(found for found in retriever.contents.entries if found.entry.id == "quality.leak")
    finding = Finding(decision, (Candidate(leak, 0.3, 0.5, "x", "ranked"),), (), (), 1, False, inside=inside)
    found = [claim.level for claim in claims_of(finding, retriever, "zh") if claim.reason.code == "entry"]
    assert found == level


class _Spread:
    """A retriever that gives as many candidates as it is asked for, all equally unlikely, all to be escalated."""

    def __init__(self, real: Retriever) -> None:
        self.contents, self.version = real.contents, real.version

    def find(self, query: str, history: Any, allowed: Any, limit: int) -> Finding:
        leak = next(found for found in self.contents.entries if found.entry.escalation.level == "required")
        candidates = (Candidate(leak, 0.06, 0.5, query, "ranked"),) * limit
        return Finding("abstain", candidates, (), (), 1, False)


def test_asking_for_more_does_not_escalate_more(client: TestClient) -> None:
    """What is looked at for an escalation is the same few candidates, however many are to be shown."""
    desk = Desk(lambda: cast(Retriever, _Spread(state_of(client).live.retriever)), lambda: FRIDAY)
    hints = [desk.suggest(SuggestionRequest(query="x", limit=limit)).escalation for limit in (1, 3, 10)]
    assert [hint.level for hint in hints] == ["offer"] * 3
