"""POST /v1/suggestions over a real index with a toy embedder and a clock that stands still."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from index.errors import NoArtefact
from index.retriever import Candidate, Finding, Retriever
from knowledge.model import Entry, Escalation, Precision, Reply
from service.api.suggestions import Desk, SuggestionRequest, SuggestionResponse, choose_reply
from service.settings import Settings
from tests.service.shop import BRUSH, ENTRIES, FILTER, FRIDAY, SHANGHAI, policy, publish, serving, state_of

ADDRESS = "/v1/suggestions"
REFUND, SHIP, LEAK, BOTH, NOTHING = "退款几天能到", "包裹卡在半路", "水壶漏电麻手", "多久更换", "🙂"
INJURY = "孩子手被划伤流血了"
SECRET = "李雷电话一三八"
FOUR_SHARED = ("多久更换", "使用寿命", "去哪里买", "怎样拆卸")


def ask(client: TestClient, query: str, **more: Any) -> dict[str, Any]:
    """A response's body, which must be a 200."""
    response = client.post(ADDRESS, json={"query": query} | more)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def ids(body: dict[str, Any]) -> list[str]:
    """The suggested entries, best first."""
    return [item["entry_id"] for item in body["suggestions"]]


def turns(*texts: str, role: str = "customer") -> list[dict[str, str]]:
    """A history of one side."""
    return [{"role": role, "text": text} for text in texts]


def test_the_documented_request_is_answered_with_every_documented_field(client: TestClient) -> None:
    """The design's request works as it stands, and every field of the answer has the value worked out by hand."""
    body = ask(
        client,
        SHIP,
        history=turns("您好"),
        channel="chat",
        audience="customer",
        kinds=["faq", "script"],
        products=["R5"],
        slots={"customer_name": "张女士"},
        limit=1,
        conversation_id="c-1",
        agent_id="a-7",
    )
    assert set(body) == set(SuggestionResponse.model_fields)
    assert body["decision"] == "answer"
    assert body["took_ms"] > 0
    assert body["index_version"] == state_of(client).live.version
    assert body["request_id"]
    assert (body["clarification"], body["used_history"]) == (None, False)
    assert body["suggestions"] == [
        {
            "entry_id": "ship.no-update",
            "version": 1,
            "kind": "faq",
            "category": "ship",
            "title": "快递三天没动静",
            "confidence": 1.0,
            "reply": {
                "channel": "chat",
                "language": "zh",
                "text": "张女士，请把订单号 {order_no} 发我核对。",
                "missing_slots": ["order_no"],
            },
            "match": {"tier": "exact", "variant": SHIP, "score": 1.0},
            "related": [{"entry_id": "refund.time", "title": "退款多久到账"}],
            "approved_by": "王敏",
            "approved_at": "2026-11-19T09:30:00+08:00",
            "valid_until": None,
        }
    ]
    assert body["escalation"] == {
        "level": "offer",
        "target": "logistics",
        "target_label": "物流专员",
        "priority": "normal",
        "reasons": [{"code": "entry", "detail": "ship.no-update: 快递三天没动静"}],
        "reply_within": "PT30S",
        "resolve_within": "PT24H",
        "clock": "elapsed",
        "due_at": "2026-11-21T10:00:00+08:00",
        "collect": [
            {"field": "order_no", "label": "订单号", "required": True},
            {"field": "phone", "label": "电话", "required": False},
        ],
        "holding_reply": {
            "channel": "chat",
            "language": "zh",
            "text": "张女士请稍候，24 小时内给您答复。",
            "missing_slots": [],
        },
    }


