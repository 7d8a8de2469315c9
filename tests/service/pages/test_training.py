"""Training on the golden queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from types import SimpleNamespace
from typing import cast

import pytest
from starlette.testclient import TestClient

from index.contents import Contents
from service.pages.training import GOLDEN, KINDS, exercises, golden
from tests.browser.canned import REFUNDS
from tests.browser.desk import make_desk
from tests.browser.shelf import CONTENTS
from tests.service.pages.test_knowledge import Empty


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A visitor before a desk that answers by hand."""
    with TestClient(make_desk()) as client:
        yield client


def line(page: str) -> str:
    """What the customer says on a page."""
    found = re.search(r'class="reply line">([^<]*)<', page)
    assert found is not None
    return unescape(found[1])


def test_the_lines_are_the_shipped_golden_queries() -> None:
    """Read at run time, only those a customer would say, and in no order of entries."""
    queries = golden(GOLDEN)
    assert len(queries) > 800
    assert {query.kind for query in queries} <= set(KINDS)
    golds = [query.gold for query in queries if query.gold]
    assert golds != sorted(golds)


def test_only_what_the_live_knowledge_answers_is_asked() -> None:
    """And of the rest what it ought to refuse, or hand over."""
    policy = CONTENTS.policy
    fire = policy.triggers[0].model_copy(update={"code": "fire-shock"})
    contents = SimpleNamespace(entries=CONTENTS.entries, policy=policy.model_copy(update={"triggers": (fire,)}))
    made = exercises(cast(Contents, contents), golden(GOLDEN))
    live = {approved.entry.id for approved in CONTENTS.entries}
    assert {one.query.gold for one in made if one.approved} <= live
    assert {one.query.kind for one in made if not one.approved} == {"near", "far", "chit-chat", "escalation"}
    assert {one.level for one in made if one.query.kind == "escalation"} == {"required"}
    nothing = SimpleNamespace(entries=(), policy=CONTENTS.policy.model_copy(update={"triggers": ()}))
    assert {one.level for one in exercises(cast(Contents, nothing), golden(GOLDEN))} == {"offer"}


def test_the_reply_is_shown_only_when_asked_for(client: TestClient) -> None:
    """Without a script by a link; the same number is the same line."""
    address = "/training?kind=plain&category=refund&n=0"
    before, after = client.get(address).text, client.get(address + "&show=1").text
    assert line(before) == line(after)
    texts = [item["reply"]["text"] for item in REFUNDS]
    assert not any(text in before for text in texts)
    assert any(text in after for text in texts)
    assert 'href="/training?kind=plain&amp;category=refund&amp;n=0&amp;show=1"' in before


def test_the_next_line_is_another(client: TestClient) -> None:
    """Round and round; without a number it is any of them, and nonsense is none."""
    texts = [line(client.get(f"/training?kind=plain&n={n}").text) for n in (0, 1)]
    assert texts[0] != texts[1]
    for nonsense in ("-1", "x", "9" * 50, "²"):
        assert client.get("/training", params={"n": nonsense}).status_code == 200
    assert "没有这样的题目" in client.get("/training?category=nowhere").text


def test_what_must_be_escalated_says_to_whom_and_what_to_ask(client: TestClient) -> None:
    """Level, target and what to collect come from the labels and the policy."""
    page = client.get("/training?kind=escalation&category=quality&n=0&show=1").text
    assert 'data-level="required" data-collect="订单号\n电话"' in page
    assert "→ 物流专员" in page


def test_without_an_index_it_says_what_to_run() -> None:
    """503 and the command."""
    app = make_desk()
    app.state.live = Empty()
    answer = TestClient(app).get("/training")
    assert answer.status_code == 503
    assert "huashu build" in answer.text
