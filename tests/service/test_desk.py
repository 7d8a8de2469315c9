"""From what was found to a response: which entries, which reply, in whose words, by when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from index.errors import NoArtefact
from index.retriever import Retriever
from knowledge.model import Entry, Precision, Reply
from service.api.requests import SuggestionRequest
from service.desk import Desk, choose_reply
from service.settings import Settings
from tests.service.asking import BOTH, INJURY, LEAK, NOTHING, REFUND, SHIP, ask, ids, turns
from tests.service.shop import BRUSH, ENTRIES, FILTER, FRIDAY, SHANGHAI, policy, publish, serving, state_of

FOUR_SHARED = ("多久更换", "使用寿命", "去哪里买", "怎样拆卸")


@pytest.fixture(scope="module")
def desk(client: TestClient) -> Desk:
    """The desk behind the client, on the same day."""
    live = state_of(client).live
    return Desk(lambda: live.retriever, lambda: FRIDAY)


QUERIES = (REFUND, SHIP, LEAK, BOTH, NOTHING, "退款", "今天天气", "使用寿命", "refund time")


@given(st.sampled_from(QUERIES), st.integers(1, 10), st.none() | st.floats(0, 1))
@hypothesis_settings(max_examples=80, deadline=None)
def test_the_decision_depends_on_neither_limit_nor_min_confidence(
    desk: Desk, query: str, limit: int, least: float | None
) -> None:
    """They choose what is shown; decision, clarification and escalation stay what they were."""
    plain = desk.suggest(SuggestionRequest(query=query))
    shown = desk.suggest(SuggestionRequest(query=query, limit=limit, min_confidence=least))
    assert (shown.decision, shown.clarification, shown.escalation) == (
        plain.decision,
        plain.clarification,
        plain.escalation,
    )
    assert len(shown.suggestions) <= limit
    if least is not None:
        assert all(item.confidence >= round(least, 4) for item in shown.suggestions)
    confidences = [item.confidence for item in shown.suggestions]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize(("limit", "count"), [(1, 1), (2, 2), (7, 7), (10, 7)])
def test_min_confidence_0_gives_the_best_whatever_they_are_worth(client: TestClient, limit: int, count: int) -> None:
    """As many as were asked for, or all seven entries that are valid."""
    assert len(ids(ask(client, "今天天气", limit=limit, min_confidence=0))) == count


def test_what_is_answered_is_shown(client: TestClient) -> None:
    """By default an answer comes with its suggestion, first in the list."""
    for query in (REFUND, SHIP, LEAK):
        body = ask(client, query)
        assert body["decision"] == "answer"
        assert body["suggestions"][0]["match"]["variant"] == query


def test_what_is_answered_is_shown_however_easy_the_knowledge(tmp_path: Path) -> None:
    """Where entries are so far apart that nearly every right one is certain, a less certain answer still shows."""
    apart = [
        entry.model_copy(update={"variants": tuple(v for v in entry.variants if not v.startswith(FOUR_SHARED))})
        for entry in ENTRIES
    ]
    publish(tmp_path, apart, rules=policy().model_copy(update={"precision": Precision()}))
    with serving(Settings(home=tmp_path)) as client:
        bodies = [ask(client, query) for query in ("多久更换", "使用寿命", "去哪里买", "怎样拆卸", "几天", "退款")]
    answered = [body for body in bodies if body["decision"] == "answer"]
    assert answered
    assert all(body["suggestions"] for body in answered)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 5, 31, 23, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 5, 31, 16, 30, tzinfo=UTC), True),  # 1 June at the desk
        (datetime(2026, 8, 31, 23, 59, tzinfo=SHANGHAI), True),
        (datetime(2026, 8, 31, 16, 30, tzinfo=UTC), False),  # 1 September at the desk
        (FRIDAY, False),
    ],
)
def test_an_entry_is_shown_on_its_days_only(home: Path, moment: datetime, shown: bool) -> None:
    """The day is the desk's own. Outside its window not even the exact phrasing or a related link brings it up."""
    with serving(Settings(home=home), moment) as client:
        body = ask(client, "夏季满减怎么参加", limit=10, min_confidence=0)
        related = ask(client, SHIP)["suggestions"][0]["related"]
    assert ("promo.summer" in ids(body)) == shown
    assert ("promo.summer" in [item["entry_id"] for item in related]) == shown


def test_kinds_narrow_the_entries(client: TestClient) -> None:
    """Only scripts, only questions, or both where none is named."""
    script = {"emotion.calm"}
    everything = set(ids(ask(client, "客户", limit=10, min_confidence=0)))
    assert set(ids(ask(client, "客户", kinds=["script"], limit=10, min_confidence=0))) == script
    assert set(ids(ask(client, "客户", kinds=["faq"], limit=10, min_confidence=0))) == everything - script
    assert set(ids(ask(client, "客户", kinds=["faq", "script"], limit=10, min_confidence=0))) == everything


def test_products_keep_what_belongs_to_them_or_to_none(client: TestClient) -> None:
    """A product's own entries and the general ones; another product's never."""
    found = set(ids(ask(client, "滤网多久更换", products=["R5"], limit=10, min_confidence=0)))
    assert "product.a3.filter" not in found
    assert {"product.r5.brush", "refund.time"} <= found