def test_only_the_query_is_required(client: TestClient) -> None:
    """Everything else has a default: chat, every kind, three suggestions at most."""
    body = ask(client, REFUND)
    assert ids(body)[0] == "refund.time"
    assert len(body["suggestions"]) <= 3
    assert body["escalation"]["level"] == "none"
    assert body["escalation"]["due_at"] is None


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "empty": (b'{"query": ""}', "query", "has 0 characters, give at least 1"),
    "white space": ('{"query": " \\n　"}'.encode(), "query", "is empty: give 1 to 2000"),
    "too long": (
        json.dumps({"query": SECRET + "退" * 1994}).encode(),
        "query",
        "has 2001 characters, give at most 2000",
    ),
    "a number": (b'{"query": 5}', "query", "must be text"),
    "null": (b'{"query": null}', "query", "must be text"),
    "no query": (b'{"channel": "chat"}', "query", "is required"),
    "a control character": (
        f'{{"query": "{SECRET}\\u0007"}}'.encode(),
        "query",
        "control character U+0007 at position 7",
    ),
    "NUL": (f'{{"query": "{SECRET}\\u0000"}}'.encode(), "query", "control character U+0000 at position 7"),
    "delete": (f'{{"query": "{SECRET}\\u007f"}}'.encode(), "query", "control character U+007F at position 7"),
    "a lone surrogate": (f'{{"query": "{SECRET}\\ud800"}}'.encode(), "query", "lone surrogate"),
    "a surrogate in a slot": (b'{"query": "x", "slots": {"a": "\\udfff"}}', "slots.a", "lone surrogate"),
    "a surrogate as a field": (b'{"query": "x", "\\ud800": 1}', "body", "lone surrogate"),
    "broken JSON": (f'{{"query": "{SECRET}'.encode(), "body", "is not JSON"),
    "not UTF-8": (SECRET.encode("gbk").join((b'{"query": "', b'"}')), "body", "not UTF-8"),
    "an array": (f'["{SECRET}"]'.encode(), "body", "object"),
    "a text": (f'"{SECRET}"'.encode(), "body", "object"),
    "nothing": (b"", "body", "is required"),
    "nested too deep": (b"[" * 100_000, "body", "JSON"),
    "an unknown field": (b'{"query": "x", "colour": "red"}', "colour", "not a field"),
    "an unknown channel": (
        f'{{"query": "x", "channel": "{SECRET}"}}'.encode(),
        "channel",
        "'chat', 'phone' or 'email'",
    ),
    "limit 0": (b'{"query": "x", "limit": 0}', "limit", "greater than or equal to 1"),
    "limit 11": (b'{"query": "x", "limit": 11}', "limit", "less than or equal to 10"),
    "limit as text": (b'{"query": "x", "limit": "3"}', "limit", "integer"),
    "min_confidence 2": (b'{"query": "x", "min_confidence": 2}', "min_confidence", "less than or equal to 1"),
    "min_confidence -1": (b'{"query": "x", "min_confidence": -1}', "min_confidence", "greater than or equal to 0"),
    "min_confidence NaN": (b'{"query": "x", "min_confidence": NaN}', "min_confidence", "less than or equal to 1"),
    "an unknown role": (
        f'{{"query": "x", "history": [{{"role": "{SECRET}", "text": "{SECRET}"}}]}}'.encode(),
        "history.0.role",
        "'customer' or 'agent'",
    ),
    "an empty turn": (b'{"query": "x", "history": [{"role": "agent", "text": " "}]}', "history.0.text", "is empty"),
    "too many turns": (
        json.dumps({"query": "x", "history": turns(*[SECRET] * 51)}).encode(),
        "history",
        "has 51 items, give at most 50",
    ),
    "an unknown kind": (f'{{"query": "x", "kinds": ["{SECRET}"]}}'.encode(), "kinds.0", "'faq' or 'script'"),
    "an unknown language": (f'{{"query": "x", "language": "{SECRET}"}}'.encode(), "language", "'zh' or 'en'"),
    "a slot too long": (
        json.dumps({"query": "x", "slots": {"name": SECRET * 72}}).encode(),
        "slots.name",
        "has 504 characters, give at most 500",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_that_cannot_be_used_is_refused_by_name(client: TestClient, case: str) -> None:
    """A problem names the field and its limit, and never says back what somebody wrote."""
    content, field, words = REFUSED[case]
    response = client.post(ADDRESS, content=content, headers={"Content-Type": "application/json"})
    problem = response.json()
    assert response.status_code == problem["status"] == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [item["field"] for item in problem["errors"]] == [field]
    assert words in problem["errors"][0]["message"]
    assert f"{field}: {problem['errors'][0]['message']}" == problem["detail"]
    assert SECRET not in response.text
    assert "退退" not in response.text


def test_every_wrong_field_is_named_at_once(client: TestClient) -> None:
    """Whoever mends a request mends it once."""
    problem = client.post(ADDRESS, json={"query": "", "limit": 0, "channel": "fax"}).json()
    assert {item["field"] for item in problem["errors"]} == {"query", "limit", "channel"}


def test_the_limits_themselves_are_allowed(client: TestClient) -> None:
    """2000 characters, 50 turns, limit 10, both ends of min_confidence, line breaks and tabs."""
    for body in (
        {"query": "退" * 2000},
        {"query": "x", "history": turns(*["您好"] * 50)},
        {"query": "x", "limit": 10, "min_confidence": 1},
        {"query": "x", "limit": 1, "min_confidence": 0},
        {"query": "退款\n几天\t能到\r\n"},
    ):
        assert client.post(ADDRESS, json=body).status_code == 200


def test_a_form_is_no_json(client: TestClient) -> None:
    """What another content type carries is not taken for JSON."""
    response = client.post(ADDRESS, content=SECRET.encode(), headers={"Content-Type": "text/plain"})
    assert response.status_code == 422
    assert SECRET not in response.text


def test_without_an_index_it_names_the_command(tmp_path: Path) -> None:
    """503 with what to run, and when to try again."""
    with serving(Settings(home=tmp_path)) as client:
        response = client.post(ADDRESS, json={"query": REFUND})
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert "`huashu build`" in response.json()["detail"]
    assert int(response.headers["retry-after"]) > 0


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


def test_where_nothing_fits_it_abstains_with_an_honest_line(client: TestClient) -> None:
    """An abstention is an answer: nothing to choose, somebody to hand over to, and what to say meanwhile."""
    body = ask(client, NOTHING)
    assert (body["decision"], body["suggestions"], body["clarification"]) == ("abstain", [], None)
    hint = body["escalation"]
    assert (hint["level"], hint["target"]) == ("offer", "agent")
    assert [reason["code"] for reason in hint["reasons"]] == ["low_confidence"]
    assert hint["holding_reply"]["text"] == "请稍等"


def test_where_two_fit_it_asks_which(client: TestClient) -> None:
    """The approved clarifying line with both entries as options; nothing is escalated for either."""
    body = ask(client, BOTH)
    assert body["decision"] == "clarify"
    assert body["clarification"]["text"] == "哪一项？"
    options = body["clarification"]["options"]
    assert {option["entry_id"] for option in options} == {"product.a3.filter", "product.r5.brush"}
    assert {option["title"] for option in options} == {FILTER.title, BRUSH.title}
    assert options[0]["confidence"] >= options[1]["confidence"]
    assert body["escalation"]["level"] == "none"


def test_until_it_is_clear_an_entry_offers_its_escalation(client: TestClient, tmp_path: Path) -> None:
    """One of two that may be meant requires nothing yet; it does once it is meant, and where both of them would."""
    likelier = ids(ask(client, BOTH))[0]
    must = Escalation(level="required", target="logistics")
    for required, level in (({likelier}, "offer"), ({FILTER.id, BRUSH.id}, "required")):
        changed = [entry.model_copy(update={"escalation": must}) for entry in ENTRIES if entry.id in required]
        publish(tmp_path, (*changed, *(entry for entry in ENTRIES if entry.id not in required)))
        with serving(Settings(home=tmp_path)) as desk:
            unclear = ask(desk, BOTH)
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


def test_a_long_story_is_not_repeated_in_a_reason(client: TestClient) -> None:
    """Beyond forty characters a trigger's reason names the stored phrasing nearest to it."""
    told = f"{INJURY}，{INJURY}，{INJURY}，{INJURY}，{INJURY}"
    reasons = ask(client, told)["escalation"]["reasons"]
    assert {"code": "trigger", "detail": f"人身伤害: {INJURY}"} in reasons


def test_asking_again_raises_the_escalation(client: TestClient) -> None:
    """Offered at the second time, required from the third on."""
    expected: tuple[tuple[str, str, list[str]], ...]
    expected = (("none", "normal", []), ("offer", "normal", ["×2"]), ("required", "high", ["×3"]))
    for times in range(3):
        hint = ask(client, REFUND, history=turns(*[REFUND] * times))["escalation"]
        repeats = [reason["detail"] for reason in hint["reasons"] if reason["code"] == "repeated"]
        assert (hint["level"], hint["priority"], repeats) == expected[times]


def test_a_short_query_is_understood_from_the_turn_before(client: TestClient) -> None:
    """Half a question takes its subject from the customer's last turn, and the answer says so."""
    body = ask(client, BOTH, history=turns("边刷"))
    assert (body["decision"], ids(body)[0], body["used_history"]) == ("answer", "product.r5.brush", True)
    assert ask(client, BOTH, history=turns("边刷", role="agent"))["used_history"] is False


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
