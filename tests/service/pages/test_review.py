"""/review as the server sends it, by forms alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from knowledge.model import State
from tests.service.people import AGENT, APPROVER, EDITOR
from tests.service.shop import FACTS, FRIDAY, REFUND, SHIP
from tests.service.submitted import MORE, imported, in_store, reviewing, submit

ONE = "/review/refund.time/2"
LI = {"X-Person": "li approver"}
BOTH = ["refund.time@2", "ship.no-update@2"]


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The service; refund.time waits, written by li, and then ship.no-update, written by han."""
    database = tmp_path / "knowledge.db"
    imported(database)
    with reviewing(home, database) as client:
        client.follow_redirects = False
        in_store(client, submit)
        in_store(client, lambda store: submit(store, MORE, "han", "", FRIDAY + timedelta(minutes=1)))
        yield client


def state(client: TestClient, entry_id: str = REFUND.id) -> State:
    """The state of the version that was submitted."""
    return in_store(client, lambda store: store.version(entry_id, 2)).state


def test_the_newest_that_waits_is_open_at_once(client: TestClient) -> None:
    """Beside the list of all; nothing runs in it but our own script."""
    page = client.get("/review", headers=APPROVER)
    assert page.status_code == 200
    assert "待审核 2 条" in page.text
    assert f'<h2 id="item-title">{SHIP.title}</h2>' in page.text
    assert "script-src 'self';" in page.headers["content-security-policy"]


def test_a_version_shows_what_changed(client: TestClient) -> None:
    """Old struck through, new underlined, the submission's comment, and what it is compared with."""
    page = client.get(ONE, headers=APPROVER).text
    assert "<del>原路退回</del><ins>退回原来的卡</ins>" in page
    assert "时限改写" in page and "与第 1 版对比" in page
    assert 'id="approve"' in page and 'id="hindrance"' not in page


def test_a_version_is_shown_as_customers_see_it(client: TestClient) -> None:
    """Below its changes, facts put in: the words that are approved, not the names of figures."""
    page = client.get(ONE, headers=APPROVER).text.partition('id="shown-title"')[2]
    bubble = re.search(r'<p class="bubble" data-view="chat" lang="zh-CN">(.*?)</p>', page)
    assert bubble is not None
    assert re.sub("<[^>]+>", "", bubble[1]) == f"您好，退款{FACTS.facts['refund.days'].zh}内退回原来的卡。"


def test_a_newer_version_takes_the_place_of_one_that_waits(client: TestClient) -> None:
    """There is one row of an entry, with the number of its version; the older one is a draft again and says why."""
    in_store(client, lambda store: submit(store, MORE.model_copy(update={"title": "物流不动了"}), "han", ""))
    page = client.get("/review", headers=APPROVER).text
    assert "待审核 2 条" in page and "<span>第 3 版</span>" in page
    assert 'href="/review/ship.no-update/2"' not in page
    assert "已改由 v3 送审" in client.get("/review/ship.no-update/2", headers=APPROVER).text


def test_errors_are_counted_and_approving_with_them_is_asked_twice(client: TestClient) -> None:
    """In the row and at the decision, alone and among several; what was meant once need not be said again."""
    wrong = SHIP.model_copy(update={"source": None, "title": "物流"})
    in_store(client, lambda store: submit(store, wrong, "han", ""))
    here = "/review/ship.no-update/3"
    assert '<span class="tag wrong">1 个错误</span>' in client.get("/review", headers=APPROVER).text
    asked = client.post(here, data={"act": "approve", "comment": "好"}, headers=APPROVER)
    assert asked.status_code == 422 and "有 1 个错误" in asked.text and "仍然批准" in asked.text
    assert '<input type="hidden" name="sure" value="ship.no-update@3">' in asked.text and ">好</textarea>" in asked.text
    chosen = {"act": "approve", "item": ["refund.time@2", "ship.no-update@3"]}
    many = client.post("/review", data=chosen, headers=APPROVER)
    assert many.status_code == 422 and "其中 1 条有错误" in many.text and "ship.no-update v3" in many.text
    assert state(client) == "in_review"
    sure = client.post("/review", data=chosen | {"sure": "ship.no-update@3"}, headers=APPROVER)
    assert "2 条已处理，0 条没有处理" in sure.text


def test_after_a_decision_the_next_one_opens(client: TestClient) -> None:
    """The one below, else the one above, with the filters kept; the last leads to the empty list."""
    first = client.post("/review/ship.no-update/2?category=", data={"act": "approve"}, headers=APPROVER)
    assert first.status_code == 303
    assert first.headers["location"].startswith(f"{ONE}?done=approve")
    page = client.get(first.headers["location"], headers=APPROVER).text
    assert f"已批准「{SHIP.title}」第 2 版" in page
    second = client.post(f"{ONE}?author=li", data={"act": "return", "comment": "写明"}, headers=APPROVER)
    assert second.headers["location"].startswith("/review?author=li&done=return")
    assert "都审完了" in client.get("/review", headers=APPROVER).text
    assert (state(client, SHIP.id), state(client)) == ("approved", "draft")