def test_the_audience_narrows_the_entries(client: TestClient) -> None:
    """Suppliers are told what is theirs, customers what is theirs."""
    assert ids(ask(client, "货款对账找谁", audience="supplier", limit=10, min_confidence=0)) == ["supplier.settle"]
    assert "supplier.settle" not in ids(ask(client, "货款对账找谁", audience="customer", limit=10, min_confidence=0))
    assert ids(ask(client, "货款对账找谁"))[0] == "supplier.settle"


def test_given_slots_are_filled_and_the_others_listed(client: TestClient) -> None:
    """An empty value is none; a slot that a reply does not have is passed over."""
    reply = ask(client, SHIP, slots={"order_no": "Q7", "customer_name": "", "unused": "x"})["suggestions"][0]["reply"]
    assert reply["text"] == "{customer_name}，请把订单号 Q7 发我核对。"
    assert reply["missing_slots"] == ["customer_name"]


def test_a_slot_value_is_never_read_as_a_reference(client: TestClient) -> None:
    """Braces in a value stay what was typed: they neither take another slot's value nor count as missing."""
    slots = {"customer_name": "{order_no}", "order_no": "{refund.days}"}
    reply = ask(client, SHIP, slots=slots)["suggestions"][0]["reply"]
    assert reply["text"] == "{order_no}，请把订单号 {refund.days} 发我核对。"
    assert reply["missing_slots"] == []


def test_an_english_query_gets_the_english_reply(client: TestClient) -> None:
    """By the query's own language, facts included; `language` overrules it."""
    english, chinese = "how long does a refund take", "您好，退款3 天内原路退回。"
    assert ask(client, english)["suggestions"][0]["reply"]["text"] == "Refunds reach you within 3 days."
    assert ask(client, english, language="zh")["suggestions"][0]["reply"]["text"] == chinese
    assert ask(client, "REFUND 退款几天能到")["suggestions"][0]["reply"]["language"] == "zh"
    hint = ask(client, LEAK, language="en")["escalation"]
    assert (hint["target_label"], hint["collect"][1]["label"]) == ("Logistics", "Phone")


def test_a_channel_takes_its_own_reply(client: TestClient) -> None:
    """The phone's own where there is one, what suits any channel elsewhere."""
    phone, email = (ask(client, REFUND, channel=name)["suggestions"][0]["reply"] for name in ("phone", "email"))
    assert (phone["channel"], phone["text"]) == ("phone", "退款3 天内会回到您付款的卡上。")
    assert email["channel"] == "any"


def _replies(*pairs: tuple[str, str]) -> Entry:
    texts = tuple(Reply.model_validate({"channel": one, "language": two, "text": f"{one}/{two}"}) for one, two in pairs)
    return Entry(id="a", kind="faq", title="a", replies=texts)


@pytest.mark.parametrize(
    ("pairs", "channel", "language", "text"),
    [
        ([("chat", "zh"), ("email", "en")], "chat", "en", "email/en"),  # language before channel
        ([("any", "zh"), ("phone", "zh")], "phone", "zh", "phone/zh"),  # the channel's own before any
        ([("chat", "zh"), ("any", "zh")], "phone", "zh", "any/zh"),  # any before chat
        ([("email", "zh"), ("chat", "zh")], "phone", "zh", "chat/zh"),  # chat before other channels
        ([("email", "zh")], "phone", "en", "email/zh"),  # anything before nothing
    ],
)
def test_the_nearest_reply_is_chosen(pairs: list[tuple[str, str]], channel: str, language: Any, text: str) -> None:
    """Every entry has a reply for every request; which one is worked out by hand."""
    assert choose_reply(_replies(*pairs), channel, language).text == text


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (FRIDAY, "2026-11-24T17:00:00+08:00"),
        (datetime(2026, 11, 20, 23, 30, tzinfo=SHANGHAI), "2026-11-24T17:00:00+08:00"),
        (datetime(2026, 11, 20, 16, 30, tzinfo=UTC), "2026-11-24T17:00:00+08:00"),  # Saturday half past midnight
        (datetime(2026, 9, 30, 10, 0, tzinfo=SHANGHAI), "2026-10-09T17:00:00+08:00"),  # National Day, 1 to 7 October
    ],
)
def test_a_deadline_is_on_the_desks_calendar(home: Path, moment: datetime, due: str) -> None:
    """Two working days end at closing time; weekends and public holidays do not count."""
    with serving(Settings(home=home), moment) as client:
        hint = ask(client, NOTHING)["escalation"]
    assert (hint["due_at"], hint["resolve_within"], hint["clock"]) == (due, "P2D", "working_days")


def test_where_two_fit_it_asks_which(client: TestClient) -> None:
    """The approved clarifying line with both entries as options; nothing is escalated for either."""
    body = ask(client, BOTH)
    assert body["decision"] == "clarify"
    assert body["clarification"]["text"] == "哪一项？"
    assert body["holding_reply"] == {"channel": "chat", "language": "zh", "text": "请稍等", "missing_slots": []}
    options = body["clarification"]["options"]
    assert {option["entry_id"] for option in options} == {"product.a3.filter", "product.r5.brush"}
    assert {option["title"] for option in options} == {FILTER.title, BRUSH.title}
    assert options[0]["confidence"] >= options[1]["confidence"]
    assert body["escalation"]["level"] == "none"


