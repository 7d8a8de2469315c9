"""POST /v1/checks: a draft held against the live policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from knowledge.model import Fact, ForbiddenPhrase, Reply
from service.api.checks import Checker, CheckRequest
from service.settings import Settings
from tests.service.shop import ENTRIES, FACTS, REFUND, policy, publish, serving, state_of

ADDRESS = "/v1/checks"


def findings(client: TestClient, text: str, **more: Any) -> list[dict[str, Any]]:
    """The findings, which must come with a 200."""
    response = client.post(ADDRESS, json={"text": text} | more)
    assert response.status_code == 200, response.text
    assert response.json()["index_version"] == state_of(client).live.version
    found: list[dict[str, Any]] = response.json()["findings"]
    return found


def test_a_forbidden_phrase_comes_with_approved_words(client: TestClient) -> None:
    """Every field, worked out by hand; places are characters from 0, the end not included."""
    assert findings(client, "😡这个我不 知道，抱歉。") == [
        {
            "rule": "forbidden-phrases",
            "severity": "error",
            "message": 'says "不知道" (curt): say "我帮您核实"',
            "start": 4,
            "end": 8,
            "alternatives": ["我帮您核实"],
        }
    ]


def test_every_rule_that_fits_a_draft_speaks(client: TestClient) -> None:
    """Tone, address, promise, personal data and length, in the order of the text."""
    text = "你好，我们会尽快联系您，电话13912345678。" + "字" * 120
    assert [(item["rule"], item["severity"], item["alternatives"]) for item in findings(client, text)] == [
        ("formal-address", "error", ["您"]),
        ("promise-without-deadline", "error", []),
        ("personal-data", "error", []),
        ("reply-length", "warning", []),
    ]


def test_a_good_draft_has_no_findings(client: TestClient) -> None:
    """In either language; nothing is made up to say."""
    assert findings(client, "您好，已为您登记，24 小时内回复您。") == []
    assert findings(client, "It has been noted; we will call you within 24 hours.") == []


def test_the_channel_sets_the_length(client: TestClient) -> None:
    """130 characters are too many for a chat and not for the phone."""
    assert [item["rule"] for item in findings(client, "字" * 130)] == ["reply-length"]
    assert findings(client, "字" * 130, channel="phone") == []


def test_the_entrys_approved_reply_is_offered(client: TestClient) -> None:
    """Where another text is the remedy, in the draft's language and for its channel; a phrase keeps its own words."""
    draft = "我们会尽快联系您，这个我不知道。"
    chat, phone = (findings(client, draft, entry_id="refund.time", channel=name) for name in ("chat", "phone"))
    assert [item["alternatives"] for item in chat] == [["您好，退款3 天内原路退回。"], ["我帮您核实"]]
    assert phone[0]["alternatives"] == ["退款3 天内会回到您付款的卡上。"]
    (english,) = findings(client, "We will contact you soon.", entry_id="refund.time")
    assert english["alternatives"] == ["Refunds reach you within 3 days."]


def test_an_entry_that_is_not_live_is_not_found(client: TestClient) -> None:
    """404 names it, the index, and where those are that exist."""
    response = client.post(ADDRESS, json={"text": "您好", "entry_id": "no.such"})
    assert response.status_code == 404
    for part in ("no.such", state_of(client).live.version, "GET /v1/entries"):
        assert part in response.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "text", "is required"),
        ({"text": ""}, "text", "give at least 1"),
        ({"text": " \n"}, "text", "give 1 to 4000"),
        ({"text": "字" * 4001}, "text", "has 4001 characters, give at most 4000"),
        ({"text": "李雷\x07"}, "text", "U+0007 at position 2"),
        ({"text": "您好", "channel": "fax"}, "channel", "'chat', 'phone' or 'email'"),
        ({"text": "您好", "entry_id": "../x"}, "entry_id", "pattern"),
        ({"text": "您好", "tone": "warm"}, "tone", "not a field"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused(client: TestClient, body: Any, field: str, words: str) -> None:
    """By name, with its limit, and without repeating it."""
    response = client.post(ADDRESS, json=body)
    assert response.status_code == 422
    assert [item["field"] for item in response.json()["errors"]] == [field]
    assert words in response.json()["detail"]
    assert "李雷" not in response.text


def test_4000_characters_are_allowed(client: TestClient) -> None:
    """The limit itself, for an e-mail."""
    assert [item["rule"] for item in findings(client, "字" * 4000, channel="email")] == ["reply-length"]


def test_the_shops_own_number_may_be_given(client: TestClient, tmp_path: Path) -> None:
    """What stands in an approved reply is nobody's secret; where it does not, it is."""
    own = FACTS.model_copy(update={"facts": FACTS.facts | {"shop.phone": Fact(zh="13800000000", source="shop")}})
    replies = (Reply(text="您好，退款{refund.days}内原路退回，请拨 {shop.phone}。"), REFUND.replies[-1])
    told = [entry if entry.id != REFUND.id else entry.model_copy(update={"replies": replies}) for entry in ENTRIES]
    publish(tmp_path, told, facts=own)
    with serving(Settings(home=tmp_path)) as other:
        assert findings(other, "请拨 138-0000-0000。") == []
    assert [item["rule"] for item in findings(client, "请拨 138-0000-0000。")] == ["personal-data"]


def test_a_new_index_brings_its_own_policy(home: Path, tmp_path: Path) -> None:
    """After a swap drafts are held against the new phrases, not those of the index before."""
    forbidden = (ForbiddenPhrase(phrase="随便", instead="都可以", reason="curt"),)
    publish(tmp_path, rules=policy().model_copy(update={"forbidden_phrases": forbidden}))
    with serving(Settings(home=home)) as one, serving(Settings(home=tmp_path)) as two:
        retrievers = [state_of(client).live.retriever for client in (one, two)]
        checker = Checker(lambda: retrievers[0])
        asked = CheckRequest(text="我不知道，随便。")
        first = checker.check(asked)
        retrievers.reverse()
        second = checker.check(asked)
    assert [item.start for item in first.findings] == [1]
    assert [item.start for item in second.findings] == [5]


def test_without_an_index_it_names_the_command(tmp_path: Path) -> None:
    """503: the policy is the live index's."""
    with serving(Settings(home=tmp_path)) as client:
        response = client.post(ADDRESS, json={"text": "您好"})
    assert response.status_code == 503
    assert "`huashu build`" in response.json()["detail"]