def test_ones_own_says_why_it_cannot_be_approved(client: TestClient) -> None:
    """Instead of the button; it can be withdrawn. Who tries all the same is told."""
    page = client.get(ONE, headers=LI).text
    assert "这是您自己写的，需要另一位同事批准。" in page
    assert 'id="approve"' not in page and 'id="withdraw"' in page
    tried = client.post(ONE, data={"act": "approve"}, headers=LI)
    assert tried.status_code == 409
    assert "是 li 自己写的" in tried.text
    assert state(client) == "in_review"
    assert client.post(ONE, data={"act": "withdraw", "comment": "再改改"}, headers=LI).status_code == 303
    assert state(client) == "draft"


@pytest.mark.parametrize(("act", "word"), [("return", "退回需要写明原因"), ("say", "留言是空的")])
def test_what_needs_words_is_sent_back_without(client: TestClient, act: str, word: str) -> None:
    """Nothing is done and nothing lost."""
    answer = client.post(ONE, data={"act": act, "comment": " "}, headers=APPROVER)
    assert answer.status_code == 422
    assert word in answer.text
    assert state(client) == "in_review"


def test_a_comment_stays_where_it_is(client: TestClient) -> None:
    """An editor's too, who cannot decide."""
    answer = client.post(ONE, data={"act": "say", "comment": "为什么<b>？"}, headers=EDITOR)
    assert answer.headers["location"].startswith(f"{ONE}?done=say")
    page = client.get(answer.headers["location"], headers=EDITOR).text
    assert "为什么&lt;b&gt;？" in page
    assert "您的角色不能批准或退回" not in client.get(ONE, headers=APPROVER).text


def test_many_at_once_are_reported(client: TestClient) -> None:
    """What could not be done is named, the rest is done."""
    answer = client.post("/review", data={"act": "approve", "item": BOTH}, headers=LI)
    assert answer.status_code == 200
    assert "1 条已处理，1 条没有处理" in answer.text
    assert "refund.time v2 是 li 自己写的" in answer.text
    assert (state(client, SHIP.id), state(client)) == ("approved", "in_review")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"act": "approve"}, "还没有选中任何一条"),
        ({"act": "approve", "item": ["x", "@1", "refund.time@", "refund.time@99999999999"]}, "还没有选中任何一条"),
        ({"act": "return", "item": BOTH, "comment": " "}, "退回需要写明原因"),
    ],
)
def test_many_without_what_it_takes_are_left(client: TestClient, data: dict[str, object], word: str) -> None:
    """Nothing is done; what was ticked stays ticked."""
    answer = client.post("/review", data=data, headers=APPROVER)
    assert answer.status_code == 422
    assert word in answer.text
    assert answer.text.count(" checked>") == (2 if data.get("item") == BOTH else 0)
    assert state(client) == "in_review"


def test_the_list_is_filtered(client: TestClient) -> None:
    """By author, category and whose it is; filters that fit nothing say so and can be changed."""
    page = client.get("/review?author=li", headers=APPROVER).text
    assert REFUND.title in page and 'href="/review/ship.no-update' not in page
    assert "没有符合条件的待审话术" in client.get("/review?category=none", headers=APPROVER).text
    assert 'href="/review/ship.no-update' not in client.get("/review?mine=1", headers=EDITOR).text


def test_who_may_see_and_who_may_act(client: TestClient) -> None:
    """Editors read and cannot decide, agents see nothing, strangers are asked to sign in."""
    page = client.get("/review", headers={"X-Person": "zhao editor"}).text
    assert "您的角色不能批准或退回" in page and 'id="bulk"' not in page
    assert client.post(ONE, data={"act": "approve"}, headers=EDITOR).status_code == 403
    assert client.post("/review", data={"act": "approve", "item": BOTH}, headers=EDITOR).status_code == 403
    assert client.get("/review", headers=AGENT).status_code == 403
    assert client.get("/review").status_code == 401


def test_a_decided_version_can_still_be_read(client: TestClient) -> None:
    """A link to it stays good: it says its state, compared with what it replaced."""
    client.post(ONE, data={"act": "approve"}, headers=APPROVER)
    page = client.get(f"{ONE}?lang=en", headers=APPROVER).text
    assert "This version is not in review (approved)." in page
    assert "Compared with version 1" in page


def test_a_comment_that_is_too_long_is_refused_and_not_cut(client: TestClient) -> None:
    """Of one and of several alike: both numbers, what was written, and nothing is decided. A line end counts once."""
    long = "长" * 2001
    for address, data in ((ONE, {}), ("/review", {"item": ONE.replace("/review/", "").replace("/", "@")})):
        refused = client.post(address, data={"act": "return", "comment": long, **data}, headers=APPROVER)
        assert refused.status_code == 422
        assert "意见：现有 2001 个字，最多 2000 个" in refused.text and long in refused.text
    assert state(client) == "in_review"
    lines = "\r\n".join(["长"] * 1000)  # 1999 as a browser counts, 2998 as it sends
    assert client.post(ONE, data={"act": "say", "comment": lines}, headers=APPROVER).status_code == 303