def test_each_suggestion_has_the_escalation_of_its_own_entry(client: TestClient) -> None:
    """That of an answer is the response's; the others' stand by their own rule, with what was heard beside it."""
    found = ask(client, LEAK, limit=5, min_confidence=0, history=turns(INJURY))
    own = {item["entry_id"]: item["escalation"] for item in found["suggestions"]}
    assert own["quality.leak"] == found["escalation"]
    assert own["ship.no-update"]["reasons"][-1] == {"code": "entry", "detail": "ship.no-update: 快递三天没动静"}
    for hint in own.values():
        assert {"code": "trigger", "detail": f"人身伤害: {INJURY}"} in hint["reasons"]
    quiet = ask(client, LEAK, limit=5, min_confidence=0)["suggestions"]
    levels = {item["entry_id"]: item["escalation"]["level"] for item in quiet}
    assert (levels["quality.leak"], levels["ship.no-update"]) == ("required", "offer")
    assert "none" in levels.values()


def test_who_writes_english_is_steadied_in_english_where_there_are_words(client: TestClient, tmp_path: Path) -> None:
    """Lines and holding replies are the policy's English ones, figures too; without them the Chinese ones say so."""
    unknown = "why is the moon so far away"
    plain = ask(client, unknown)
    told = [plain["language"], plain["holding_reply"]["language"], plain["escalation"]["holding_reply"]["language"]]
    assert told == ["en", "zh", "zh"]
    rules = policy()
    agent = rules.targets["agent"].model_copy(update={"holding_reply_en": "Somebody will call you."})
    lines = rules.lines.model_copy(update={"holding_en": "One moment, {refund.days}.", "clarify_en": "Which one?"})
    publish(tmp_path, rules=rules.model_copy(update={"lines": lines, "targets": rules.targets | {"agent": agent}}))
    with serving(Settings(home=tmp_path)) as desk:
        body, hurt, both = ask(desk, unknown), ask(desk, INJURY, language="en"), ask(desk, BOTH, language="en")
        chinese = ask(desk, NOTHING)
    spoken = {"channel": "chat", "language": "en", "text": "One moment, 3 days.", "missing_slots": []}
    assert body["holding_reply"] == body["escalation"]["holding_reply"] == spoken
    assert hurt["escalation"]["holding_reply"]["text"] == "Somebody will call you."
    assert (both["clarification"]["text"], both["clarification"]["language"]) == ("Which one?", "en")
    assert (chinese["holding_reply"]["text"], chinese["language"]) == ("请稍等", "zh")


def test_a_short_query_is_understood_from_the_turns_before(client: TestClient) -> None:
    """Half a question takes its subject from what either side said last, and the answer says so."""
    for role in ("customer", "agent"):
        body = ask(client, BOTH, history=turns("边刷", role=role))
        assert (body["decision"], ids(body)[0], body["used_history"]) == ("answer", "product.r5.brush", True)
    assert ask(client, BOTH)["used_history"] is False


MISSPELT, MEANT = "包国卡载半路", "包裹卡在半路"


def test_a_misspelt_query_says_what_it_was_read_as(client: TestClient) -> None:
    """The answer is the one of the text that was meant, and shows that text; spelt rightly there is nothing to show."""
    body = ask(client, MISSPELT)
    assert (body["decision"], ids(body)[0], body["read_as"]) == ("answer", "ship.no-update", MEANT)
    assert ask(client, MEANT)["read_as"] is None


def test_a_desk_without_an_index_says_so() -> None:
    """Whatever keeps the retriever away reaches the caller as it is."""

    def none() -> Retriever:
        raise NoArtefact("nothing was built")

    with pytest.raises(NoArtefact, match="nothing was built"):
        Desk(none).suggest(SuggestionRequest(query=REFUND))


def test_a_new_index_brings_its_own_calendar(home: Path, tmp_path: Path) -> None:
    """After a swap deadlines follow the new policy's business hours, not those of the index before."""
    rules = policy()
    hours = rules.business_hours.model_copy(update={"extra_holidays": ((FRIDAY + timedelta(days=3)).date(),)})
    publish(tmp_path, rules=rules.model_copy(update={"business_hours": hours}))
    with serving(Settings(home=home)) as one, serving(Settings(home=tmp_path)) as two:
        retrievers = [state_of(client).live.retriever for client in (one, two)]
        desk = Desk(lambda: retrievers[0], lambda: FRIDAY)
        first = desk.suggest(SuggestionRequest(query=NOTHING)).escalation.due_at
        retrievers.reverse()
        second = desk.suggest(SuggestionRequest(query=NOTHING)).escalation.due_at
    assert first == datetime(2026, 11, 24, 17, 0, tzinfo=SHANGHAI)
    assert second == datetime(2026, 11, 25, 17, 0, tzinfo=SHANGHAI)
